import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { z } from 'zod';
import type { ExchangeId } from '../../domain/ids.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { Instant } from '../../domain/time.ts';
import { isEntryKind } from '../../ledger/compose.ts';
import { localKeyEncryption } from '../../ledger/key-page.ts';
import { openSealed, type Part } from '../../ledger/sealing.ts';
import type { LedgerSource } from '../../ledger/source.ts';
import { ledgerPaths } from './files.ts';
import { readKeyChanges } from './key-changes.ts';
import { type KeyReader, keyReader } from './key-reader.ts';
import { checkKeysSchema, checkLedgerSchema } from './schema.ts';
import { databaseSource } from './source.ts';

/** An entry as a list shows it: nothing that was sealed. */
export interface EntryLine {
  readonly index: number;
  readonly kind: string;
  readonly exchange: string;
  readonly time: Instant;
  /** The leaf, canonical JSON text. */
  readonly entry: string;
}

/** Details of one entry, opened. A part is null where there is none or its key was destroyed. */
export interface OpenedDetails {
  readonly accountability: JsonObject | null;
  readonly subject: JsonObject | null;
}

/** Reads a ledger beside a gateway that writes it. */
export interface LedgerReader {
  /** Whether keys.db is at hand: without it nothing opens, and which details are erased is not known. */
  readonly hasKeys: boolean;
  /** For `verifyLedger`: the ledger as it stands now. */
  source(): LedgerSource;
  /** Entries from `from` on, ascending. */
  list(from: number, limit: number): readonly EntryLine[];
  /** All entries of an exchange, ascending. */
  entriesOf(exchange: ExchangeId): readonly EntryLine[];
  entry(index: number): EntryLine | null;
  /** The newest checkpoint, a signed note; null where nothing was written. */
  checkpoint(): string | null;
  /**
   * Opens details. This is a reading of the log: the caller must have made its `reading` entry durable before.
   * @param kek 32 bytes. @returns null where there is no such entry. @throws Error where bytes and key do not fit.
   */
  openDetails(index: number, kek: Uint8Array): OpenedDetails | null;
  close(): void;
}

interface DetailsRow {
  readonly accountability_slot: number;
  readonly accountability: Buffer | null;
  readonly subject_slot: number | null;
  readonly subject: Buffer | null;
}

const LINE = 'SELECT idx AS "index", kind, exchange, time, CAST(bytes AS TEXT) AS entry FROM entries';
const envelope = z.object({ details: z.record(z.string(), z.json()) });

/**
 * @param path directory of a ledger, or its ledger.db. @throws Error where there is none, or one of a later version.
 */
export function openReader(path: string): LedgerReader {
  const directory = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  const file = directory ? ledgerPaths(path).ledger : path;
  const keysFile = ledgerPaths(dirname(file)).keys;
  const db = openReadonly(file, checkLedgerSchema);
  let keys: Database.Database | null = null;
  const keysPresent = statSync(keysFile, { throwIfNoEntry: false }) !== undefined;
  try {
    if (keysPresent) keys = openReadonly(keysFile, checkKeysSchema);
  } catch (thrown) {
    db.close();
    throw thrown;
  }
  const dataKeys = rememberedReader(keys, keysFile);
  const lines = db.prepare<[number, number], EntryLine>(`${LINE} WHERE idx >= ? ORDER BY idx LIMIT ?`);
  const line = db.prepare<[number], EntryLine>(`${LINE} WHERE idx = ?`);
  const ofExchange = db.prepare<[string, string], EntryLine>(
    `${LINE} WHERE exchange = ? AND kind IN ('asked', 'outcome') UNION ALL ` +
      `${LINE} WHERE exchange = ? AND kind NOT IN ('asked', 'outcome') ORDER BY 1`,
  );
  const newest = db.prepare<[], { note: string }>('SELECT note FROM checkpoints ORDER BY size DESC LIMIT 1');
  const details = db.prepare<[number], DetailsRow>(
    'SELECT accountability_slot, accountability, subject_slot, subject FROM entries WHERE idx = ?',
  );

  const opened = (
    found: EntryLine,
    part: Part,
    slot: number | null,
    sealed: Buffer | null,
    kek: Uint8Array,
  ): JsonObject | null => {
    if (slot === null || sealed === null) return null;
    const key = dataKeys(kek).find(slot);
    if (key === undefined) return null;
    const { kind, exchange } = found;
    const text = isEntryKind(kind) ? openSealed(key, { kind, exchange, part }, sealed) : undefined;
    if (text === undefined) throw new Error(`entry ${found.index}: its ${part} details do not open; verify the ledger`);
    return envelope.parse(JSON.parse(text)).details;
  };

  return {
    hasKeys: keys !== null,
    source: () => ({ ...databaseSource(db, keys), keyChanges: readKeyChanges(dirname(file)) }),
    list: (from, limit) => lines.all(from, limit),
    entriesOf: (exchange) => ofExchange.all(exchange, exchange),
    entry: (index) => line.get(index) ?? null,
    checkpoint: () => newest.get()?.note ?? null,
    openDetails(index, kek) {
      const found = line.get(index);
      const row = details.get(index);
      if (found === undefined || row === undefined) return null;
      return {
        accountability: opened(found, 'accountability', row.accountability_slot, row.accountability, kek),
        subject: opened(found, 'subject', row.subject_slot, row.subject, kek),
      };
    },
    close() {
      db.close();
      keys?.close();
    },
  };
}

/** One reader of keys for as long as it is asked with the same key-encryption key. */
function rememberedReader(keys: Database.Database | null, file: string): (kek: Uint8Array) => KeyReader {
  let last: { readonly kek: Buffer; readonly reader: KeyReader } | null = null;
  return (kek) => {
    if (keys === null) throw new Error(`${file} is missing: without it nothing opens`);
    if (last?.kek.equals(kek) !== true)
      last = { kek: Buffer.from(kek), reader: keyReader(keys, localKeyEncryption(kek)) };
    return last.reader;
  };
}

/** @throws Error where there is no such file, or `check` refuses it. */
export function openReadonly(path: string, check: (db: Database.Database) => void): Database.Database {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) throw new Error(`${path} does not exist`);
  const db = new Database(path, { readonly: true, fileMustExist: true });
  try {
    check(db);
    return db;
  } catch (thrown) {
    db.close();
    throw thrown;
  }
}
