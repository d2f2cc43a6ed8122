import type { Database } from 'better-sqlite3';
import type { EntryBlock, LedgerBlocks } from '../../ledger/blocks.ts';
import type { StoredCheckpoint } from '../../ledger/checkpoint.ts';
import { HASH_BYTES, nodesOver } from './node-place.ts';
import { LOG_TABLES } from './schema.ts';

/** One row a block: SQLite puts values one after the other for a tenth of what it costs to hand them over singly. */
interface BlockRow {
  readonly indices: string;
  readonly kinds: string;
  readonly exchanges: string;
  readonly times: string;
  readonly leaves: Buffer | null;
  /** Of these, how many are stored as bytes: joined, text could not be told from them. */
  readonly asBytes: number;
  readonly accountability: Buffer | null;
  readonly accountabilityLengths: string;
  readonly accountabilitySlots: string;
  readonly subjects: Buffer | null;
  readonly subjectLengths: string;
  readonly subjectSlots: string;
}

/** Bytes of entries and their details that are read as one block. */
const WIDEST = 16 * 2 ** 20;

// In the order of the key, which is how SQLite goes through a range of it in a sound file. In another one the rows may lie
// in order and be numbered otherwise: the indices are compared too.
// A block that is too wide gives no rows at all, and is read entry by entry: its joined values would be a copy of it more,
// and cannot pass SQLite's limit of a billion bytes.
const ENTRIES = `
  SELECT json_group_array(idx) AS indices, json_group_array(kind) AS kinds, json_group_array(exchange) AS exchanges,
    json_group_array(time) AS times, CAST(group_concat(x'00' || bytes, '') AS BLOB) AS leaves,
    sum(typeof(bytes) = 'blob') AS asBytes, CAST(group_concat(accountability, '') AS BLOB) AS accountability,
    json_group_array(length(accountability)) AS accountabilityLengths,
    json_group_array(accountability_slot) AS accountabilitySlots,
    CAST(group_concat(subject, '') AS BLOB) AS subjects, json_group_array(length(subject)) AS subjectLengths,
    json_group_array(subject_slot) AS subjectSlots
  FROM entries NOT INDEXED WHERE idx >= ? AND idx < ? AND (
    SELECT sum(octet_length(kind) + octet_length(exchange) + octet_length(bytes) +
      coalesce(octet_length(accountability), 0) + coalesce(octet_length(subject), 0))
    FROM entries NOT INDEXED WHERE idx >= ? AND idx < ?) <= ${WIDEST}`;

// With the row before and the one after: between two blocks there may be one whose number is of neither.
const NEIGHBOURS = `
  SELECT json_group_array(idx) FROM (SELECT idx FROM entries NOT INDEXED WHERE idx >= ? ORDER BY idx LIMIT ?)`;

const NODES = `
  SELECT first, hashes FROM nodes NOT INDEXED
  WHERE first >= coalesce((SELECT max(first) FROM nodes NOT INDEXED WHERE first <= ?), 0) AND first < ? ORDER BY first`;

interface NodesRow {
  readonly first: number;
  readonly hashes: Buffer;
}

const EMPTY = Buffer.alloc(0);

/**
 * Whether the tables are those of our schema and their texts in UTF-8. Without their keys, rows have an order and no
 * numbers; in another encoding, joined bytes are other bytes. Triggers may be missing: they only hinder.
 */
export function canBeReadInBlocks(db: Database): boolean {
  if (db.pragma('encoding', { simple: true }) !== 'UTF-8') return false;
  const tables = db.prepare<[], { name: string; sql: string }>(
    "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name IN ('entries', 'nodes', 'checkpoints')",
  );
  const found = new Map(tables.all().map(({ name, sql }) => [name, sql]));
  return Object.entries(LOG_TABLES).every(([name, sql]) => found.get(name) === sql);
}

