import { randomBytes } from 'node:crypto';
import Database from 'better-sqlite3';
import { KEY_BYTES, type RandomBytes, unwrapKey, wrapKey } from '../../ledger/sealing.ts';
import { migrateKeys } from './schema.ts';

/** A data key and the number under which it lies, wrapped, in keys.db. */
export interface KeySlot {
  readonly id: number;
  readonly key: Buffer;
}

/** How many keys are minted with one sync: an exchange then costs no sync of its own here. */
const MINTED_AT_ONCE = 512;
/** Holders of the file other than us are short readers. */
const BUSY_MS = 250;

/**
 * Data keys that are durable before anything is sealed under them. Slots are handed out once; those that a process
 * took and never used are lost, which costs nothing.
 */
export class KeySlots {
  readonly #db: Database.Database;
  readonly #kek: Buffer;
  readonly #random: RandomBytes;
  readonly #insert: Database.Statement<[number, Buffer]>;
  readonly #select: Database.Statement<[number], { wrapped: Buffer }>;
  readonly #free: KeySlot[] = [];
  #newest: number;

  /**
   * @param next the first slot that no entry uses.
   * @throws Error where the file is missing and must not be, or the key-encryption key does not fit.
   */
  constructor(path: string, kek: Buffer, next: number, mustExist: boolean, random: RandomBytes = randomBytes) {
    this.#db = new Database(path, { timeout: BUSY_MS, fileMustExist: mustExist });
    this.#kek = kek;
    this.#random = random;
    try {
      // EXTRA: with a rollback journal nothing less survives a loss of power right after the commit.
      this.#db.pragma('journal_mode = DELETE');
      this.#db.pragma('synchronous = EXTRA');
      this.#db.pragma('secure_delete = ON');
      migrateKeys(this.#db);
      this.#insert = this.#db.prepare('INSERT INTO slots (id, wrapped) VALUES (?, ?)');
      this.#select = this.#db.prepare('SELECT wrapped FROM slots WHERE id = ?');
      const newest = this.#db
        .prepare<[], { seq: number }>("SELECT seq FROM sqlite_sequence WHERE name = 'slots'")
        .get();
      this.#newest = newest?.seq ?? 0;
      if (next > this.#newest + 1)
        throw new Error(`${path} lacks key slots that the ledger uses: it is another or an older file`);
      this.#loadFree(next);
    } catch (thrown) {
      this.#db.close();
      throw thrown;
    }
  }

  /** The slot after the last one handed out. */
  get next(): number {
    return this.#free.at(-1)?.id ?? this.#newest + 1;
  }

  /** Makes sure that `count` slots can be taken. A crash here leaves slots that nothing uses. */
  ensure(count: number): void {
    while (this.#free.length < count) this.#mint();
  }

  /** Call `ensure` first. */
  take(): KeySlot {
    const slot = this.#free.pop();
    if (slot === undefined) throw new Error('no key slot was minted');
    return slot;
  }

  /** The slot of an earlier entry; undefined once it was destroyed. */
  find(id: number): KeySlot | undefined {
    const row = this.#select.get(id);
    if (row === undefined) return undefined;
    return { id, key: this.#unwrap(id, row.wrapped) };
  }

  close(): void {
    this.#db.close();
  }

  #mint(): void {
    const secret = Buffer.from(this.#random(MINTED_AT_ONCE * KEY_BYTES));
    const minted: KeySlot[] = [];
    this.#db
      .transaction(() => {
        for (let i = 0; i < MINTED_AT_ONCE; i++) {
          const id = this.#newest + 1 + i;
          const key = secret.subarray(i * KEY_BYTES, (i + 1) * KEY_BYTES);
          this.#insert.run(id, wrapKey(this.#kek, id, key, this.#random));
          minted.push({ id, key });
        }
      })
      .immediate();
    this.#newest += MINTED_AT_ONCE;
    this.#free.unshift(...minted.reverse());
  }

  /** Takes up what an earlier process minted. Reading at least one slot shows a wrong key-encryption key at once. */
  #loadFree(next: number): void {
    const rows = this.#db
      .prepare<[number, number], { id: number; wrapped: Buffer }>(
        'SELECT id, wrapped FROM slots WHERE id >= ? ORDER BY id DESC LIMIT ?',
      )
      .all(next, MINTED_AT_ONCE * 2);
    for (const { id, wrapped } of rows) this.#free.push({ id, key: this.#unwrap(id, wrapped) });
    if (rows.length > 0) return;
    const any = this.#db.prepare<[], { id: number; wrapped: Buffer }>('SELECT id, wrapped FROM slots LIMIT 1').get();
    if (any !== undefined) this.#unwrap(any.id, any.wrapped);
  }

  #unwrap(id: number, wrapped: Buffer): Buffer {
    const key = unwrapKey(this.#kek, id, wrapped);
    if (key === undefined)
      throw new Error(`key slot ${id} does not open: the key-encryption key is not the one it was made with`);
    return key;
  }
}
