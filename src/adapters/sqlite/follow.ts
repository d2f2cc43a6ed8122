import Database from 'better-sqlite3';
import { isoTime } from '../../domain/time.ts';
import type { FollowedEntry } from '../../ledger/export/ocsf-entry.ts';
import { ledgerPaths } from './files.ts';
import { parseLegs } from './legs.ts';
import { checkLedgerSchema } from './schema.ts';

/**
 * Short looks at a ledger that another thread writes. Each opens the file and lets it go again: a connection that stayed
 * would keep SQLite from seeing that the file was replaced, and so the writer from taking up the ledger again.
 */
function looking<T>(directory: string, look: (db: Database.Database) => T): T {
  const db = new Database(ledgerPaths(directory).ledger, { readonly: true, fileMustExist: true });
  try {
    checkLedgerSchema(db);
    return look(db);
  } finally {
    db.close();
  }
}

interface Row {
  readonly index: number;
  readonly kind: string;
  readonly exchange: string;
  readonly time: number;
  readonly result: string | null;
  readonly legs: string | null;
  readonly asked: number | null;
}

/** Entries from `from` on with nothing opened, and how many the log has. @throws Error where it cannot be read. */
export function followedEntries(
  directory: string,
  from: number,
  limit: number,
): { readonly size: number; readonly entries: readonly FollowedEntry[] } {
  return looking(directory, (db) => {
    const size = sizeOf(db);
    const rows = db
      .prepare<[number, number, number], Row>(
        'SELECT e.idx AS "index", e.kind, e.exchange, e.time, x.outcome AS result, x.legs, x.asked FROM entries e ' +
          "LEFT JOIN exchanges x ON x.exchange = e.exchange AND e.kind = 'outcome' " +
          'WHERE e.idx >= ? AND e.idx < ? ORDER BY e.idx LIMIT ?',
      )
      .all(from, size, limit);
    return { size, entries: rows.map(followed) };
  });
}

function followed({ index, kind, exchange, time, result, legs, asked }: Row): FollowedEntry {
  const outcome =
    kind === 'outcome'
      ? {
          result: result ?? 'unknown',
          legs: legs === null ? [] : parseLegs(legs),
          asked: asked === index ? null : asked,
        }
      : null;
  return { index, kind, exchange, time: isoTime(time), outcome };
}

/** What operators like to know of a ledger. */
export interface LedgerGlance {
  readonly size: number;
  /** Exchanges without an outcome. */
  readonly open: number;
  /** Entries of each of the last batches, the newest first. */
  readonly batches: readonly number[];
}

const BATCHES = 100;

/** In O(1) of the log's size. @throws Error where it cannot be read. */
export function glanceAt(directory: string): LedgerGlance {
  return looking(directory, (db) => {
    const sizes = db
      .prepare<[number], number>('SELECT size FROM checkpoints ORDER BY size DESC LIMIT ?')
      .pluck()
      .all(BATCHES + 1);
    return {
      size: sizes[0] ?? 0,
      open: Number(db.prepare('SELECT count(*) FROM exchanges WHERE closed IS NULL').pluck().get()),
      batches: sizes.slice(0, -1).map((size, i) => size - (sizes[i + 1] ?? 0)),
    };
  });
}

function sizeOf(db: Database.Database): number {
  return Number(db.prepare('SELECT coalesce(max(size), 0) FROM checkpoints').pluck().get());
}