/** @param isErased whether the key of a slot was destroyed. */
export function databaseBlocks(db: Database, isErased: (slot: number) => boolean): LedgerBlocks {
  const entries = db.prepare<[number, number, number, number], BlockRow>(ENTRIES);
  const neighbours = db.prepare<[number, number], string>(NEIGHBOURS).pluck();
  const nodes = db.prepare<[number, number], NodesRow>(NODES);
  const checkpoints = db.prepare<[number], StoredCheckpoint>(
    'SELECT size, note FROM checkpoints NOT INDEXED WHERE size > ? ORDER BY size',
  );
  return {
    entries(from, to) {
      const before = Math.max(from - 1, 0);
      const found = neighbours.get(before, to + 1 - before);
      if (found !== indicesOf(before, to) && found !== indicesOf(before, to + 1)) return null;
      const row = entries.get(from, to, from, to);
      return row === undefined ? null : blockOf(row, from, to, isErased);
    },
    nodes(from, to) {
      const [first, end] = [nodesOver(from), nodesOver(to)];
      return first === end ? EMPTY : hashesOf(nodes.all(first, end), first, end);
    },
    checkpoints(from, to) {
      const within: StoredCheckpoint[] = [];
      for (const checkpoint of checkpoints.iterate(from)) {
        if (checkpoint.size > to) return { within, next: checkpoint.size };
        within.push(checkpoint);
      }
      return { within, next: null };
    },
  };
}

function blockOf(row: BlockRow, from: number, to: number, isErased: (slot: number) => boolean): EntryBlock | null {
  const { leaves, accountability, subjects } = row;
  if (row.indices !== indicesOf(from, to) || row.asBytes !== to - from) return null;
  const [kinds, exchanges, times] = [texts(row.kinds), texts(row.exchanges), numbers(row.times)];
  const [accountabilityLengths, accountabilitySlots] = [
    numbers(row.accountabilityLengths),
    numbers(row.accountabilitySlots),
  ];
  const [subjectLengths, subjectSlots] = [optional(row.subjectLengths), optional(row.subjectSlots)];
  if (leaves === null || kinds === null || exchanges === null || times === null) return null;
  if (accountabilityLengths === null || accountabilitySlots === null) return null;
  if (subjectLengths === null || subjectSlots === null) return null;
  let erased = 0;
  for (let i = 0; i < to - from; i++) {
    const slot = subjectSlots[i] ?? null;
    // A key for details that are not there: something was taken away.
    if (slot !== null && (subjectLengths[i] ?? null) === null) return null;
    if (isErased(accountabilitySlots[i] ?? 0) || (slot !== null && isErased(slot))) erased += 1;
  }
  const sealed = { accountability: accountability ?? EMPTY, accountabilityLengths, subjects: subjects ?? EMPTY };
  return { kinds, exchanges, times, leaves, ...sealed, subjectLengths, erased };
}

/** As SQLite tells them. */
function indicesOf(from: number, to: number): string {
  let told = `[${from}`;
  for (let index = from + 1; index < to; index++) told += `,${index}`;
  return `${told}]`;
}

/** @returns null where rows are missing between these places, or overlap. */
function hashesOf(rows: readonly NodesRow[], from: number, to: number): Buffer | null {
  const first = rows[0]?.first ?? to;
  let next = first;
  for (const row of rows) {
    if (row.first !== next) return null;
    next += row.hashes.length / HASH_BYTES;
  }
  if (first > from || next < to) return null;
  return Buffer.concat(rows.map((row) => row.hashes)).subarray((from - first) * HASH_BYTES, (to - first) * HASH_BYTES);
}

function numbers(json: string): readonly number[] | null {
  const found: unknown = JSON.parse(json);
  return Array.isArray(found) && found.every((one) => typeof one === 'number') ? found : null;
}

function optional(json: string): readonly (number | null)[] | null {
  const found: unknown = JSON.parse(json);
  return Array.isArray(found) && found.every((one) => one === null || typeof one === 'number') ? found : null;
}

function texts(json: string): readonly string[] | null {
  const found: unknown = JSON.parse(json);
  return Array.isArray(found) && found.every((one) => typeof one === 'string') ? found : null;
}
