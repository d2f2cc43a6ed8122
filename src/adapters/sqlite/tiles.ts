import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Database } from 'better-sqlite3';
import { Fault } from '../../domain/faults.ts';
import type { StoredCheckpoint } from '../../ledger/checkpoint.ts';
import { leafHash, type NodeLookup } from '../../ledger/merkle.ts';
import type { PublishedPieces } from '../../ledger/publish.ts';
import { TILE_HEIGHT, TILE_WIDTH, type Tile } from '../../ledger/tiles.ts';
import { detailsBundle, entryBundle } from '../../ledger/tiles-bundle.ts';
import { ledgerPaths } from './files.ts';
import { readKeyChanges } from './key-changes.ts';
import { openReadonly } from './reader.ts';
import { checkLedgerSchema } from './schema.ts';
import { nodeReader, storedNodes } from './statements.ts';

/** A ledger's file in the published layout. Each piece costs the rows in it and no more, however long the log. */
export interface PublishedReader extends PublishedPieces {
  /** The newest; null where nothing was written. */
  checkpoint(): StoredCheckpoint | null;
  /** Published changes of the signing key; empty where there was none. */
  keyChanges(): string;
  /** Stored tree, for proofs. */
  readonly node: NodeLookup;
  close(): void;
}

interface DetailsRow {
  readonly idx: number;
  readonly accountability: Buffer | null;
  readonly subject: Buffer | null;
}

/** @param path directory of a ledger, or its ledger.db. @throws Error where there is none, or one of a later version. */
export function openPublished(path: string): PublishedReader {
  const directory = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  const file = directory ? ledgerPaths(path).ledger : path;
  const db = openReadonly(file, checkLedgerSchema);
  const keyChanges = () => readKeyChanges(dirname(file));
  return { ...piecesOf(db), keyChanges, node: storedNodes(db), close: () => db.close() };
}

function piecesOf(db: Database) {
  const entries = db
    .prepare<[number, number], Buffer>('SELECT bytes FROM entries WHERE idx >= ? AND idx < ? ORDER BY idx')
    .pluck();
  const node = nodeReader(db);
  const sealed = db.prepare<[number, number], DetailsRow>(
    'SELECT idx, accountability, subject FROM entries WHERE idx >= ? AND idx < ? ORDER BY idx',
  );
  const newest = db.prepare<[], StoredCheckpoint>('SELECT size, note FROM checkpoints ORDER BY size DESC LIMIT 1');
  return {
    checkpoint: () => newest.get() ?? null,
    tile({ level, index, width }: Tile): Buffer | null {
      const first = index * TILE_WIDTH;
      if (!Number.isSafeInteger(first + width)) return null;
      const rows: unknown[] =
        level === 'entries' || level === 0
          ? entries.all(first, first + width)
          : Array.from({ length: width }, (_, i) => node(level * TILE_HEIGHT, first + i));
      const found = rows.filter((row) => Buffer.isBuffer(row));
      if (found.length !== width) return null;
      if (level === 'entries') return entryBundle(found);
      return Buffer.concat(level === 0 ? found.map(leafHash) : found);
    },
    details(index: number, width: number): Buffer | null {
      const rows = sealed.all(index * TILE_WIDTH, index * TILE_WIDTH + width);
      if (rows.length !== width) return null;
      const part = (bytes: Buffer | null) => (bytes === null ? null : { sealed: bytes, erased: false });
      return detailsBundle(
        rows.map(({ accountability, subject }) => ({ accountability: part(accountability), subject: part(subject) })),
      );
    },
  };
}

/**
 * The published log beside a running writer. The file is opened for one question at a time: a connection that stayed
 * would keep what SQLite knows of files that were lost, and the writer could not recover.
 * @param problem why the ledger cannot be used now; null if it can. @param cosigned puts witnesses' signatures to a note.
 */
export function publishedLog(
  directory: string,
  problem: () => string | null,
  cosigned: (note: string) => string = (note) => note,
) {
  const ask = async <T>(look: (reader: PublishedReader) => T): Promise<T> => {
    const reason = problem();
    if (reason !== null) throw new Fault('ledger/unavailable', reason);
    try {
      const reader = openPublished(directory);
      try {
        return look(reader);
      } finally {
        reader.close();
      }
    } catch (cause) {
      throw new Fault('ledger/unavailable', 'the ledger cannot be read', { cause });
    }
  };
  return {
    /** The newest checkpoint, a signed note with the cosignatures it has so far; null where nothing was written. */
    checkpoint: () =>
      ask((reader) => {
        const note = reader.checkpoint()?.note;
        return note === undefined ? null : cosigned(note);
      }),
    /** Null where the log has not all of it. */
    tile: (tile: Tile): Promise<Uint8Array | null> => ask((reader) => reader.tile(tile)),
  };
}
