import { localKeyEncryption } from '../../ledger/key-page.ts';
import { ledgerPaths } from './files.ts';
import { keysIn, loadKeys, nextKek, takeNextKek } from './keys-file.ts';
import { rewrapPages, wrappedByKek } from './rewrap.ts';
import { removeSearchFile, searchPath } from './search-schema.ts';
import { holdWriterLock } from './writer-lock.ts';

/**
 * Changes the key-encryption key. The next one is durable before a page is wrapped under it, and takes the place of the
 * old one only once all of them are: cut short anywhere, either key opens all pages, both are there, and `loadKeys` finds
 * the one that does.
 * @param state directory of the ledger. @returns pages wrapped under the new key.
 * @throws Fault('ledger/unavailable') while a gateway runs.
 */
export function rotateKek(state: string, env: Readonly<Record<string, string | undefined>>): number {
  const lock = holdWriterLock(ledgerPaths(state).lock);
  try {
    const file = ledgerPaths(state).keys;
    const from = localKeyEncryption(loadKeys(keysIn(state), env).kek);
    const to = localKeyEncryption(nextKek(keysIn(state), env));
    // A crash here: a next key that wraps nothing yet.
    const pages = from.id === to.id || wrappedByKek(file) === null ? 0 : rewrapPages(file, from, to);
    // The index of the log is keyed by what the key-encryption key gives: it is built anew.
    removeSearchFile(searchPath(state));
    // A crash here: all pages are under the next key, and the old one still has its place.
    takeNextKek(keysIn(state));
    return pages;
  } finally {
    lock.release();
  }
}
