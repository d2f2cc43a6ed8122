import type { Database } from 'better-sqlite3';
import { isDestroyed, type KeyEncryption, keyAt, pageOf, positionOf, unwrapPage } from '../../ledger/key-page.ts';
import { NONCE_BYTES } from '../../ledger/sealing.ts';

/** A row of `pages`. */
export interface PageRow {
  readonly page: number;
  readonly destroyed: Buffer;
  readonly wrapped: Buffer;
}

/** Looks data keys up in keys.db. */
export interface KeyReader {
  /** The key of a slot; undefined once it was destroyed. @throws Error where another key-encryption key wrapped it. */
  find(slot: number): Buffer | undefined;
}

/** Unwrapped pages that are remembered: neighbouring entries use the same ones. */
const PAGES_REMEMBERED = 64;

/**
 * The row is read each time and its nonce compared, so that a page that was rewritten since, perhaps by another process,
 * is unwrapped anew: a destroyed key is never handed out from memory.
 */
export function keyReader(db: Database, kek: KeyEncryption): KeyReader {
  const row = db.prepare<[number], PageRow>('SELECT page, destroyed, wrapped FROM pages WHERE page = ?');
  const remembered = new Map<number, { readonly nonce: Buffer; readonly keys: Buffer }>();
  return {
    find(slot) {
      const found = row.get(pageOf(slot));
      if (found === undefined || isDestroyed(found.destroyed, positionOf(slot))) return undefined;
      const nonce = found.wrapped.subarray(0, NONCE_BYTES);
      const known = remembered.get(found.page);
      if (known?.nonce.equals(nonce)) return keyAt(known.keys, positionOf(slot));
      const keys = unwrapRow(kek, found);
      if (remembered.size >= PAGES_REMEMBERED) remembered.clear();
      remembered.set(found.page, { nonce, keys });
      return keyAt(keys, positionOf(slot));
    },
  };
}

/** The keys of a page. @throws Error that says what does not fit. */
export function unwrapRow(kek: KeyEncryption, { page, destroyed, wrapped }: PageRow): Buffer {
  const keys = unwrapPage(kek, page, destroyed, wrapped);
  if (keys === undefined)
    throw new Error(`key page ${page} does not open: the key-encryption key is not the one it was made with`);
  return keys;
}

/** Which keys were destroyed, by page; undefined: there is no such page. Needs no key-encryption key. */
export function destroyedMarks(db: Database): (page: number) => Buffer | undefined {
  const marks = db.prepare<[number], { destroyed: Buffer }>('SELECT destroyed FROM pages WHERE page = ?');
  return (page) => marks.get(page)?.destroyed;
}
