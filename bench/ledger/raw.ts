import { hash } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { ledgerPaths } from '../../src/adapters/sqlite/files.ts';

/** What the ledger stored for one entry: the leaf and the sealed details. */
interface StoredRow {
  readonly idx: number;
  readonly bytes: Buffer;
  readonly accountability: Buffer;
  readonly subject: Buffer | null;
}

const ROWS = 'SELECT idx, bytes, accountability, subject FROM entries WHERE idx >= ? AND idx < ? ORDER BY idx';
/** Rows read at a time. */
const CHUNK = 512;

/** What a ledger holds, in the batches in which it was written. */
export interface Stored {
  readonly batches: readonly (readonly StoredRow[])[];
  /** Of entries and details together. */
  readonly bytes: number;
}

/** @param directory of a ledger that was closed. */
export function readStored(directory: string): Stored {
  const db = new Database(ledgerPaths(directory).ledger, { readonly: true });
  const rows = db.prepare<[number, number], StoredRow>(ROWS);
  const sizes = db.prepare<[], { size: number }>('SELECT size FROM checkpoints ORDER BY size').all();
  let from = 0;
  const batches = sizes.map(({ size }) => {
    const batch = rows.all(from, size);
    from = size;
    return batch;
  });
  db.close();
  const bytes = batches.flat().reduce((sum, row) => sum + piecesOf(row).reduce((all, p) => all + p.length, 0), 0);
  return { batches, bytes };
}

function piecesOf({ bytes, accountability, subject }: StoredRow): readonly Buffer[] {
  return subject === null ? [bytes, accountability] : [bytes, accountability, subject];
}

/**
 * Inserts the same bytes in the same batches, each durable before the next begins: one table, one statement, on the
 * calling thread, with nothing computed. @returns seconds, without opening and closing.
 */
export function insertRaw(directory: string, { batches }: Stored): number {
  const db = new Database(join(directory, 'raw.db'));
  setAsLedger(db);
  db.exec('CREATE TABLE records (idx INTEGER PRIMARY KEY, bytes BLOB, accountability BLOB, subject BLOB) STRICT');
  const insert = db.prepare<[number, Buffer, Buffer, Buffer | null]>('INSERT INTO records VALUES (?, ?, ?, ?)');
  const [begin, commit] = [db.prepare('BEGIN IMMEDIATE'), db.prepare('COMMIT')];
  const begun = performance.now();
  for (const batch of batches) {
    begin.run();
    for (const { idx, bytes, accountability, subject } of batch) insert.run(idx, bytes, accountability, subject);
    commit.run();
  }
  const seconds = (performance.now() - begun) / 1_000;
  db.close();
  return seconds;
}

/** What the ledger's store sets for durability and memory. */
export function setAsLedger(db: Database.Database): void {
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('cache_size = -16000');
  db.pragma('wal_autocheckpoint = 4000');
}

/** Bare SHA-256 over the same bytes, piece by piece as the log commits to them, out of the same file. @returns seconds. */
export function hashStored(directory: string, entries: number): number {
  const db = new Database(ledgerPaths(directory).ledger, { readonly: true });
  const rows = db.prepare<[number, number], StoredRow>(ROWS);
  const begun = performance.now();
  for (let from = 0; from < entries; from += CHUNK) {
    for (const row of rows.all(from, from + CHUNK)) for (const piece of piecesOf(row)) hash('sha256', piece, 'buffer');
  }
  const seconds = (performance.now() - begun) / 1_000;
  db.close();
  return seconds;
}

/** The same with all bytes in memory already, as no verifier of a file has them. @returns seconds. */
export function hashInMemory({ batches }: Stored): number {
  const pieces = batches.flat().flatMap(piecesOf);
  const begun = performance.now();
  for (const piece of pieces) hash('sha256', piece, 'buffer');
  return (performance.now() - begun) / 1_000;
}
