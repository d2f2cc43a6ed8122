import type { Database, Statement } from 'better-sqlite3';
import { type Cell, MAX_BYTES, MAX_ROWS, type Row } from './holder-protocol.ts';

/** A look-up gave more than an answer may hold. */
export class TooMuch extends Error {}

/**
 * Prepares a look-up of the configuration.
 * @returns the statement, or what is wrong with it: one SELECT with one `?`, and each wanted column once.
 */
export function prepareLookup(
  db: Database,
  sql: string,
  columns: readonly string[],
): { readonly statement: Statement<[string]> } | { readonly problems: readonly string[] } {
  // EXPLAIN and PRAGMA read as well, but not records.
  if (!/^\s*(select|with)\b/i.test(sql)) return { problems: ['expected a statement that begins with SELECT or WITH'] };
  let statement: Statement<[string]>;
  try {
    statement = db.prepare<[string]>(sql);
  } catch (error) {
    return { problems: [`expected one statement that SQLite understands (${messageOf(error)})`] };
  }
  if (!statement.reader || !statement.readonly) return { problems: ['expected a statement that only reads'] };
  const problems = takesOneValue(db, sql) ? [] : ['expected exactly one ?, without a number or a name'];
  const found = statement.columns().map(({ name }) => name);
  for (const column of columns) {
    const times = found.filter((name) => name === column).length;
    if (times === 0) problems.push(`expected a column "${column}"`);
    if (times > 1) problems.push(`expected the column "${column}" once, not ${times} times`);
  }
  return problems.length > 0 ? { problems } : { statement: statement.raw(true).safeIntegers(true) };
}

/** SQLite's count of parameters is not at hand, so it is tried: none is too few, one is right. Nothing is run. */
function takesOneValue(db: Database, sql: string): boolean {
  const binds = (...values: readonly string[]) => {
    try {
      db.prepare<string[]>(sql).bind(...values);
      return true;
    } catch {
      return false;
    }
  };
  return binds('x') && !binds();
}

/** @param value identifier in canonical form. Throws TooMuch before more is read than an answer may hold. */
export function runLookup(statement: Statement<[string]>, value: string): readonly Row[] {
  const names = statement.columns().map(({ name }) => name);
  const rows: Row[] = [];
  let bytes = 0;
  for (const cells of statement.iterate(value)) {
    if (!Array.isArray(cells)) continue;
    const row: [string, Cell][] = names.map((name, i) => [name, cellOf(cells[i])]);
    for (const [, cell] of row) bytes += sizeOf(cell);
    if (rows.length >= MAX_ROWS || bytes > MAX_BYTES) throw new TooMuch();
    rows.push(Object.fromEntries(row));
  }
  return rows;
}

/** A whole number that JavaScript cannot hold stays text, digit for digit. */
function cellOf(value: unknown): Cell {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (typeof value === 'string' || typeof value === 'number' || value instanceof Uint8Array) return value;
  return null;
}

function sizeOf(cell: Cell): number {
  return typeof cell === 'string' || cell instanceof Uint8Array ? cell.length : 8;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
