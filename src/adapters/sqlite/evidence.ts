import Database from 'better-sqlite3';
import type { ExchangeId } from '../../domain/ids.ts';
import type { Checkpoint } from '../../ledger/checkpoint.ts';
import { tlogProver } from '../../ledger/tlog-proof.ts';
import { ledgerPaths } from './files.ts';
import { checkLedgerSchema } from './schema.ts';
import { storedNodes } from './statements.ts';

/** An entry with what proves that it stands in the log. */
export interface ProvenEntry {
  readonly index: number;
  readonly kind: string;
  /** The leaf, canonical JSON text. */
  readonly entry: string;
  /** C2SP tlog-proof, as text. */
  readonly proof: string;
}

/** A signed note over at least so many entries, or null where there is none. */
export type CheckpointOver = (size: number) => string | null;

/**
 * Entries of one exchange, ascending, proved in one tree. Each proof costs O(log n) look-ups of stored nodes. Reads on a
 * connection of its own and lets go of it, so that a ledger that was lost can be taken up again by its writer.
 * @param directory of the ledger. @param cosigned a checkpoint that witnesses signed, to be preferred; without one, the
 * first that covers the entries. @param open reads a checkpoint, undefined where the log's key did not sign it.
 * @returns null where there is no such exchange. @throws Error where the file cannot be read, or `open` does not read its
 * checkpoint.
 */
export function provenEntries(
  directory: string,
  exchange: ExchangeId,
  open: (note: string) => Checkpoint | undefined,
  cosigned: CheckpointOver = () => null,
): readonly ProvenEntry[] | null {
  const { ledger } = ledgerPaths(directory);
  const db = new Database(ledger, { readonly: true, fileMustExist: true });
  try {
    checkLedgerSchema(db);
    // Each half has an index of its own; asked together they would be searched for in the whole log.
    const select = 'SELECT idx AS "index", kind, CAST(bytes AS TEXT) AS entry FROM entries WHERE exchange = ?';
    const found = db
      .prepare<[string, string], Omit<ProvenEntry, 'proof'>>(
        `${select} AND kind IN ('asked', 'outcome') UNION ALL ${select} AND kind NOT IN ('asked', 'outcome') ORDER BY 1`,
      )
      .all(exchange, exchange);
    const last = found.at(-1);
    if (last === undefined) return null;
    const covering = db.prepare<[number], { note: string }>(
      'SELECT note FROM checkpoints WHERE size >= ? ORDER BY size LIMIT 1',
    );
    const note = cosigned(last.index + 1) ?? covering.get(last.index + 1)?.note;
    const checkpoint = note === undefined ? undefined : open(note);
    if (note === undefined || checkpoint === undefined) {
      throw new Error(`${ledger}: no checkpoint signed by the key of the log covers entry ${last.index}`);
    }
    const prove = tlogProver(note, checkpoint.size, storedNodes(db));
    return found.map((entry) => ({ ...entry, proof: prove(entry.index) }));
  } finally {
    db.close();
  }
}
