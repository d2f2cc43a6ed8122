import type { Database } from 'better-sqlite3';
import { leafHash, type NodeLookup } from '../../ledger/merkle.ts';
import { erasingStatements } from './erasing.ts';
import { liveStateStatements } from './live-state.ts';
import { HASH_BYTES, NODE_AT, nodePlace } from './node-place.ts';
import { rulebookStatements } from './rulebook-writing.ts';

export interface ExchangeRow {
  readonly exchange: string;
  readonly asker: string | null;
  readonly key: string | null;
  readonly request: string | null;
  readonly outcome: string | null;
  readonly legs: string;
  readonly asked: number | null;
  readonly closed: number | null;
  readonly accountability_slot: number;
  readonly subject_slot: number | null;
}

export interface CheckpointRow {
  readonly size: number;
  readonly note: string;
  readonly next_slot: number;
}

/** Everything the writer says to its database, prepared once. */
export type WriteStatements = ReturnType<typeof writeStatements>;

export function writeStatements(db: Database) {
  return {
    begin: db.prepare<[]>('BEGIN IMMEDIATE'),
    commit: db.prepare<[]>('COMMIT'),
    /** The leaf is ASCII: as text it is bound at half the cost of a buffer, and stored as the same bytes. */
    entry: db.prepare<[number, string, string, number, string, number, Buffer, number | null, Buffer | null]>(
      'INSERT INTO entries (idx, kind, exchange, time, bytes, accountability_slot, accountability, subject_slot, ' +
        'subject) VALUES (?, ?, ?, ?, CAST(? AS BLOB), ?, ?, ?, ?)',
    ),
    nodes: db.prepare<[number, Buffer]>('INSERT INTO nodes (first, hashes) VALUES (?, ?)'),
    checkpoint: db.prepare<[number, string, number]>(
      'INSERT INTO checkpoints (size, note, next_slot) VALUES (?, ?, ?)',
    ),
    lastCheckpoint: lastCheckpoint(db),
    size: db.prepare<[], number>('SELECT size FROM checkpoints ORDER BY size DESC LIMIT 1').pluck(),
    noteAt: db.prepare<[number], { note: string }>('SELECT note FROM checkpoints WHERE size = ?'),
    lastEntry: db.prepare<[], { idx: number; time: number }>('SELECT idx, time FROM entries ORDER BY idx DESC LIMIT 1'),
    exchange: exchangeById(db),
    byKey: exchangeByKey(db),
    openExchanges: db.prepare<[number], { exchange: string }>(
      'SELECT exchange FROM exchanges WHERE closed IS NULL ORDER BY exchange LIMIT ?',
    ),
    isWritten: db
      .prepare<[string], 1>("SELECT 1 FROM entries WHERE exchange = ? AND kind NOT IN ('asked', 'outcome')")
      .pluck(),
    begun: db.prepare<
      [
        string,
        string | null,
        string | null,
        string | null,
        string | null,
        string,
        number | null,
        number | null,
        number,
        number | null,
        string,
      ]
    >(
      'INSERT INTO exchanges (exchange, asker, key, request, outcome, legs, asked, closed, accountability_slot, ' +
        'subject_slot, node) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    ),
    ...liveStateStatements(db),
    ...erasingStatements(db),
    ...rulebookStatements(db),
    closed: db.prepare<[string | null, string, number, number | null, string]>(
      'UPDATE exchanges SET outcome = ?, legs = ?, closed = ?, subject_slot = ? WHERE exchange = ? AND closed IS NULL',
    ),
  };
}

export function lastCheckpoint(db: Database) {
  return db.prepare<[], CheckpointRow>('SELECT size, note, next_slot FROM checkpoints ORDER BY size DESC LIMIT 1');
}

export function exchangeById(db: Database) {
  return db.prepare<[string], ExchangeRow>('SELECT * FROM exchanges WHERE exchange = ?');
}

export function exchangeByKey(db: Database) {
  return db.prepare<[string, string], ExchangeRow>('SELECT * FROM exchanges WHERE asker = ? AND key = ?');
}

/** The stored tree: entries' bytes hashed at level 0, stored nodes above. */
export function storedNodes(db: Database): NodeLookup {
  const bytes = db.prepare<[number], Buffer>('SELECT bytes FROM entries WHERE idx = ?').pluck();
  const node = nodeReader(db);
  return (level, index) => {
    if (level === 0) {
      const entry = plucked(bytes.get(index));
      if (entry !== undefined) return leafHash(entry);
    } else {
      const stored = node(level, index);
      if (stored !== null) return stored;
    }
    throw new RangeError(`no node at level ${level}, index ${index}`);
  };
}

/** Stored nodes of level 1 and above; null where there is none. */
export function nodeReader(db: Database): (level: number, index: number) => Buffer | null {
  const at = db.prepare<[number, number], Buffer>(NODE_AT).pluck();
  return (level, index) => {
    const place = nodePlace(level, index);
    const hash = plucked(at.get(place, place));
    return hash?.length === HASH_BYTES ? hash : null;
  };
}

function plucked(value: unknown): Buffer | undefined {
  return Buffer.isBuffer(value) ? value : undefined;
}
