import Database from 'better-sqlite3';
import type { NodeHash } from '../../ledger/merkle.ts';
import { consistencyProof, inclusionProver } from '../../ledger/proof.ts';
import { checkLedgerSchema } from './schema.ts';
import { lastCheckpoint, storedNodes } from './statements.ts';

/** How a ledger grew, as those who watch it from outside must be shown. */
export interface Growth {
  /** The newest checkpoint; null where nothing was written. */
  newest(): { readonly size: number; readonly note: string } | null;
  /** The checkpoint over exactly so many entries, if there is one. */
  noteAt(size: number): string | null;
  /** See `consistencyProof`. */
  consistency(from: number, to: number): readonly NodeHash[];
  /** That the entry at `index` stands in the tree of `size` entries. */
  inclusion(index: number, size: number): readonly NodeHash[];
}

/**
 * Lets `work` look at a ledger: each proof costs O(log n) look-ups. On a connection of its own that is closed at once, so
 * that a ledger that was lost can be taken up again by its writer.
 * @throws what SQLite throws.
 */
export function readGrowth<T>(path: string, work: (growth: Growth) => T): T {
  const db = new Database(path, { readonly: true, fileMustExist: true });
  try {
    checkLedgerSchema(db);
    const at = storedNodes(db);
    return work({
      newest: () => lastCheckpoint(db).get() ?? null,
      noteAt: (size) =>
        db.prepare<[number], { note: string }>('SELECT note FROM checkpoints WHERE size = ?').get(size)?.note ?? null,
      consistency: (from, to) => consistencyProof(from, to, at),
      inclusion: (index, size) => inclusionProver(size, at)(index),
    });
  } finally {
    db.close();
  }
}
