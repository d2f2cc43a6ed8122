import { type RulebookReader, rulebookReader } from '../adapters/sqlite/rulebook-reader.ts';
import type { Config } from '../config.ts';
import { ConfigurationError } from '../domain/configuration-error.ts';
import type { ExchangeId } from '../domain/ids.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Proposal } from '../domain/rulebook-life.ts';
import type { Clock } from '../domain/time.ts';
import type { Digest } from '../domain/versions.ts';
import type { LogLine } from '../gateway/ports.ts';
import { NotActivated, type RulebookPorts, StaleProposal } from '../gateway/rulebook/ports.ts';
import { needsOf } from '../gateway/rulebook/submissions.ts';
import type { Ledger } from '../ledger/entry.ts';
import type { RulebookChange } from '../ledger/rulebook-change.ts';
import { flawText, remark } from '../rulebook/flaw.ts';
import { readVersion, storeVersion, type Version } from '../rulebook/version.ts';
import { type BuiltRuleset, buildRuleset, type RulesetContext } from '../ruleset.ts';
import { type ApprovalKeys, approvalKeeper } from './rulebook-approvals.ts';
import { createReplays } from './rulebook-replays.ts';
import type { Serving } from './rulebook-serving.ts';
import { beginning, digestInFiles } from './rulebook-start.ts';
import { startTimetable, type Timetable } from './rulebook-timetable.ts';
import { createTrials, type Trials } from './rulebook-trial.ts';
import { differencesOf } from './rulebook-words.ts';

/** What the life of the rulebook needs of a gateway. */
export interface RulebookParts {
  readonly config: Config;
  readonly context: RulesetContext;
  readonly serving: Serving;
  readonly ledger: Ledger;
  readonly keys: ApprovalKeys & { readonly kek: Uint8Array };
  readonly clock: Clock;
  newId(): ExchangeId;
  readonly log: LogLine;
}

export interface RulebookLife {
  readonly ports: RulebookPorts;
  /** For operators, beside the checks. */
  readonly information: Timetable['information'];
  stop(): void;
}

/**
 * Begins to serve: records the start, with the version that decides from now on, and swaps it in.
 * @throws ConfigurationError with every flaw, or where store and log contradict each other: then nothing is served.
 */
export async function beginRulebook(parts: RulebookParts): Promise<RulebookLife> {
  const { config, context, serving, ledger, keys, clock, newId, log } = parts;
  const reader = rulebookReader(config.state, () => keys.kek);
  const first = newId();
  const { version, proposal } = beginning(config, reader, first, clock.now());
  const served = await usable(version, context, serving);
  const { index } = await ledger.append({
    kind: 'rulebook',
    exchange: first,
    accountability: {
      event: 'start',
      source: config.rulebook.source,
      version: version.digest,
      versions: { ...served.ruleset.versions },
    },
    subject: null,
    ...(proposal === null
      ? {}
      : { change: { kind: 'rulebook', version: storeVersion(version), proposal, replaces: null } }),
  });
  serving.swap(served, index);

  const inFiles = differing(config, version);
  if (inFiles !== null) log('rulebook-differs', { active: version.digest, files: inFiles });
  const trials = createTrials(context, clock.now);
  const store = createStore(parts, reader, trials);
  const timetable = startTimetable({
    clock,
    log,
    source: config.rulebook.source,
    inFiles,
    ...store,
    active: () => activeOf(serving),
  });
  return {
    ports: portsOf(parts, { reader, store, trials, inFiles, changed: timetable.refresh }),
    information: timetable.information,
    stop: timetable.stop,
  };
}

function activeOf(serving: Serving) {
  return serving.current().rulebook.digest;
}

async function usable(version: Version, context: RulesetContext, serving: Serving): Promise<BuiltRuleset> {
  const known = serving.built();
  if (known?.rulebook.digest === version.digest) return known;
  const built = await buildRuleset(version.sources, context);
  if ('flaws' in built) throw new ConfigurationError(built.flaws.map(flawText));
  return built;
}

function differing(config: Config, { digest }: Version) {
  const found = digestInFiles(config);
  return found === digest ? null : found;
}

interface Store {
  proposals(): readonly Proposal[];
  record: RulebookPorts['record'];
  activate: RulebookPorts['activate'];
}

