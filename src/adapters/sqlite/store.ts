import { closeSync, existsSync, fsyncSync, openSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Instant } from '../../domain/time.ts';
import { openCheckpoint } from '../../ledger/checkpoint.ts';
import { localKeyEncryption } from '../../ledger/key-page.ts';
import { type Edge, EMPTY_EDGE, edgeOf, edgeRoot } from '../../ledger/merkle.ts';
import { type NoteSigner, type NoteVerifier, parseVerifierKey, verifierKey } from '../../ledger/note.ts';
import type { RandomBytes } from '../../ledger/sealing.ts';
import { reviewErasures } from './erasing.ts';
import { changedFile, type FileIdentities, identify, type LedgerPaths } from './files.ts';
import { KeySlots } from './key-slots.ts';
import { StoreError } from './outage-cause.ts';
import type { Head } from './protocol.ts';
import { migrateLedger } from './schema.ts';
import { storedNodes, type WriteStatements, writeStatements } from './statements.ts';

/** How long a foreign lock is waited for before the batch fails. */
const BUSY_MS = 250;
/** Pages of 4 KiB in the write-ahead log before it is folded into the file: larger means rarer pauses. */
const AUTOCHECKPOINT_PAGES = 4_000;

export interface StoreOptions {
  readonly paths: LedgerPaths;
  readonly signer: NoteSigner;
  readonly kek: Buffer;
  readonly node: string;
  readonly random: RandomBytes;
}

/** Where the tree ends. */
export interface End {
  readonly edge: Edge;
  /** Of the newest entry. */
  readonly time: Instant | null;
  readonly head: Head | null;
}

/** The write connection and what is read from it once: the end of the tree and the files' identities. */
export class LedgerStore {
  readonly options: StoreOptions;
  readonly db: Database.Database;
  readonly statements: WriteStatements;
  readonly slots: KeySlots;
  /** Moved on by `writeBatch` after each commit. */
  end: End;
  readonly #identities: FileIdentities;

  /**
   * @param mayCreate only where neither file exists: a ledger is never begun anew beside keys that sealed another.
   * @throws Error with the reason where the files are missing, foreign, of another key, or contradict themselves.
   */
  constructor(options: StoreOptions, mayCreate: boolean) {
    const { paths, kek, random } = options;
    const exists = (statSync(paths.ledger, { throwIfNoEntry: false })?.size ?? 0) > 0;
    if (!exists && !mayCreate) throw new StoreError('ledger/moved', `${paths.ledger} is missing or empty`);
    if (!exists && existsSync(paths.keys)) {
      throw new StoreError('ledger/moved', `${paths.ledger} is missing or empty, though ${paths.keys} is there`);
    }
    this.options = options;
    this.db = new Database(paths.ledger, { timeout: BUSY_MS, fileMustExist: exists });
    let slots: KeySlots | undefined;
    try {
      this.db.pragma('journal_mode = WAL');
      this.db.pragma('synchronous = FULL');
      // What an erasure takes out of a row must not stay behind in its page.
      this.db.pragma('secure_delete = ON');
      this.db.pragma('foreign_keys = OFF');
      this.db.pragma('recursive_triggers = ON');
      this.db.pragma('cache_size = -16000');
      this.db.pragma(`wal_autocheckpoint = ${AUTOCHECKPOINT_PAGES}`);
      migrateLedger(this.db);
      this.statements = writeStatements(this.db);
      const last = this.statements.lastCheckpoint.get();
      slots = new KeySlots(
        paths.keys,
        localKeyEncryption(kek, random),
        last?.next_slot ?? 1,
        last !== undefined,
        random,
      );
      slots.ensure(1);
      if (!exists) syncDirectory(paths.directory);
      this.slots = slots;
      reviewErasures(this);
      this.end = this.#readEnd();
      this.#identities = identify([paths.ledger, paths.wal, paths.shm, paths.keys, paths.lock]);
    } catch (thrown) {
      slots?.close();
      this.db.close();
      throw thrown;
    }
  }

  /**
   * What SQLite does not notice: a file unlinked, renamed or replaced while open takes every write and loses it. Called
   * after each commit and before anything is acknowledged. @throws Error naming the file.
   */
  checkFiles(): void {
    const changed = changedFile(this.#identities);
    if (changed !== null) throw new StoreError('ledger/moved', `${changed} was moved, removed or replaced while open`);
  }

  /** @throws Error unless the file still holds the checkpoint: else it is another log, or an older copy of this one. */
  checkContinues(acknowledged: Head | null): void {
    if (acknowledged === null) return;
    if (this.statements.noteAt.get(acknowledged.size)?.note !== acknowledged.note) {
      throw new StoreError(
        'ledger/foreign',
        `${this.options.paths.ledger} does not continue the log acknowledged up to entry ${acknowledged.size}`,
      );
    }
  }

  /** Closes both files; an open transaction is rolled back. Never throws. */
  close(): void {
    for (const close of [() => this.db.close(), () => this.slots.close()]) {
      try {
        close();
      } catch {
        // What cannot be closed cannot be written either; the next opening will tell why.
      }
    }
  }

  #readEnd(): End {
    const { paths, signer } = this.options;
    const last = this.statements.lastCheckpoint.get();
    const entry = this.statements.lastEntry.get();
    if (last === undefined && entry === undefined) return { edge: EMPTY_EDGE, time: null, head: null };
    if (last === undefined || entry?.idx !== last.size - 1)
      throw new StoreError('ledger/corrupt', `${paths.ledger}: its last checkpoint does not cover its entries`);
    const checkpoint = openCheckpoint(last.note, ownVerifier(signer));
    if (checkpoint === undefined)
      throw new StoreError(
        'ledger/foreign',
        `${paths.ledger}: its last checkpoint was not signed by this key as ${signer.name}`,
      );
    const edge = edgeOf(last.size, storedNodes(this.db));
    if (checkpoint.size !== last.size || Buffer.compare(edgeRoot(edge), checkpoint.root) !== 0) {
      throw new StoreError(
        'ledger/corrupt',
        `${paths.ledger}: its last checkpoint does not match its tree; verify it before going on`,
      );
    }
    return { edge, time: entry.time, head: { size: last.size, note: last.note } };
  }
}

function ownVerifier(signer: NoteSigner): NoteVerifier {
  const verifier = parseVerifierKey(verifierKey(signer.name, signer.privateKey));
  if (verifier === undefined) throw new Error(`no verifier key can be made for ${signer.name}`);
  return verifier;
}

/** The names of new files must survive a loss of power as their contents do. */
function syncDirectory(directory: string): void {
  const descriptor = openSync(directory, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
