import type { Database } from 'better-sqlite3';
import type { Instant } from '../../domain/time.ts';

/** An entry of an exchange, and what was sealed with it. */
export interface ExchangeRow {
  readonly idx: number;
  readonly kind: 'asked' | 'outcome';
  readonly exchange: string;
  readonly time: Instant;
  readonly slot: number;
  readonly sealed: Buffer | null;
}

type Plain = Omit<ExchangeRow, 'sealed'>;

/** Reads entries of exchanges as they lie in the store. */
export interface ExchangeRows {
  /**
   * Those of a stretch, ascending, or of its beginning where their details are wide.
   * @param end exclusive. @returns also `next`, where the stretch goes on: `end` where nothing is left of it.
   */
  between(begin: number, end: number): { readonly rows: readonly ExchangeRow[]; readonly next: number };
  /** The outcome of an exchange, if it lies below `size`. */
  outcomeOf(exchange: string, size: number): ExchangeRow | undefined;
}

/** Entries that belong to an exchange. */
export const KINDS = "kind IN ('asked', 'outcome')";
const COLUMNS = 'idx, kind, exchange, time, accountability_slot AS slot';
const STRETCH = `entries WHERE idx >= ? AND idx < ? AND ${KINDS} ORDER BY idx`;

/** Bytes of sealed details that are read at once. */
const MOST = 8 * 2 ** 20;

export function exchangeRows(db: Database): ExchangeRows {
  const plain = db.prepare<[number, number], Plain & { readonly length: number | null }>(
    `SELECT ${COLUMNS}, length(accountability) AS length FROM ${STRETCH}`,
  );
  // One value for all of a stretch: a buffer for each entry costs more than to read it. Joined bytes are text to SQLite,
  // which neither looks at them nor converts them; were that to change, they would be of another length or would not open.
  const joined = db
    .prepare<[number, number], Buffer | null>(
      `SELECT CAST(group_concat(accountability, '') AS BLOB) FROM (SELECT accountability FROM ${STRETCH})`,
    )
    .pluck();
  const outcome = db.prepare<[string, number], ExchangeRow>(
    `SELECT ${COLUMNS}, accountability AS sealed FROM entries WHERE exchange = ? AND kind = 'outcome' AND ${KINDS} AND idx < ?`,
  );
  return {
    between(begin, end) {
      const all = plain.all(begin, end);
      const count = countWithin(all, MOST);
      const next = all[count]?.idx ?? end;
      const bytes = joined.get(begin, next) ?? Buffer.alloc(0);
      let at = 0;
      const rows = all.slice(0, count).map(({ idx, kind, exchange, time, slot, length }) => {
        const sealed = length === null ? null : bytes.subarray(at, at + length);
        at += length ?? 0;
        return { idx, kind, exchange, time, slot, sealed };
      });
      if (at !== bytes.length) throw new Error(`entries ${begin} to ${next} are not read as they are written`);
      return { rows, next };
    },
    outcomeOf: (exchange, size) => outcome.get(exchange, size),
  };
}

/** How many of them hold no more together; one at least. */
function countWithin(rows: readonly { readonly length: number | null }[], most: number): number {
  let sum = 0;
  const beyond = rows.findIndex(({ length }) => {
    sum += length ?? 0;
    return sum > most;
  });
  return beyond < 0 ? rows.length : Math.max(beyond, 1);
}
