import { setImmediate } from 'node:timers/promises';
import { openReader } from '../adapters/sqlite/reader.ts';
import type { Config } from '../config.ts';
import { digestOfJson } from '../domain/digest.ts';
import type { ExchangeId } from '../domain/ids.ts';
import type { JsonObject } from '../domain/json.ts';
import type { ReplayState } from '../gateway/rulebook/ports.ts';
import type { Version } from '../rulebook/version.ts';
import type { BuiltRuleset } from '../ruleset.ts';
import { createReplay } from './rulebook-replay.ts';
import type { Trials } from './rulebook-trial.ts';

/** Replays that stay to be looked at. */
const KEPT = 32;
/** Entries looked at between two looks at other work. */
const AT_A_TIME = 32;

export interface Replays {
  start(version: Version, by: { readonly partner: string; readonly person: string }): ReplayState;
  find(id: string): ReplayState | undefined;
}

interface Parts {
  readonly config: Pick<Config, 'state' | 'registry'>;
  readonly kek: Uint8Array;
  readonly trials: Trials;
  newId(): ExchangeId;
  base(): Version | undefined;
}

/** Replays beside what the gateway does otherwise. What they find is kept until it is attached to a submission, or the gateway ends. */
export function createReplays({ config, kek, trials, newId, base: baseOf }: Parts): Replays {
  const states = new Map<string, ReplayState>();
  const keep = (state: ReplayState) => {
    states.set(state.id, state);
    for (const oldest of states.keys()) if (states.size > KEPT) states.delete(oldest);
  };
  const run = async (state: ReplayState, base: Version, version: Version) => {
    try {
      const [was, is] = [await trials.built(base), await trials.built(version)];
      if (!('ruleset' in was && 'ruleset' in is)) throw new Error('a version with mistakes cannot be replayed');
      const report = await replayed(config, kek, [was, is], state, (done, total) => keep({ ...state, done, total }));
      const { total } = states.get(state.id) ?? state;
      keep({ ...state, state: 'done', done: total, total, report, digest: digestOfJson(report) });
    } catch {
      keep({ ...state, state: 'failed' });
    }
  };
  return {
    find: (id) => states.get(id),
    start(version, { partner }) {
      const base = baseOf();
      if (base === undefined) throw new Error('the active version is not in the store');
      const under = [...states.values()].find(
        (one) =>
          one.state === 'running' &&
          one.version === version.digest &&
          one.base === base.digest &&
          one.partner === partner,
      );
      if (under !== undefined) return under;
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
      void run(state, base, version);
      return state;
    },
  };
}

/** Goes through the log as it stands now, giving way to whatever else is to be done. */
async function replayed(
  { state: directory, registry }: Parts['config'],
  kek: Uint8Array,
  [was, is]: readonly [BuiltRuleset, BuiltRuleset],
  { version, base, partner }: ReplayState,
  progress: (done: number, total: number) => void,
): Promise<JsonObject> {
  const replay = createReplay(was.rulebook, is.rulebook, registry, partner);
  const { size } = openedOnce(directory, (reader) => reader.source());
  for (let next = 0; next < size; ) {
    next = openedOnce(directory, (reader) => {
      const lines = reader.list(next, Math.min(AT_A_TIME, size - next));
      for (const line of lines) {
        if (line.kind === 'asked' || line.kind === 'outcome')
          replay.take(line.kind, reader.openDetails(line.index, kek)?.accountability ?? null);
      }
      return lines.length === 0 ? size : (lines.at(-1)?.index ?? next) + 1;
    });
    progress(next, size);
    await setImmediate();
  }
  return { version, base, entries: size, ...replay.report() };
}

function openedOnce<T>(directory: string, read: (reader: ReturnType<typeof openReader>) => T): T {
  const reader = openReader(directory);
  try {
    return read(reader);
  } finally {
    reader.close();
  }
}
