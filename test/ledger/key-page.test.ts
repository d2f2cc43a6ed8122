import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  destroyKeys,
  isDestroyed,
  KEYS_PER_PAGE,
  keyAt,
  localKeyEncryption,
  noneDestroyed,
  pageOf,
  positionOf,
  unwrapPage,
  wrapPage,
} from '../../src/ledger/key-page.ts';
import { KEY_BYTES } from '../../src/ledger/sealing.ts';

const kek = localKeyEncryption(randomBytes(32));
const keys = randomBytes(KEYS_PER_PAGE * KEY_BYTES);

test('a page belongs to its number, its marks and its key-encryption key', () => {
  const marks = noneDestroyed();
  const wrapped = wrapPage(kek, 7, marks, keys);
  expect(unwrapPage(kek, 7, marks, wrapped)).toEqual(keys);
  expect(unwrapPage(kek, 8, marks, wrapped)).toBeUndefined();
  expect(unwrapPage(localKeyEncryption(randomBytes(32)), 7, marks, wrapped)).toBeUndefined();
  expect(unwrapPage(kek, 7, destroyKeys(Buffer.from(keys), marks, [0]), wrapped)).toBeUndefined();
  expect(unwrapPage(kek, 7, marks, wrapPage(kek, 7, marks, keys.subarray(1)))).toBeUndefined();
  expect(wrapPage(kek, 7, marks, keys).equals(wrapped)).toBe(false);
});

test('destroying takes the keys named and no others', () => {
  const position = fc.integer({ min: 0, max: KEYS_PER_PAGE - 1 });
  fc.assert(
    fc.property(fc.uniqueArray(position), fc.uniqueArray(position), (first, second) => {
      const left = Buffer.from(keys);
      const marks = destroyKeys(left, destroyKeys(left, noneDestroyed(), first), second);
      const gone = new Set([...first, ...second]);
      for (let at = 0; at < KEYS_PER_PAGE; at++) {
        expect(isDestroyed(marks, at)).toBe(gone.has(at));
        expect(keyAt(left, at).equals(gone.has(at) ? Buffer.alloc(KEY_BYTES) : keyAt(keys, at))).toBe(true);
      }
    }),
    { numRuns: 30 },
  );
});

test('a slot is a page and a position', () => {
  fc.assert(
    fc.property(fc.nat(1e12), (slot) => {
      expect(pageOf(slot) * KEYS_PER_PAGE + positionOf(slot)).toBe(slot);
    }),
  );
});

test('the name of a key-encryption key tells keys apart and holds none of their bytes', () => {
  const secret = randomBytes(32);
  expect(localKeyEncryption(secret).id).toBe(localKeyEncryption(Buffer.from(secret)).id);
  expect(localKeyEncryption(secret).id).not.toBe(kek.id);
  expect(secret.toString('hex')).not.toContain(localKeyEncryption(secret).id.slice(0, 8));
});
