import type { ExchangeId } from '../../domain/ids.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { Agreement } from '../../domain/partnership.ts';
import type { Proposal } from '../../domain/rulebook-life.ts';
import type { Digest } from '../../domain/versions.ts';
import { isDigest } from '../../ledger/compose.ts';
import type { RulebookChange } from '../../ledger/rulebook-change.ts';
import type { Action } from '../../registry/duties.ts';
import type { Actor, Moved, Refusal } from '../../review/rulebook-life.ts';
import { filesOfOtherMeaning } from '../../rulebook/other-meaning.ts';
import type { RulebookSources } from '../../rulebook/sources.ts';
import type { Version } from '../../rulebook/version.ts';
import { type Officer, officerOf } from '../officer.ts';
import type { GatewayPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import type { Received } from '../receive.ts';
import { StaleProposal } from './ports.ts';

/** Somebody at the rulebook, and what of it is theirs to see. */
export interface Desk {
  readonly officer: Officer;
  /** Whether this file is one that the officer's partner is a party to. */
  sees(file: string): boolean;
}

/** Files that are everybody's. */
const SHARED: readonly string[] = ['model.conf', 'roles.csv', 'everywhere.csv'];

/** @throws Problem `people/not-entitled` */
export function deskOf(ports: GatewayPorts, received: Received, action: Action): Desk {
  const officer = officerOf(ports, received, action);
  const { partner } = officer.person;
  return { officer, sees: (file) => isSeenBy(partner, file, ports.erasing.agreements) };
}

/** Pages of agreements that the partner signed, those of holders it deals with, and what stands above all. */
export function isSeenBy(partner: string, file: string, agreements: readonly Agreement[]): boolean {
  if (SHARED.includes(file)) return true;
  const name = file.replace(/(\.expected)?\.csv$/, '');
  const mine = agreements.filter((agreement) => agreement.parties.includes(partner));
  if (!name.startsWith('holder-')) return mine.some((agreement) => agreement.id === name);
  const holder = name.slice('holder-'.length);
  return holder === partner || mine.some((agreement) => agreement.parties.includes(holder));
}

/** Names of files that are not the same in both. */
export function changedFiles(before: RulebookSources, after: RulebookSources): readonly string[] {
  return [...new Set([...before.keys(), ...after.keys()])].filter((name) => before.get(name) !== after.get(name));
}

/** @throws Problem `rulebook/files` */
export function demandStore({ rulebook }: GatewayPorts): void {
  if (rulebook.source !== 'store')
    throw new Problem('rulebook/files', {
      detail: 'Change the files and start the gateway again, or set rulebook.source to store in gateway.yaml.',
    });
}

/** The version, where the store has it and its text is still what its digest says. @throws Problem `rulebook/unknown` */
export function versionOf({ rulebook }: GatewayPorts, name: string): Version {
  const digest: Digest | undefined = name === 'active' ? rulebook.active() : isDigest(name) ? name : undefined;
  const version = digest === undefined ? undefined : rulebook.version(digest);
  if (version === undefined) throw new Problem('rulebook/unknown');
  return version;
}

/** Whether the desk may see everything that a version changes of what is active now. */
export function seesAll(ports: GatewayPorts, { sees }: Pick<Desk, 'sees'>, version: Version): boolean {
  return changedFiles(versionOf(ports, 'active').sources, version.sources).every(sees);
}

/**
 * Whether what was found about a proposal, its grounds, needs, approvals and replay report, is for the desk: its own side's,
 * or where it may see everything that was changed. That somebody's version became active is everybody's to know; these are not.
 */
export function seesGrounds(ports: GatewayPorts, { officer, sees }: Desk, { partner, submission, version }: Proposal) {
  if (partner === officer.person.partner || submission === null) return true;
  return changedBetween(ports, submission.base, version)?.every(sees) === true;
}

/** Pairs of versions of which it is remembered what changed between them. */
const MOST_REMEMBERED = 1_000;
const remembered = new WeakMap<GatewayPorts['rulebook'], Map<string, readonly string[]>>();

/** What changed between two versions, read and hashed once: a digest never means another text. Undefined: one is not there. */
function changedBetween({ rulebook }: GatewayPorts, before: Digest, after: Digest): readonly string[] | undefined {
  const known = remembered.get(rulebook) ?? new Map<string, readonly string[]>();
  remembered.set(rulebook, known);
  const pair = `${before} ${after}`;
  const found = known.get(pair);
  if (found !== undefined) return found;
  const [was, is] = [rulebook.version(before), rulebook.version(after)];
  if (was === undefined || is === undefined) return undefined;
  const changed = changedFiles(was.sources, is.sources);
  if (known.size >= MOST_REMEMBERED) known.clear();
  known.set(pair, changed);
  return changed;
}

/**
 * A version that the desk may know of: a draft is for the partner that wrote it, until it is submitted.
 * @throws Problem `rulebook/unknown`
 */
export function knownVersion(ports: GatewayPorts, desk: Desk, name: string): Version {
  const version = versionOf(ports, name);
  const proposals = ports.rulebook.proposals().filter((one) => one.version === version.digest);
  if (!proposals.some((one) => isKnown(ports, desk, one))) throw new Problem('rulebook/unknown');
  return version;
}

/** Whether the desk may know of a proposal. */
export function isKnown(ports: GatewayPorts, desk: Desk, { partner, state, submission, version }: Proposal): boolean {
  if (partner === desk.officer.person.partner || state === 'active' || state === 'superseded') return true;
  if (submission === null) return false;
  return changedBetween(ports, ports.rulebook.active(), version)?.every(desk.sees) === true;
}

/** @throws Problem `rulebook/unknown` */
export function proposalOf(ports: GatewayPorts, desk: Desk, id: string): Proposal {
  const proposal = ports.rulebook.proposals().find((one) => one.id === id);
  if (proposal === undefined || !isKnown(ports, desk, proposal)) throw new Problem('rulebook/unknown');
  return proposal;
}

export function actorOf(ports: GatewayPorts, desk: Desk, proposal: Proposal): Actor {
  const { id: person, partner } = desk.officer.person;
  return { person, partner, seesAll: concerned(ports, proposal).every(desk.sees) };
}

/** Files that a proposal changes: of what is active now; once it is that itself, of what it took the place of. */
function concerned(ports: GatewayPorts, proposal: Proposal): readonly string[] {
  const version = versionOf(ports, proposal.version);
  if (proposal.state !== 'active') return changedFiles(versionOf(ports, 'active').sources, version.sources);
  const base = proposal.submission?.base ?? activeBefore(ports, proposal)?.version;
  if (base === undefined) return [...version.sources.keys()];
  const before = versionOf(ports, base);
  // Begun by the gateway under another catalogue, it has the files of before, and words on them mean something else.
  return [...changedFiles(before.sources, version.sources), ...filesOfOtherMeaning(before.catalogue, version)];
}

/** What was active until this one became it. */
function activeBefore({ rulebook }: GatewayPorts, { id, activated }: Proposal): Proposal | undefined {
  const earlier = rulebook.proposals().filter((one) => one.id !== id && one.activated !== null);
  return earlier
    .filter((one) => activated === null || Number(one.activated) <= activated)
    .toSorted((a, b) => Number(b.activated) - Number(a.activated))[0];
}

const REFUSED: Readonly<Record<Refusal, Problem>> = {
  state: new Problem('rulebook/state'),
  'same-person': new Problem('people/same-person', {
    detail: 'Somebody who neither wrote nor submitted it has to say so.',
  }),
  'not-concerned': new Problem('people/not-entitled', {
    detail: 'This is for the partner that drafted it, or for those it concerns.',
  }),
};

/** @throws Problem saying why the move cannot be made. */
export function allowed(moved: Moved, state?: string): Proposal {
  if ('proposal' in moved) return moved.proposal;
  const { code, details } = REFUSED[moved.refused];
  throw new Problem(code, moved.refused === 'state' && state !== undefined ? { detail: `It is ${state}.` } : details);
}

/** Records a step with the change it makes. @throws Problem `rulebook/state` where somebody was quicker. */
export async function step(
  ports: GatewayPorts,
  { officer }: Desk,
  event: string,
  change: RulebookChange,
  more: JsonObject = {},
  entryId?: ExchangeId,
): Promise<number> {
  const { id, version, message, state } = change.proposal;
  const accountability = { event, who: officer.who, proposal: id, version, state, message, ...more };
  try {
    const entry = await ports.rulebook.record(change, accountability, entryId);
    ports.log('rulebook', { event, proposal: id, version, entry });
    return entry;
  } catch (error) {
    if (error instanceof StaleProposal)
      throw new Problem('rulebook/state', { detail: 'Somebody was quicker. Look at it again.' });
    throw error;
  }
}
