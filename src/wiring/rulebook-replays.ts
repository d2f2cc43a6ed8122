import { z } from 'zod';
import { openExchangeReader } from '../adapters/sqlite/opened-exchanges.ts';
import type { Config } from '../config.ts';
import { digestOfJson } from '../domain/digest.ts';
import type { ExchangeId } from '../domain/ids.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Digest } from '../domain/versions.ts';
import type { ReplayedFrom, ReplayState } from '../gateway/rulebook/ports.ts';
import type { Version } from '../rulebook/version.ts';
import { replay } from '../ruleset/replay/replay.ts';
import { fieldSentences, type ReplayReport, type Tally } from '../ruleset/replay/report.ts';
import type { BuiltRuleset } from '../ruleset.ts';
import { shown } from './rulebook-replayed.ts';
import type { Trials } from './rulebook-trial.ts';

/** Ended replays of a partner that stay to be looked at. */
const KEPT = 8;
const json: z.ZodType<JsonObject> = z.record(z.string(), z.json());

/** Of a longer log so many exchanges are drawn. */
const MOST_EXCHANGES = 100_000;

export interface Replays {
  start(version: Version, by: { readonly partner: string }, from: ReplayedFrom): ReplayState | null;
  underWay(partner: string): ReplayState | undefined;
  find(id: string): ReplayState | undefined;
}

interface Parts {
  readonly config: Pick<Config, 'state' | 'registry'>;
  readonly kek: Uint8Array;
  readonly trials: Trials;
  newId(): ExchangeId;
  version(digest: Digest): Version | undefined;
}

/** Replays beside what the gateway does otherwise. What they find is kept until it is attached to a submission, or the gateway ends. */
export function createReplays({ config, kek, trials, newId, version: versionOf }: Parts): Replays {
  const states = new Map<string, ReplayState>();
  const keep = (state: ReplayState) => {
    states.set(state.id, state);
    const ended = [...states.values()].filter((one) => one.partner === state.partner && one.state !== 'running');
    for (const { id } of ended.slice(0, Math.max(0, ended.length - KEPT))) states.delete(id);
  };
  const underWay = (partner: string) =>
    [...states.values()].find((one) => one.state === 'running' && one.partner === partner);
  const run = async (state: ReplayState, size: number, base: Version, version: Version) => {
    try {
      const [was, is] = [await trials.built(base), await trials.built(version)];
      if (!('ruleset' in was && 'ruleset' in is)) throw new Error('a version with mistakes cannot be replayed');
      const report = await replayed(config, kek, [was, is], { ...state, size }, (done, total) =>
        keep({ ...state, done, total }),
      );
      const { total } = states.get(state.id) ?? state;
      keep({ ...state, state: 'done', done: total, total, report, digest: digestOfJson(report) });
    } catch {
      keep({ ...state, state: 'failed' });
    }
  };
  return {
    find: (id) => states.get(id),
    underWay,
    start(version, { partner }, { size, base: digest }) {
      const base = versionOf(digest);
      if (base === undefined) throw new Error('the active version is not in the store');
      const under = underWay(partner);
      if (under !== undefined) return under.version === version.digest && under.base === digest ? under : null;
      const none = { done: 0, total: 0, digest: null, report: null };
      const state: ReplayState = {
        id: newId(),
        version: version.digest,
        base: base.digest,
        partner,
        state: 'running',
        ...none,
      };
      keep(state);
      void run(state, size, base, version);
      return state;
    },
  };
}

/** Decides the recorded questions again, giving way to whatever else is to be done. */
async function replayed(
  { state: directory, registry }: Parts['config'],
  kek: Uint8Array,
  [was, is]: readonly [BuiltRuleset, BuiltRuleset],
  { version, base, partner, size }: ReplayState & Pick<ReplayedFrom, 'size'>,
  progress: (done: number, total: number) => void,
): Promise<JsonObject> {
  const reader = openExchangeReader(directory, kek);
  try {
    const found = reader.count({ size });
    const total = Math.min(found, MOST_EXCHANGES);
    // The seed is the version's, so that who replays it again replays the same exchanges.
    const seed = Number.parseInt(version.slice(-8), 16);
    const sample = found > MOST_EXCHANGES ? { sample: { most: MOST_EXCHANGES, seed } } : {};
    const drafted = {
      rulebook: is.rulebook,
      registry,
      configuration: is.ruleset.versions.configuration,
      build: is.ruleset.versions.build,
      rolesOf: (digest: string) => [was, is].find(({ rulebook }) => rulebook.digest === digest)?.rulebook.roles ?? null,
    };
    const agreements = registry.agreements.filter(({ parties }) => parties.includes(partner)).map(({ id }) => id);
    const steps = shown(reader.exchanges({ size, ...sample }), { partner, agreements });
    const tell = (read: number) => progress(Math.min(read, total), total);
    tell(0);
    const report = await replay(drafted, steps.of(tell), found > MOST_EXCHANGES ? { sample: { seed, of: found } } : {});
    const told = withoutOthers(report, (person) => registry.person(person)?.partner === partner);
    const read = { entries: size, agreements, notShown: steps.others() };
    return { version, base, ...read, ...told, sentences: fieldSentences(report) };
  } finally {
    reader.close();
  }
}

/** Numbers are for all who decide on the version; people are named to their own partner alone. */
function withoutOthers(report: ReplayReport, own: (person: string) => boolean): JsonObject {
  const shorn = <T extends Tally>(tally: T) => ({
    ...tally,
    persons: Object.fromEntries(Object.entries(tally.persons).filter(([person]) => own(person))),
    exchanges: tally.exchanges.length,
  });
  const { newlyAllowed, newlyRefused, plans, terms, limits, otherwise, ...rest } = report;
  return json.parse({
    ...rest,
    ...{ newlyAllowed: shorn(newlyAllowed), newlyRefused: shorn(newlyRefused), plans: shorn(plans) },
    ...{ terms: shorn(terms), limits: shorn(limits), otherwise: shorn(otherwise) },
  });
}
