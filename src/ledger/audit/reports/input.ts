import type { LogSearch, ScannedEntry } from '../log-search.ts';
import { REPORTS, type ReportName } from './index.ts';
import type { ReportInput } from './report.ts';

export interface WantedReport {
  readonly name: ReportName;
  readonly from: number;
  readonly until: number;
  /** The tree that is read. */
  readonly size: number;
}

/** What a report is made of, read from the log portion by portion. */
export async function reportInput(
  search: LogSearch,
  { name, from, until, size }: WantedReport,
  reader: Pick<ReportInput, 'covers' | 'showsReading'>,
): Promise<ReportInput> {
  const { open, history } = REPORTS[name];
  const first = await search.boundary(from, size);
  const end = await search.boundary(until, size);
  const begin = history === 0 ? first : await search.boundary(from - history, size);
  return {
    ...reader,
    ...{ from, until, first, end, size },
    async *entries(): AsyncGenerator<ScannedEntry> {
      for (let next = begin; next < end; ) {
        const portion = await search.scan({ first: next, end, size, open });
        const last = portion.at(-1);
        if (last === undefined) return;
        yield* portion;
        next = last.index + 1;
      }
    },
    giveWay: () => new Promise((resolve) => setImmediate(resolve)),
    prove: (indices, least) => search.prove(indices, least),
  };
}
