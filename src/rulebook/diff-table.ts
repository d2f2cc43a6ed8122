import { readingCells } from './cells.ts';
import { flatMapSteps, ROWS_A_STEP, type Steps } from './turns.ts';

/** A file as a table of texts, whatever is wrong with it. */
export interface TableText {
  readonly rows: readonly (readonly string[])[];
  /** Rows of a page by id; of two of one id the second is told apart by a number. */
  readonly byKey: ReadonlyMap<string, readonly string[]>;
  /** `owner`, `review` of the page row. */
  readonly settings: ReadonlyMap<string, string>;
}

/** In steps. */
export function* tableText(source: string): Steps<TableText> {
  const table = yield* readingCells('', source);
  const rows = yield* flatMapSteps(table.rows, (row) => [row.map((cell) => cell.text)]);
  const settings = new Map<string, string>();
  const byKey = new Map<string, readonly string[]>();
  const seen = new Map<string, number>();
  for (const [i, cells] of rows.entries()) {
    if (i % ROWS_A_STEP === 0) yield;
    if (i === 0) continue;
    const [safe = '', id = ''] = cells;
    if (safe === 'page') {
      for (const [, key = '', value = ''] of (cells[6] ?? '').matchAll(/(\S+?)=(\S+)/g)) settings.set(key, value);
      continue;
    }
    const times = (seen.get(id) ?? 0) + 1;
    seen.set(id, times);
    byKey.set(times === 1 ? id : `${id} (${times})`, cells);
  }
  return { rows, byKey, settings };
}
