import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { type ExchangeId, parseExchangeId } from '../../domain/ids.ts';
import { toBase64 } from '../../ledger/base64.ts';
import type { Standing } from '../../ledger/entry.ts';
import { localKeyEncryption } from '../../ledger/key-page.ts';
import { logKeys } from '../../ledger/log-keys.ts';
import type { NoteVerifier } from '../../ledger/note.ts';
import { inclusionProver } from '../../ledger/proof.ts';
import { type Receipt, receiptFor } from '../../ledger/receipt.ts';
import { openSealed } from '../../ledger/sealing.ts';
import type { LedgerPaths } from './files.ts';
import { readKeyChanges } from './key-changes.ts';
import { keyReader } from './key-reader.ts';
import { parseLegs, parseOutcome } from './legs.ts';
import { type LiveState, readLiveState } from './live-state.ts';
import { openReadonly } from './reader.ts';
import { checkKeysSchema, checkLedgerSchema } from './schema.ts';
import { type ExchangeRow, exchangeById, exchangeByKey, storedNodes } from './statements.ts';

/** An exchange as its asker may see it again. */
export interface FoundExchange {
  readonly exchange: ExchangeId;
  readonly standing: Standing;
  /** Null while open, where the outcome released nothing to commit to, or where its key was destroyed. */
  readonly receipt: Receipt | null;
}

export interface StandingReader {
  byId(id: ExchangeId): FoundExchange | null;
  byKey(asker: string, key: string): FoundExchange | null;
  liveState(): LiveState;
  close(): void;
}

const digest = z.templateLiteral(['sha256:', z.string().regex(/^[0-9a-f]{64}$/)]);
const envelope = z.object({ answer: z.object({ digest, salt: z.string() }).optional() });
const digestOrNull = digest.nullable();

/** Reads exchanges on connections of its own. Throws what SQLite throws. */
export function standingReader(paths: LedgerPaths, kek: Buffer, verifier: NoteVerifier): StandingReader {
  // Receipts of before a change of the signing key lead to checkpoints of the key before.
  const signers = logKeys(verifier, readKeyChanges(paths.directory));
  const ledger = openReadonly(paths.ledger, checkLedgerSchema);
  const keys = openKeysReadonly(paths.keys, ledger);
  const statements = {
    byId: exchangeById(ledger),
    byKey: exchangeByKey(ledger),
    outcome: ledger.prepare<[number], { bytes: Buffer; slot: number; sealed: Buffer }>(
      'SELECT bytes, accountability_slot AS slot, accountability AS sealed FROM entries WHERE idx = ?',
    ),
    covering: ledger.prepare<[number], { note: string }>(
      'SELECT note FROM checkpoints WHERE size > ? ORDER BY size LIMIT 1',
    ),
  };
  const dataKeys = keyReader(keys, localKeyEncryption(kek));
  const at = storedNodes(ledger);

  const receiptOf = (exchange: string, index: number): Receipt | null => {
    const found = statements.outcome.get(index);
    const dataKey = found === undefined ? undefined : dataKeys.find(found.slot);
    if (found === undefined || dataKey === undefined) return null;
    const binding = { kind: 'outcome', exchange, part: 'accountability' } as const;
    const opened = openSealed(dataKey, binding, found.sealed);
    const answer = opened === undefined ? undefined : envelope.parse(JSON.parse(opened)).answer;
    const checkpoint = statements.covering.get(index)?.note;
    const signed = checkpoint === undefined ? undefined : signers?.open(checkpoint);
    if (answer === undefined || checkpoint === undefined || signed === undefined) return null;
    const proof = inclusionProver(signed.size, at)(index).map(toBase64);
    return receiptFor(
      { index, entry: found.bytes.toString('latin1'), checkpoint, proof, salt: answer.salt },
      answer.digest,
    );
  };

  const found = (row: ExchangeRow | undefined): FoundExchange | null => {
    const id = row === undefined ? undefined : parseExchangeId(row.exchange);
    if (row === undefined || id === undefined) return null;
    return {
      exchange: id,
      standing: standingOf(row),
      receipt: row.closed === null ? null : receiptOf(row.exchange, row.closed),
    };
  };

  return {
    byId: (id) => found(statements.byId.get(id)),
    byKey: (asker, key) => found(statements.byKey.get(asker, key)),
    liveState: () => readLiveState(ledger),
    close() {
      ledger.close();
      keys.close();
    },
  };
}

function standingOf(row: ExchangeRow): Standing {
  const standing = { asker: row.asker ?? '', outcome: parseOutcome(row.outcome), legs: parseLegs(row.legs) };
  const request = digestOrNull.parse(row.request);
  return row.key === null || request === null ? standing : { ...standing, idempotency: { key: row.key, request } };
}

function openKeysReadonly(path: string, ledger: Database): Database {
  try {
    return openReadonly(path, checkKeysSchema);
  } catch (thrown) {
    ledger.close();
    throw thrown;
  }
}
