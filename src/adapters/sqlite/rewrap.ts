import { statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { type KeyEncryption, wrapPage } from '../../ledger/key-page.ts';
import { type PageRow, unwrapRow } from './key-reader.ts';
import { checkKeysSchema } from './schema.ts';

/** Pages held in memory at a time. */
const AT_A_TIME = 256;

/** Name of the key-encryption key that wrapped the data keys in a file; null where there is no file yet. */
export function wrappedByKek(path: string): string | null {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return null;
  // Not read-only: a crash amid `rewrapPages` leaves a journal, and only a connection that may write rolls it back.
  const db = new Database(path, { fileMustExist: true });
  try {
    checkKeysSchema(db);
    const id = db.prepare('SELECT kek FROM wrapped_by').pluck().get();
    return typeof id === 'string' ? id : null;
  } finally {
    db.close();
  }
}

/**
 * Wraps every page anew, in one transaction: after a crash all pages are under one key or all under the other. The
 * caller holds the writer's lock. @returns how many pages. @throws Error where `from` is not the key that wrapped them.
 */
export function rewrapPages(path: string, from: KeyEncryption, to: KeyEncryption): number {
  const db = new Database(path, { fileMustExist: true });
  try {
    db.pragma('journal_mode = DELETE');
    db.pragma('synchronous = EXTRA');
    db.pragma('secure_delete = ON');
    checkKeysSchema(db);
    const rows = db.prepare<[number, number], PageRow>(
      'SELECT page, destroyed, wrapped FROM pages WHERE page > ? ORDER BY page LIMIT ?',
    );
    const rewrite = db.prepare<[Buffer, number]>('UPDATE pages SET wrapped = ? WHERE page = ?');
    const named = db.prepare<[string, string]>('UPDATE wrapped_by SET kek = ? WHERE kek = ?');
    return db
      .transaction(() => {
        let count = 0;
        for (let after = 0; ; ) {
          const chunk = rows.all(after, AT_A_TIME);
          for (const row of chunk) {
            const keys = unwrapRow(from, row);
            rewrite.run(wrapPage(to, row.page, row.destroyed, keys), row.page);
            keys.fill(0);
            after = row.page;
          }
          count += chunk.length;
          if (chunk.length < AT_A_TIME) break;
        }
        if (named.run(to.id, from.id).changes !== 1)
          throw new Error(`${path} was made with another key-encryption key`);
        return count;
      })
      .immediate();
  } finally {
    db.close();
  }
}
