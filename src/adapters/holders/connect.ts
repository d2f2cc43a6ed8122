import type { Raw } from '../../domain/answer.ts';
import { ConfigurationError } from '../../domain/configuration-error.ts';
import type { CanonicalRecord, Dataset } from '../../domain/dataset.ts';
import { Fault } from '../../domain/faults.ts';
import type { Permit } from '../../domain/permit.ts';
import { type CsvLoad, loadCsv } from './csv.ts';
import { connectHttp, type Environment } from './http.ts';
import { compileMapping, recordsFor } from './mapping.ts';

/** The connectors of all datasets. */
export interface Holders {
  /**
   * Puts the one question of a Permit to the one dataset it names. Throws Fault `holder/…`: `unavailable` where the
   * dataset is not connected or cannot be searched by this scheme, the others as `HttpHolder.rows` and `recordsFor`.
   */
  fetch(permit: Permit): Promise<Raw>;
  /** Per CSV dataset what became of its rows, for the operator and the holder. */
  readonly loads: ReadonlyMap<string, CsvLoad>;
  /** Ends all connections; questions under way become faults. */
  close(): Promise<void>;
}

interface Connected {
  rows(permit: Permit): Promise<readonly CanonicalRecord[]>;
  readonly load?: CsvLoad;
  close(): Promise<void>;
}

/** The only place where a Raw is made: from a Permit, out of canonical records. */
function rawOf(records: readonly CanonicalRecord[]): Raw {
  return { records } as Raw;
}

async function connect(dataset: Dataset, env: Environment): Promise<Connected> {
  const mapping = compileMapping(dataset);
  const { connector } = dataset;
  if (connector.kind === 'csv') {
    const holder = await loadCsv(dataset, connector, mapping);
    return {
      load: holder.load,
      rows: async ({ by, granted }) => recordsFor(mapping, holder.rows(by), by, granted),
      close: async () => undefined,
    };
  }
  const holder = connectHttp(dataset, connector, env);
  return {
    rows: async ({ by, granted, exchange }) => recordsFor(mapping, await holder.rows(by, exchange), by, granted),
    close: () => holder.close(),
  };
}

/**
 * Connects every dataset, or none.
 * @param env where holders' bearer tokens are looked up.
 * @throws ConfigurationError with the problems of all datasets: a file that cannot be loaded refuses to start.
 */
export async function connectHolders(datasets: readonly Dataset[], env: Environment = process.env): Promise<Holders> {
  const settled = await Promise.allSettled(datasets.map((dataset) => connect(dataset, env)));
  const connected = new Map<string, { readonly dataset: Dataset; readonly holder: Connected }>();
  const problems: string[] = [];
  for (const [i, dataset] of datasets.entries()) {
    const result = settled[i];
    if (connected.has(dataset.id)) problems.push(`dataset ${dataset.id}: declared twice`);
    if (result?.status === 'fulfilled') connected.set(dataset.id, { dataset, holder: result.value });
    else if (result?.reason instanceof ConfigurationError) problems.push(...result.reason.problems);
    else throw result?.reason;
  }
  const close = async () => {
    await Promise.all(settled.map((result) => (result.status === 'fulfilled' ? result.value.close() : undefined)));
  };
  if (problems.length > 0) {
    await close();
    throw new ConfigurationError(problems);
  }
  const loads = new Map<string, CsvLoad>();
  for (const [id, { holder }] of connected) if (holder.load !== undefined) loads.set(id, holder.load);

  return {
    async fetch(permit) {
      const found = connected.get(permit.dataset);
      if (found === undefined || found.dataset.holder !== permit.holder) {
        throw new Fault('holder/unavailable', `${permit.dataset}: not connected`);
      }
      if (!Object.hasOwn(found.dataset.identifiers, permit.by.scheme)) {
        throw new Fault('holder/unavailable', `${permit.dataset}: not searchable by ${permit.by.scheme}`);
      }
      return rawOf(await found.holder.rows(permit));
    },
    loads,
    close,
  };
}
