import { openSearch, type SqliteSearch } from '../adapters/sqlite/search.ts';
import type { JsonObject } from '../domain/json.ts';
import { progressOf } from './progress.ts';
import { recordQuery } from './reading.ts';
import type { World } from './world.ts';

/** The ledger of a state directory, searched by somebody at this machine. */
export interface LocalLog {
  /** Entry that records the reading. */
  readonly reading: number;
  /** The tree that is read. */
  readonly size: number;
  readonly search: SqliteSearch;
}

/** Records the reading, then opens the search for `work`. @throws Fault('ledger/unavailable') where it cannot be recorded. */
export async function withLocalLog<T>(
  world: World,
  state: string,
  told: JsonObject,
  subject: JsonObject | null,
  work: (log: LocalLog) => Promise<T>,
): Promise<T> {
  const { index, kek } = await recordQuery(world, state, told, subject);
  const progress = progressOf(world);
  const search = openSearch({ directory: state, kek }, ({ position, size }) =>
    progress.tell(`index: entry ${position} of ${size}`),
  );
  try {
    return await work({ reading: index, size: index + 1, search });
  } finally {
    await search.close();
    progress.end();
  }
}
