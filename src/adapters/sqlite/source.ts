import type { Database } from 'better-sqlite3';
import type { StoredCheckpoint } from '../../ledger/checkpoint.ts';
import { isDestroyed, pageOf, positionOf } from '../../ledger/key-page.ts';
import { type LedgerSource, SourceFault, type StoredEntry, type StoredPart } from '../../ledger/source.ts';
import { canBeReadInBlocks, databaseBlocks } from './blocks.ts';
import { destroyedMarks } from './key-reader.ts';
import { HASH_BYTES, nodesOver } from './node-place.ts';
import { nodeReader } from './statements.ts';

/** Rows read at a time: short reads, so that the writer's log can be folded in between. */
const CHUNK = 512;
/** Bytes of sealed details after which fewer rows are enough. */
const WIDE = 16 * 1024 * 1024;

interface EntryRow {
  readonly idx: number;
  readonly kind: string;
  readonly exchange: string;
  readonly time: number;
  readonly bytes: Buffer;
  readonly accountability_slot: number | null;
  readonly accountability: Buffer | null;
  readonly subject_slot: number | null;
  readonly subject: Buffer | null;
}

/**
 * The ledger in a file, for the verifier, as it stands now. The rows are append-only, so that what lies below the
 * present end needs no snapshot while it is read.
 * @param keys to tell which details can no longer be opened; null where keys.db is not at hand: then none is called erased.
 */
export function databaseSource(db: Database, keys: Database | null): LedgerSource {
  // Before the entries, of which there may be more by then, and not fewer.
  const nodes = nodeBoundsOf(db);
  const { entries, checkpoints } = db.transaction(() => ({
    entries: boundsOf(db, 'entries', 'idx'),
    checkpoints: boundsOf(db, 'checkpoints', 'size'),
  }))();
  // Not counted, which would mean to read the file twice: where one is missing, its index is the finding.
  const size = entries.last - Math.min(entries.first, 0) + 1;
  const end = checkpoints.last;
  const noStrays = nodes.first === 0 && nodes.end <= nodesOver(size);
  const erased = slotLookup(keys);
  // Nothing may lie outside what the blocks are asked for.
  const regular = entries.first === 0 && checkpoints.first > 0 && end === size && noStrays && canBeReadInBlocks(db);
  return {
    size,
    ...(regular ? { blocks: databaseBlocks(db, erased) } : {}),
    *entries() {
      const rows = db.prepare<[number, number], EntryRow>(
        'SELECT idx, kind, exchange, time, bytes, accountability_slot, accountability, subject_slot, subject ' +
          'FROM entries NOT INDEXED WHERE idx >= ? ORDER BY idx LIMIT ?',
      );
      let next = Number.MIN_SAFE_INTEGER;
      for (let read = 0; read < size; ) {
        const chunk: StoredEntry[] = [];
        let bytes = 0;
        for (const row of rows.iterate(next, Math.min(CHUNK, size - read))) {
          chunk.push(storedEntry(row, erased));
          next = row.idx + 1;
          bytes += (row.accountability?.length ?? 0) + (row.subject?.length ?? 0);
          if (bytes > WIDE) break;
        }
        if (chunk.length === 0) return;
        read += chunk.length;
        yield chunk;
      }
      // Hashes outside the tree: left behind by a tail that was cut off, or put there for the tree to grow into. Where a
      // checkpoint speaks of more entries, that one is missing says more.
      if (!noStrays && end <= size) throw new SourceFault(size, 'node/altered');
    },
    *checkpoints() {
      const rows = db.prepare<[number, number, number], StoredCheckpoint>(
        'SELECT size, note FROM checkpoints NOT INDEXED WHERE size > ? AND size <= ? ORDER BY size LIMIT ?',
      );
      let after = Number.MIN_SAFE_INTEGER;
      for (;;) {
        const chunk = rows.all(after, end, CHUNK);
        const last = chunk.at(-1);
        if (last === undefined) return;
        after = last.size;
        yield chunk;
      }
    },
    *nodes(level) {
      const stored = nodeReader(db);
      for (let next = 0; ; ) {
        const hashes: Buffer[] = [];
        for (; hashes.length < CHUNK; next++) {
          const hash = stored(level, next);
          // A gap ends the level: the verifier then misses a node.
          if (hash === null) break;
          hashes.push(hash);
        }
        if (hashes.length > 0) yield hashes;
        if (hashes.length < CHUNK) return;
      }
    },
  };
}

/** Of a table's key; where there is no row, an end before its beginning. */
function boundsOf(db: Database, table: string, key: string): { readonly first: number; readonly last: number } {
  const rows = `SELECT ${key} FROM ${table} NOT INDEXED ORDER BY ${key}`;
  const first = db.prepare<[], number | null>(`${rows} LIMIT 1`).pluck().get();
  const last = db.prepare<[], number | null>(`${rows} DESC LIMIT 1`).pluck().get();
  return { first: first ?? 0, last: last ?? -1 };
}

/** Places of the nodes stored: the first, and the one after the last. */
function nodeBoundsOf(db: Database): { readonly first: number; readonly end: number } {
  try {
    const { first, last } = boundsOf(db, 'nodes', 'first');
    if (last < first) return { first, end: first };
    const bytes = db
      .prepare<[number], number>('SELECT octet_length(hashes) FROM nodes NOT INDEXED WHERE first = ?')
      .pluck();
    // A row takes a place even where it holds nothing.
    return { first, end: last + Math.max(1, Math.ceil((bytes.get(last) ?? 0) / HASH_BYTES)) };
  } catch {
    // What is damaged is told where it is reached.
    return { first: 0, end: Number.POSITIVE_INFINITY };
  }
}

function storedEntry(row: EntryRow, erased: (slot: number) => boolean): StoredEntry {
  const part = (slot: number | null, sealed: Buffer | null): StoredPart | null =>
    slot === null && sealed === null ? null : { sealed, erased: slot !== null && erased(slot) };
  return {
    index: row.idx,
    kind: row.kind,
    exchange: row.exchange,
    time: row.time,
    bytes: row.bytes,
    details: {
      accountability: part(row.accountability_slot, row.accountability),
      subject: part(row.subject_slot, row.subject),
    },
  };
}

/** Whether a slot was destroyed. Entries use neighbouring slots, so the marks of a page are remembered. */
function slotLookup(keys: Database | null): (slot: number) => boolean {
  if (keys === null) return () => false;
  const marks = destroyedMarks(keys);
  const read = new Map<number, Buffer | undefined>();
  return (slot) => {
    const page = pageOf(slot);
    let destroyed = read.get(page);
    if (destroyed === undefined && !read.has(page)) {
      destroyed = marks(page);
      if (read.size > 16) read.clear();
      read.set(page, destroyed);
    }
    return destroyed === undefined || isDestroyed(destroyed, positionOf(slot));
  };
}
