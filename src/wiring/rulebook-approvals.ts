import type { KeyObject } from 'node:crypto';
import { readKeyChanges } from '../adapters/sqlite/key-changes.ts';
import type { Config } from '../config.ts';
import type { Proposal } from '../domain/rulebook-life.ts';
import type { Instant } from '../domain/time.ts';
import { type ApprovalStatement, openApproval, signApproval } from '../ledger/approval.ts';
import { parseKeyChanges } from '../ledger/log-keys.ts';
import { type NoteVerifier, noteSigner, parseVerifierKey } from '../ledger/note.ts';
import { leaveFor, rolesForDuties } from '../registry/duties.ts';
import type { Registry } from '../registry/registry.ts';
import { isSufficient } from '../review/rulebook-life.ts';
import { rolesInForce } from '../safes/facts.ts';
import type { Serving } from './rulebook-serving.ts';

/** The key that signs the log, and its public half. */
export interface ApprovalKeys {
  readonly origin: string;
  readonly signingKey: KeyObject;
  readonly verifierKey: string;
}

export interface ApprovalKeeper {
  sign(about: ApprovalStatement): string;
  /** What one of the keys that this log had signed; undefined: nobody of them did. */
  open(note: string): ApprovalStatement | undefined;
  /** Why a proposal's approvals do not carry it, looked at when it counts; null: they do. */
  doubt(proposal: Proposal): string | null;
}

/** Signs approvals, and asks of those in the store whether they are what they claim to be. */
export function approvalKeeper(
  config: Pick<Config, 'state'>,
  keys: ApprovalKeys,
  serving: Pick<Serving, 'current'>,
  registry: Registry,
): ApprovalKeeper {
  const signer = noteSigner(keys.origin, keys.signingKey);
  const open = (note: string) => openApproval(note, verifiers(config.state, keys.verifierKey));
  return {
    sign: (about) => signApproval(about, signer),
    open,
    doubt(proposal) {
      const { submission, version, id } = proposal;
      if (submission === null) return 'It was never submitted.';
      const counted = proposal.approvals.filter(({ round }) => round === submission.round);
      const { base, tests, replay, round } = submission;
      const people = new Set<string>();
      for (const { person, partner, note } of counted) {
        const said = open(note);
        const about = { proposal: id, round, version, base, tests, replay, person, partner };
        const same =
          said !== undefined &&
          Object.entries(about).every(([key, value]) => said[key as keyof typeof about] === value);
        if (!same) return `The approval by ${person} was not signed by this log for this submission.`;
        if (person === proposal.author || person === submission.submitter) return `${person} approved an own proposal.`;
        if (people.has(person)) return `${person} is counted twice.`;
        people.add(person);
        if (!mayApprove(registry, serving, said, proposal.activated ?? submission.time))
          return `${person} is no compliance officer of ${partner} any more. Somebody else has to approve.`;
      }
      return isSufficient(submission.needs, submission, counted) ? null : 'Approvals are missing.';
    },
  };
}

/** The account that approved is still that person's, who still has the duty and is not suspended. */
function mayApprove(
  registry: Registry,
  serving: Pick<Serving, 'current'>,
  said: ApprovalStatement,
  now: Instant,
): boolean {
  const person = registry.personOf(said.token.iss, said.token.sub);
  if (person === undefined || person.id !== said.person || person.partner !== said.partner) return false;
  const roles = rolesForDuties(person, rolesInForce(person, serving.current().rulebook.roles, now), now);
  return leaveFor(person, roles, 'rulebook/approve', registry.agreements, now) !== null;
}

function verifiers(state: string, verifierKey: string): readonly NoteVerifier[] {
  const own = parseVerifierKey(verifierKey);
  const changes = parseKeyChanges(readKeyChanges(state)) ?? [];
  return [...(own === undefined ? [] : [own]), ...changes.flatMap(({ before, after }) => [before, after])];
}