function createStore(parts: RulebookParts, reader: RulebookReader, trials: Trials): Store {
  const { context, serving, ledger, keys, config, newId } = parts;
  const approvals = approvalKeeper(config, keys, serving, context.registry);
  const record = async (change: RulebookChange, accountability: JsonObject, entry = newId()) => {
    try {
      const { index } = await ledger.append({
        kind: 'rulebook',
        exchange: entry,
        accountability,
        subject: null,
        change,
      });
      return index;
    } catch (error) {
      // The store refuses what does not follow from what it holds; whether it was that shows when it is read again.
      if (isStale(reader, change)) throw new StaleProposal();
      throw error;
    }
  };
  return {
    proposals: reader.proposals,
    record,
    async activate(next, who) {
      const version = readable(reader, next.version);
      if (version === undefined)
        throw new NotActivated('rulebook/flawed', `The store does not hold ${next.version} as it was.`);
      const doubt = approvals.doubt(next);
      if (doubt !== null) throw new NotActivated('rulebook/approval', doubt);
      // Aside: whatever is under way goes on by what it began with, and nothing of this is seen until it is whole.
      const built = await buildRuleset(version.sources, context);
      if ('flaws' in built) throw new NotActivated('rulebook/flawed', 'It has mistakes.', built.flaws.map(remark));
      if (built.rulebook.digest !== next.version)
        throw new NotActivated('rulebook/flawed', 'It was made for another build of the gateway. Draft it again.');
      const base = next.submission?.base ?? null;
      const needed = await neededNow(trials, next, base === null ? undefined : readable(reader, base), version);
      if (needed !== null) throw new NotActivated('rulebook/approval', needed);
      const accountability = { event: 'activate', who, proposal: next.id, version: next.version, replaces: base };
      // A crash after this: the next start serves it. Before it: nothing has changed.
      const index = await record({ kind: 'rulebook', version: null, proposal: next, replaces: base }, accountability);
      serving.swap(built, index);
      return index;
    },
  };
}

/** The version, where the store has it as it was. */
function readable(reader: RulebookReader, digest: Digest): Version | undefined {
  const kept = reader.version(digest);
  const read = kept === undefined ? undefined : readVersion(kept);
  return read === undefined || 'problem' in read ? undefined : read;
}

/**
 * What had to come together is worked out again: the registry may have changed since, or somebody the row that says it.
 * @returns why it does not hold; null: it does.
 */
async function neededNow(
  trials: Trials,
  next: Proposal,
  base: Version | undefined,
  version: Version,
): Promise<string | null> {
  const { submission, partner } = next;
  if (submission === null || base === undefined) return 'What it was compared with is not there.';
  const { path, partners } = submission.needs;
  const found = needsOf(await trials.widening(base, version), partner, false);
  if (path === 'own' && found.path !== 'own') return 'It is not only about what is its own.';
  if (path === 'emergency' && found.partners.length > 0) return 'It is not proved that it only adds refusals.';
  const missing = found.partners.filter((one) => !partners.includes(one));
  return missing.length === 0 ? null : `It now widens for ${missing.join(', ')} too. Submit it again.`;
}

function isStale(reader: RulebookReader, { proposal, replaces }: RulebookChange): boolean {
  const all = reader.proposals();
  const now = all.find(({ id }) => id === proposal.id);
  const active = all.find(({ state }) => state === 'active');
  return (now?.revision ?? 0) !== proposal.revision - 1 || (replaces !== null && active?.version !== replaces);
}

interface Inner {
  readonly reader: RulebookReader;
  readonly store: Store;
  readonly trials: Trials;
  readonly inFiles: ReturnType<RulebookPorts['inFiles']>;
  changed(): void;
}

function portsOf(
  { config, context, serving, keys, newId }: RulebookParts,
  { reader, store, trials, inFiles, changed }: Inner,
): RulebookPorts {
  const approvals = approvalKeeper(config, keys, serving, context.registry);
  const version = (digest: Digest) => readable(reader, digest);
  const replays = createReplays({ config, kek: keys.kek, newId, trials, version });
  const telling =
    <T extends unknown[]>(move: (...args: T) => Promise<number>) =>
    async (...args: T) => {
      const index = await move(...args);
      changed();
      return index;
    };
  return {
    source: config.rulebook.source,
    active: () => activeOf(serving),
    inFiles: () => inFiles,
    versions: reader.versions,
    version,
    proposals: reader.proposals,
    examine: trials.examine,
    differences: differencesOf,
    widening: trials.widening,
    signApproval: approvals.sign,
    openApproval: approvals.open,
    report: (entry) => reportIn(reader.details(entry)),
    replay: replays.start,
    replayOf: replays.find,
    replayUnderWay: replays.underWay,
    whatIf: trials.whatIf,
    record: telling(store.record),
    activate: telling(store.activate),
  };
}

function reportIn(details: JsonObject | null): JsonObject | null {
  const report = details?.['report'];
  return typeof report === 'object' && report !== null && !Array.isArray(report) ? (report as JsonObject) : null;
}
