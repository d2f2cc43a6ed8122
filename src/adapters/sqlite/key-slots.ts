import { randomBytes } from 'node:crypto';
import Database from 'better-sqlite3';
import {
  destroyKeys,
  isDestroyed,
  KEYS_PER_PAGE,
  type KeyEncryption,
  keyAt,
  noneDestroyed,
  pageOf,
  positionOf,
  wrapPage,
} from '../../ledger/key-page.ts';
import { KEY_BYTES, type RandomBytes } from '../../ledger/sealing.ts';
import { type KeyReader, keyReader, type PageRow, unwrapRow } from './key-reader.ts';
import { migrateKeys } from './schema.ts';

/** A data key and the number under which it lies, wrapped, in keys.db: page times keys a page, plus position. */
export interface KeySlot {
  readonly id: number;
  readonly key: Buffer;
}

/** How many pages are minted with one sync: an exchange then costs no sync of its own here. */
const MINTED_AT_ONCE = 16;
/** Holders of the file other than us are short readers. */
const BUSY_MS = 250;

/**
 * Data keys that are durable before anything is sealed under them. Slots are handed out once; those that a process
 * took and never used are lost, which costs nothing.
 */
export class KeySlots {
  readonly #db: Database.Database;
  readonly #kek: KeyEncryption;
  readonly #random: RandomBytes;
  readonly #insert: Database.Statement<[number, Buffer, Buffer]>;
  readonly #select: Database.Statement<[number], PageRow>;
  readonly #rewrite: Database.Statement<[Buffer, Buffer, number]>;
  readonly #reader: KeyReader;
  /** Pages with keys that nobody took, the newest first. */
  readonly #free: { readonly page: number; readonly keys: Buffer }[] = [];
  #newestPage: number;
  #next: number;

  /**
   * @param next the first slot that no entry uses.
   * @throws Error where the file is missing and must not be, or the key-encryption key does not fit.
   */
  constructor(path: string, kek: KeyEncryption, next: number, mustExist: boolean, random: RandomBytes = randomBytes) {
    this.#db = new Database(path, { timeout: BUSY_MS, fileMustExist: mustExist });
    this.#kek = kek;
    this.#random = random;
    try {
      // EXTRA: with a rollback journal nothing less survives a loss of power right after the commit. The journal, which
      // holds pages as they were, is gone with each commit; secure_delete overwrites what a row leaves behind.
      this.#db.pragma('journal_mode = DELETE');
      this.#db.pragma('synchronous = EXTRA');
      this.#db.pragma('secure_delete = ON');
      migrateKeys(this.#db);
      this.#insert = this.#db.prepare('INSERT INTO pages (page, destroyed, wrapped) VALUES (?, ?, ?)');
      this.#select = this.#db.prepare('SELECT page, destroyed, wrapped FROM pages WHERE page = ?');
      this.#rewrite = this.#db.prepare('UPDATE pages SET destroyed = ?, wrapped = ? WHERE page = ?');
      this.#checkKek(path);
      this.#reader = keyReader(this.#db, kek);
      this.#newestPage = Number(this.#db.prepare('SELECT coalesce(max(page), 0) FROM pages').pluck().get());
      if (next > this.#afterNewest())
        throw new Error(`${path} lacks key slots that the ledger uses: it is another or an older file`);
      this.#next = Math.max(next, KEYS_PER_PAGE);
      this.#loadFree();
    } catch (thrown) {
      this.#db.close();
      throw thrown;
    }
  }

  /** The slot after the last one handed out. */
  get next(): number {
    return this.#next;
  }

  /** Makes sure that `count` slots can be taken. A crash here leaves slots that nothing uses. */
  ensure(count: number): void {
    while (this.#afterNewest() - this.#next < count) this.#mint();
  }

  /** Call `ensure` first. */
  take(): KeySlot {
    const page = this.#free.at(-1);
    const position = positionOf(this.#next);
    if (page?.page !== pageOf(this.#next)) throw new Error('no key slot was minted');
    const slot = { id: this.#next, key: keyAt(page.keys, position) };
    this.#next += 1;
    if (position === KEYS_PER_PAGE - 1) this.#free.pop();
    return slot;
  }

  /** The slot of an earlier entry; undefined once it was destroyed. */
  find(id: number): KeySlot | undefined {
    const key = this.#reader.find(id);
    return key === undefined ? undefined : { id, key };
  }

  /**
   * Zeroes keys for good, all of them durably or none. Destroying again what is destroyed does nothing, so that a crash
   * is answered by doing it again.
   * @throws Error where a slot was never used: its key would be handed out as if it stood.
   */
  destroy(slots: readonly number[]): void {
    const byPage = Map.groupBy(new Set(slots), pageOf);
    this.#db
      .transaction(() => {
        for (const [page, ids] of byPage) this.#destroyIn(page, ids);
      })
      .immediate();
  }

  close(): void {
    this.#db.close();
  }

  #destroyIn(page: number, slots: readonly number[]): void {
    const row = this.#select.get(page);
    if (row === undefined || slots.some((slot) => slot >= this.#next))
      throw new Error(`key slots of page ${page} cannot be destroyed: no entry uses them`);
    const left = slots.map(positionOf).filter((position) => !isDestroyed(row.destroyed, position));
    if (left.length === 0) return;
    const keys = unwrapRow(this.#kek, row);
    const marks = destroyKeys(keys, row.destroyed, left);
    const inUse = this.#free.at(-1);
    if (inUse?.page === page) destroyKeys(inUse.keys, row.destroyed, left);
    const { changes } = this.#rewrite.run(marks, wrapPage(this.#kek, page, marks, keys), page);
    keys.fill(0);
    // An entry says that they are gone: nothing may go on as if they were.
    if (changes !== 1)
      throw new Error(`key slots of page ${page} cannot be destroyed: the file does not take the change`);
  }

  #afterNewest(): number {
    return (this.#newestPage + 1) * KEYS_PER_PAGE;
  }

  #mint(): void {
    const minted: { readonly page: number; readonly keys: Buffer }[] = [];
    this.#db
      .transaction(() => {
        for (let i = 1; i <= MINTED_AT_ONCE; i++) {
          const page = this.#newestPage + i;
          const keys = Buffer.from(this.#random(KEYS_PER_PAGE * KEY_BYTES));
          const marks = noneDestroyed();
          this.#insert.run(page, marks, wrapPage(this.#kek, page, marks, keys));
          minted.push({ page, keys });
        }
      })
      .immediate();
    this.#newestPage += MINTED_AT_ONCE;
    this.#free.unshift(...minted.reverse());
  }

  /** Takes up what an earlier process minted. */
  #loadFree(): void {
    const rows = this.#db
      .prepare<[number], PageRow>('SELECT page, destroyed, wrapped FROM pages WHERE page >= ? ORDER BY page DESC')
      .all(pageOf(this.#next));
    for (const row of rows) this.#free.push({ page: row.page, keys: unwrapRow(this.#kek, row) });
  }

  /** A wrong key-encryption key shows at once, whichever pages are wanted first. */
  #checkKek(path: string): void {
    this.#db.prepare('INSERT INTO wrapped_by (one, kek) VALUES (1, ?) ON CONFLICT DO NOTHING').run(this.#kek.id);
    const wrappedBy = this.#db.prepare('SELECT kek FROM wrapped_by').pluck().get();
    if (wrappedBy !== this.#kek.id) throw new Error(`${path} was made with another key-encryption key`);
  }
}
