import { randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { loadKeys, nextKek } from '../../../src/adapters/sqlite/keys-file.ts';
import { rewrapPages } from '../../../src/adapters/sqlite/rewrap.ts';
import { rotateKek } from '../../../src/adapters/sqlite/rotate-kek.ts';
import { localKeyEncryption } from '../../../src/ledger/key-page.ts';
import { asked, detailsAt, newId, outcome, type Place, place, verifyAt } from './builders.ts';

async function concluded(at: Place): Promise<void> {
  const ledger = await at.open();
  const id = newId();
  await ledger.append(asked(id));
  await ledger.append(outcome(id));
  await ledger.close();
}
const keysOf = (at: Place) => join(at.directory, 'keys');
const loaded = (at: Place) => loadKeys(keysOf(at));
const isOpen = (at: Place) => ({ ...at, keys: loaded(at) });

function wrappedPage(at: Place): Buffer {
  const db = new Database(join(at.directory, 'keys.db'), { readonly: true });
  const wrapped = db.prepare<[], Buffer>('SELECT wrapped FROM pages WHERE page = 1').pluck().get();
  db.close();
  return Buffer.isBuffer(wrapped) ? wrapped : Buffer.alloc(0);
}

test('all pages open under the new key and none under the old; log, names and later entries go on', async () => {
  const at = place();
  await concluded(at);
  const wrapped = wrappedPage(at);
  expect(rotateKek(at.directory, {})).toBeGreaterThan(0);
  const now = isOpen(at);
  expect(now.keys.kek.equals(at.keys.kek)).toBe(false);
  expect(now.keys.derivation.equals(at.keys.derivation)).toBe(true);
  expect(detailsAt(now, 0)).toMatchObject({ accountability: { project: 'op-gearbox' } });
  expect(() => detailsAt(at, 0)).toThrow('key-encryption key');
  const after = readFileSync(join(at.directory, 'keys.db'));
  for (let i = 0; i + 32 <= wrapped.length; i += 32) expect(after.includes(wrapped.subarray(i, i + 32))).toBe(false);
  await expect(at.open()).rejects.toThrow('key-encryption key');
  await (await at.open({ kek: now.keys.kek })).append(asked());
  expect(await verifyAt(at)).toMatchObject({ verified: true, erased: 0 });
});

test('cut short before, between and after its steps, both the gateway and a second attempt go on', async () => {
  const at = place();
  await concluded(at);
  const next = nextKek(keysOf(at), {});
  expect(loaded(at).kek.equals(at.keys.kek)).toBe(true);
  rewrapPages(join(at.directory, 'keys.db'), localKeyEncryption(at.keys.kek), localKeyEncryption(next));
  expect(loaded(at).kek.equals(next)).toBe(true);
  await (await at.open({ kek: loaded(at).kek })).close();
  expect(rotateKek(at.directory, {})).toBe(0);
  expect(loaded(at).kek.equals(next)).toBe(true);
  expect(existsSync(join(keysOf(at), 'key-encryption-key.next'))).toBe(false);
  expect(detailsAt(isOpen(at), 0)).toMatchObject({ accountability: { project: 'op-gearbox' } });
});

test('a key from the environment, and the next one beside it', async () => {
  const at = place();
  await concluded(at);
  const text = () => randomBytes(32).toString('base64');
  const env = { FIVE_SAFES_KEK: at.keys.kek.toString('base64'), FIVE_SAFES_KEK_NEXT: text() };
  copyFileSync(join(keysOf(at), 'key-encryption-key'), join(at.directory, 'aside'));
  writeFileSync(join(keysOf(at), 'key-encryption-key'), `${text()}\n`);
  expect(loadKeys(keysOf(at), env).kek.equals(at.keys.kek)).toBe(true);
  expect(() => rotateKek(at.directory, { FIVE_SAFES_KEK: env.FIVE_SAFES_KEK })).toThrow('FIVE_SAFES_KEK_NEXT');
  expect(() => rotateKek(at.directory, { ...env, FIVE_SAFES_KEK: text() })).toThrow('key-encryption key');
  expect(rotateKek(at.directory, env)).toBeGreaterThan(0);
  expect(loadKeys(keysOf(at), env).kek.toString('base64')).toBe(env.FIVE_SAFES_KEK_NEXT);
  expect(() => loadKeys(keysOf(at), { FIVE_SAFES_KEK: 'short' })).toThrow('FIVE_SAFES_KEK: expected 32 bytes');
});

test('not while a gateway runs', async () => {
  const at = place();
  await at.open();
  expect(() => rotateKek(at.directory, {})).toThrow('another process holds the ledger');
});
