import type { LookupFunction } from 'node:net';
import type { Raw } from '../../domain/answer.ts';
import { ConfigurationError } from '../../domain/configuration-error.ts';
import type { CanonicalRecord, Dataset, SqliteConnector } from '../../domain/dataset.ts';
import { Fault } from '../../domain/faults.ts';
import type { Identifier } from '../../domain/identifier.ts';
import type { Permit } from '../../domain/permit.ts';
import type { Appended } from '../../ledger/entry.ts';
import { mappedColumns } from './columns.ts';
import type { CsvLoad } from './csv.ts';
import { type ReloadEvent, watchCsv } from './csv-watch.ts';
import { connectHttp, type Environment, systemLookup } from './http.ts';
import { compileMapping, recordsFor } from './mapping.ts';
import type { JsonMap } from './path.ts';

/** The connectors of all datasets. */
export interface Holders {
  /**
   * Puts the one question of a Permit to the one dataset it names. Throws Fault `holder/…`: `unavailable` where the
   * dataset is not connected or cannot be searched by this scheme, the others as `HttpHolder.rows` and `recordsFor`.
   * @param asked the durable intent; a holder's service is shown it.
   */
  fetch(permit: Permit, asked: Appended): Promise<Raw>;
  /** Per CSV dataset what became of the rows of the file in use, for the operator and the holder. */
  readonly loads: ReadonlyMap<string, CsvLoad>;
  /** Ends all connections; questions under way become faults. */
  close(): Promise<void>;
}

/** Look-ups in a SQLite file. */
export interface FileHolder {
  /** Rows by column, unchecked. Throws Fault `holder/…`. */
  rows(by: Identifier): Promise<readonly JsonMap[]>;
  close(): Promise<void>;
}

/** Opens a SQLite file; the adapter that knows SQLite gives it. Throws ConfigurationError. */
export type OpenFile = (
  dataset: Pick<Dataset, 'id' | 'timeoutMs'>,
  connector: SqliteConnector,
  columns: readonly string[],
) => Promise<FileHolder>;

/** What connectors need of the world. */
export interface HolderWorld {
  /** Without it, a sqlite dataset refuses to start. */
  readonly openSqlite?: OpenFile;
  /** Told when a CSV file has changed, whether the new one is good or not. */
  readonly onReload?: (event: ReloadEvent) => void;
  /** Milliseconds between two looks at a CSV file; default 1,000. */
  readonly lookEveryMs?: number;
  /** What a host's name stands for; default the system's look-up. */
  readonly lookup?: LookupFunction;
}

interface Connected {
  rows(permit: Permit, asked: Appended): Promise<readonly CanonicalRecord[]>;
  readonly load?: () => CsvLoad;
  close(): Promise<void>;
}

const LOOK_EVERY_MS = 1_000;

/** The only place where a Raw is made: from a Permit, out of canonical records. */
function rawOf(records: readonly CanonicalRecord[]): Raw {
  return { records } as Raw;
}

async function connect(dataset: Dataset, env: Environment, world: HolderWorld): Promise<Connected> {
  const mapping = compileMapping(dataset);
  const { connector } = dataset;
  if (connector.kind === 'csv') {
    const { onReload = () => undefined, lookEveryMs = LOOK_EVERY_MS } = world;
    const holder = await watchCsv(dataset, connector, mapping, { onReload, everyMs: lookEveryMs });
    return {
      load: () => holder.current().load,
      rows: async ({ by, granted }) => recordsFor(mapping, holder.current().rows(by), by, granted),
      close: () => holder.close(),
    };
  }
  if (connector.kind === 'sqlite') {
    if (world.openSqlite === undefined) {
      throw new ConfigurationError([`dataset ${dataset.id}: connector kind: this program cannot read SQLite files`]);
    }
    const holder = await world.openSqlite(dataset, connector, mappedColumns(dataset));
    return {
      rows: async ({ by, granted }) => recordsFor(mapping, await holder.rows(by), by, granted),
      close: () => holder.close(),
    };
  }
  const holder = connectHttp(dataset, connector, env, world.lookup ?? systemLookup);
  return {
    rows: async ({ by, granted, exchange }, asked) =>
      recordsFor(mapping, await holder.rows(by, exchange, asked), by, granted),
    close: () => holder.close(),
  };
}

/** As they are now: a file that is loaded anew shows here. */
function loadsOf(connected: ReadonlyMap<string, { readonly holder: Connected }>): ReadonlyMap<string, CsvLoad> {
  const loads = new Map<string, CsvLoad>();
  for (const [id, { holder }] of connected) if (holder.load !== undefined) loads.set(id, holder.load());
  return loads;
}

/**
 * Connects every dataset, or none.
 * @param env where holders' bearer tokens are looked up.
 * @throws ConfigurationError with the problems of all datasets: a file that cannot be loaded refuses to start.
 */
export async function connectHolders(
  datasets: readonly Dataset[],
  env: Environment = process.env,
  world: HolderWorld = {},
): Promise<Holders> {
  const settled = await Promise.allSettled(datasets.map((dataset) => connect(dataset, env, world)));
  const connected = new Map<string, { readonly dataset: Dataset; readonly holder: Connected }>();
  const problems: string[] = [];
  const unforeseen: unknown[] = [];
  for (const [i, dataset] of datasets.entries()) {
    const result = settled[i];
    if (connected.has(dataset.id)) problems.push(`dataset ${dataset.id}: declared twice`);
    if (result?.status === 'fulfilled') connected.set(dataset.id, { dataset, holder: result.value });
    else if (result?.reason instanceof ConfigurationError) problems.push(...result.reason.problems);
    else unforeseen.push(result?.reason);
  }
  const close = async () => {
    await Promise.all(settled.map((result) => (result.status === 'fulfilled' ? result.value.close() : undefined)));
  };
  if (problems.length > 0 || unforeseen.length > 0) {
    await close();
    throw unforeseen.length > 0 ? unforeseen[0] : new ConfigurationError(problems);
  }
  return {
    async fetch(permit, asked) {
      const found = connected.get(permit.dataset);
      if (found === undefined || found.dataset.holder !== permit.holder) {
        throw new Fault('holder/unavailable', `${permit.dataset}: not connected`);
      }
      if (!Object.hasOwn(found.dataset.identifiers, permit.by.scheme)) {
        throw new Fault('holder/unavailable', `${permit.dataset}: not searchable by ${permit.by.scheme}`);
      }
      return rawOf(await found.holder.rows(permit, asked));
    },
    get loads() {
      return loadsOf(connected);
    },
    close,
  };
}
