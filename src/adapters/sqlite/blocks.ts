import type { Database } from 'better-sqlite3';
import type { EntryBlock, LedgerBlocks } from '../../ledger/blocks.ts';
import type { StoredCheckpoint } from '../../ledger/source.ts';
import { HASH_BYTES, nodesOver } from './node-place.ts';

/** One row a block: SQLite puts values one after the other for a tenth of what it costs to hand them over singly. */
interface BlockRow {
  readonly count: number;
  readonly kinds: string;
  readonly exchanges: string;
  readonly times: string;
  readonly leaves: Buffer | null;
  readonly accountability: Buffer | null;
  readonly accountabilityLengths: string;
  readonly accountabilitySlots: string;
  readonly subjects: Buffer | null;
  readonly subjectLengths: string;
  readonly subjectSlots: string;
}

// In the order of the key, which is how SQLite goes through a range of it; any other order would not verify.
const ENTRIES = `
  SELECT count(*) AS count, json_group_array(kind) AS kinds, json_group_array(exchange) AS exchanges,
    json_group_array(time) AS times, CAST(group_concat(x'00' || bytes, '') AS BLOB) AS leaves,
    CAST(group_concat(accountability, '') AS BLOB) AS accountability,
    json_group_array(length(accountability)) AS accountabilityLengths,
    json_group_array(accountability_slot) AS accountabilitySlots,
    CAST(group_concat(subject, '') AS BLOB) AS subjects, json_group_array(length(subject)) AS subjectLengths,
    json_group_array(subject_slot) AS subjectSlots
  FROM entries WHERE idx >= ? AND idx < ?`;

const NODES = `
  SELECT first, hashes FROM nodes
  WHERE first >= coalesce((SELECT max(first) FROM nodes WHERE first <= ?), 0) AND first < ? ORDER BY first`;

interface NodesRow {
  readonly first: number;
  readonly hashes: Buffer;
}

const EMPTY = Buffer.alloc(0);

/** @param isErased whether the key of a slot was destroyed. */
export function databaseBlocks(db: Database, isErased: (slot: number) => boolean): LedgerBlocks {
  const entries = db.prepare<[number, number], BlockRow>(ENTRIES);
  const nodes = db.prepare<[number, number], NodesRow>(NODES);
  const checkpoints = db.prepare<[number, number], StoredCheckpoint>(
    'SELECT size, note FROM checkpoints WHERE size > ? AND size <= ? ORDER BY size',
  );
  return {
    entries(from, to) {
      const row = entries.get(from, to);
      return row === undefined ? null : blockOf(row, from, to, isErased);
    },
    nodes(from, to) {
      const [first, end] = [nodesOver(from), nodesOver(to)];
      return first === end ? EMPTY : hashesOf(nodes.all(first, end), first, end);
    },
    checkpoints: (from, to) => checkpoints.all(from, to),
  };
}

function blockOf(row: BlockRow, from: number, to: number, isErased: (slot: number) => boolean): EntryBlock | null {
  const { count, leaves, accountability, subjects } = row;
  const [kinds, exchanges, times] = [texts(row.kinds), texts(row.exchanges), numbers(row.times)];
  const [accountabilityLengths, accountabilitySlots] = [
    numbers(row.accountabilityLengths),
    numbers(row.accountabilitySlots),
  ];
  const [subjectLengths, subjectSlots] = [optional(row.subjectLengths), optional(row.subjectSlots)];
  if (leaves === null || kinds === null || exchanges === null || times === null) return null;
  if (accountabilityLengths === null || accountabilitySlots === null) return null;
  if (subjectLengths === null || subjectSlots === null || count !== to - from) return null;
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
