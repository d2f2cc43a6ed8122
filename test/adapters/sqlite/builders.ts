import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach } from 'vitest';
import { createKeys, type LedgerKeys } from '../../../src/adapters/sqlite/keys-file.ts';
import { openLedger } from '../../../src/adapters/sqlite/ledger.ts';
import type { LedgerOptions, SqliteLedger } from '../../../src/adapters/sqlite/ledger-contract.ts';
import { openReader } from '../../../src/adapters/sqlite/reader.ts';
import { digestOf } from '../../../src/domain/digest.ts';
import { type ExchangeId, exchangeId } from '../../../src/domain/ids.ts';
import type { EntryDraft } from '../../../src/ledger/entry.ts';
import { type NoteVerifier, parseVerifierKey } from '../../../src/ledger/note.ts';
import { type Verification, verifyLedger } from '../../../src/ledger/verify.ts';

export interface Place {
  readonly directory: string;
  readonly file: string;
  readonly keys: LedgerKeys;
  readonly verifier: NoteVerifier;
  open(changes?: Partial<LedgerOptions>): Promise<SqliteLedger>;
}

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A directory with keys, gone after the test; ledgers opened in it are closed before. */
export function place(): Place {
  const directory = mkdtempSync(join(tmpdir(), 'five-safes-ledger-'));
  ends.push(() => rmSync(directory, { recursive: true, force: true }));
  const keys = createKeys(join(directory, 'keys'), 'gateway.example/log');
  const verifier = parseVerifierKey(keys.verifierKey);
  if (verifier === undefined) throw new Error('no verifier key');
  return {
    directory,
    file: join(directory, 'ledger.db'),
    keys,
    verifier,
    async open(changes = {}) {
      const { origin, signingKey, kek } = keys;
      const ledger = await openLedger({ directory, origin, signingKey, kek, node: 'node-1', ...changes });
      ends.push(() => ledger.close());
      return ledger;
    },
  };
}

export function newId(): ExchangeId {
  return exchangeId(Date.now(), randomBytes(10));
}

export const DIGEST = digestOf('the answer');
const LEG = { dataset: 'dealer-sales', holder: 'northgate-motors' } as const;

export function asked(exchange = newId(), key?: string): EntryDraft {
  const standing = { asker: 'asker-1', outcome: null, legs: [{ ...LEG, state: 'open' as const }] };
  return {
    kind: 'asked',
    exchange,
    accountability: { person: 'Mara Lindqvist', project: 'op-gearbox' },
    subject: { by: { scheme: 'vin', value: 'JTEZU5JR8D5050504' } },
    standing: key === undefined ? standing : { ...standing, idempotency: { key, request: DIGEST } },
  };
}

export function outcome(exchange: ExchangeId): EntryDraft {
  return {
    kind: 'outcome',
    exchange,
    accountability: { person: 'Mara Lindqvist', legs: [{ state: 'released' }] },
    subject: null,
    answer: DIGEST,
    standing: { asker: 'asker-1', outcome: 'released', legs: [{ ...LEG, state: 'released' }] },
  };
}

export function ownEntry(kind: EntryDraft['kind'] = 'rulebook'): EntryDraft {
  return { kind, exchange: newId(), accountability: { version: 1 }, subject: null };
}

export async function verifyAt(at: Place, receipt?: unknown): Promise<Verification> {
  const reader = openReader(at.directory);
  try {
    return await verifyLedger(reader.source(), at.verifier, receipt === undefined ? undefined : { receipt });
  } finally {
    reader.close();
  }
}

export function entriesAt(at: Place) {
  const reader = openReader(at.directory);
  try {
    return reader.list(0, 10_000);
  } finally {
    reader.close();
  }
}

export function detailsAt(at: Place, index: number) {
  const reader = openReader(at.directory);
  try {
    return reader.openDetails(index, at.keys.kek);
  } finally {
    reader.close();
  }
}

/** Somebody with the file and no scruples: a raw connection, the triggers dropped. Close it before opening a ledger. */
export function intruder(at: Place): Database.Database {
  const db = new Database(at.file);
  ends.push(() => {
    db.close();
  });
  const triggers = db.prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'trigger'").pluck().all();
  for (const name of triggers) db.exec(`DROP TRIGGER ${name}`);
  db.pragma('synchronous = OFF');
  db.pragma('foreign_keys = OFF');
  return db;
}
