import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { ledgerPaths } from '../../src/adapters/sqlite/files.ts';
import { migrateLedger } from '../../src/adapters/sqlite/schema.ts';
import { writeStatements } from '../../src/adapters/sqlite/statements.ts';
import { KEY_BYTES, NONCE_BYTES, sealBytes } from '../../src/ledger/sealing.ts';
import { setAsLedger } from './raw.ts';

/** An entry as it lies in the ledger, with what its exchange's row says in the end. */
interface EntryRow {
  readonly idx: number;
  readonly kind: string;
  readonly exchange: string;
  readonly time: number;
  readonly bytes: string;
  readonly accountability_slot: number;
  readonly accountability: Buffer;
  readonly subject_slot: number | null;
  readonly subject: Buffer | null;
  readonly asker: string | null;
  readonly key: string | null;
  readonly request: string | null;
  readonly outcome: string | null;
  readonly legs: string;
  readonly node: string;
}

interface BatchRows {
  readonly entries: readonly EntryRow[];
  readonly checkpoint: { readonly size: number; readonly note: string; readonly next_slot: number };
  readonly nodes: readonly { readonly first: number; readonly hashes: Buffer }[];
}

const ENTRIES = `SELECT idx, e.kind, e.exchange, time, CAST(bytes AS TEXT) AS bytes, e.accountability_slot, accountability,
  e.subject_slot, subject, asker, key, request, outcome, legs, node
  FROM entries e JOIN exchanges x ON x.exchange = e.exchange WHERE idx >= ? AND idx < ? ORDER BY idx`;

/** @param directory of a ledger of exchanges that was closed. @returns its rows, batch by batch. */
export function readRows(directory: string): readonly BatchRows[] {
  const db = new Database(ledgerPaths(directory).ledger, { readonly: true });
  const entries = db.prepare<[number, number], EntryRow>(ENTRIES);
  const checkpoints = db.prepare<[], BatchRows['checkpoint']>('SELECT * FROM checkpoints ORDER BY size').all();
  const nodes = db.prepare<[], BatchRows['nodes'][number]>('SELECT * FROM nodes ORDER BY first').all();
  let from = 0;
  const batches = checkpoints.map((checkpoint, i) => {
    const batch = entries.all(from, checkpoint.size);
    from = checkpoint.size;
    // Which batch made which node full does not matter here: one row each.
    return { entries: batch, checkpoint, nodes: nodes.slice(i, i + 1) };
  });
  db.close();
  return batches;
}

/**
 * What storing alone costs: the rows of the ledger's own tables, with their indices and triggers, by the ledger's own
 * statements, in the same batches, each durable before the next begins, on the calling thread, with nothing computed.
 * Budgets and the file of keys are left out. @returns seconds, without opening and closing.
 */
export function insertRows(directory: string, batches: readonly BatchRows[]): number {
  const db = new Database(join(directory, 'rows.db'));
  setAsLedger(db);
  migrateLedger(db);
  const statements = writeStatements(db);
  const begun = performance.now();
  for (const { entries, checkpoint, nodes } of batches) {
    statements.begin.run();
    for (const row of entries) {
      const { idx, kind, exchange, time, bytes, accountability_slot, accountability, subject_slot, subject } = row;
      if (kind === 'asked') {
        const { asker, key, request, legs, node } = row;
        statements.begun.run(
          ...([exchange, asker, key, request, null, legs, idx, null, accountability_slot, subject_slot, node] as const),
        );
      } else statements.closed.run(row.outcome, row.legs, idx, subject_slot, exchange);
      statements.entry.run(
        ...([idx, kind, exchange, time, bytes, accountability_slot, accountability, subject_slot, subject] as const),
      );
    }
    for (const { first, hashes } of nodes) statements.nodes.run(first, hashes);
    statements.checkpoint.run(checkpoint.size, checkpoint.note, checkpoint.next_slot);
    statements.commit.run();
  }
  const seconds = (performance.now() - begun) / 1_000;
  const { count } = db.prepare<[], { count: number }>('SELECT count(*) AS count FROM entries').get() ?? { count: 0 };
  db.close();
  if (count !== batches.reduce((sum, { entries }) => sum + entries.length, 0)) throw new Error('rows are missing');
  return seconds;
}

/** Nonce and tag of AES-GCM. */
const SEALED_MORE = 28;

/** What sealing alone costs: texts as long as those that were sealed, one call each. @returns seconds. */
export function sealTexts(batches: readonly BatchRows[]): number {
  const texts = batches.flatMap(({ entries }) =>
    entries.flatMap(({ accountability, subject }) =>
      [accountability, ...(subject === null ? [] : [subject])].map(({ length }) => 'x'.repeat(length - SEALED_MORE)),
    ),
  );
  const [key, context, nonce] = [randomBytes(KEY_BYTES), Buffer.alloc(80), randomBytes(NONCE_BYTES)];
  const begun = performance.now();
  // Nothing sealed here is kept: one nonce does for the measure.
  for (const text of texts) sealBytes(key, context, text, () => nonce);
  return (performance.now() - begun) / 1_000;
}
