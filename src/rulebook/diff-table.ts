import { readCells } from './cells.ts';

/** A file as a table of texts, whatever is wrong with it. */
export interface TableText {
  readonly rows: readonly (readonly string[])[];
  /** Rows of a page by id; of two of one id the second is told apart by a number. */
  readonly byKey: ReadonlyMap<string, readonly string[]>;
  /** `owner`, `review` of the page row. */
  readonly settings: ReadonlyMap<string, string>;
}

export function tableText(source: string): TableText {
  const rows = readCells('', source).rows.map((row) => row.map((cell) => cell.text));
  const settings = new Map<string, string>();
  const byKey = new Map<string, readonly string[]>();
  const seen = new Map<string, number>();
  for (const cells of rows.slice(1)) {
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
