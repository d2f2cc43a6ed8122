import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createKeys, loadKeys } from '../../../src/adapters/sqlite/keys-file.ts';
import { verifierKey } from '../../../src/ledger/note.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'five-safes-keys-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const file = (name: string) => join(directory, name);

test('keys are made once, for the owner only, and load as they were made', () => {
  const made = createKeys(directory, 'gateway.example/log');
  const loaded = loadKeys(directory);
  expect(loaded.kek.equals(made.kek)).toBe(true);
  expect(loaded.kek.length).toBe(32);
  expect(loaded.origin).toBe('gateway.example/log');
  expect(verifierKey(loaded.origin, loaded.signingKey)).toBe(made.verifierKey);
  expect(readFileSync(file('verifier-key'), 'utf8')).toBe(`${made.verifierKey}\n`);
  for (const name of ['signing-key.pem', 'key-encryption-key']) expect(statSync(file(name)).mode & 0o777).toBe(0o600);
});

test('nothing is overwritten, not even one key of three', () => {
  createKeys(directory, 'gateway.example/log');
  expect(() => createKeys(directory, 'gateway.example/log')).toThrow('not overwritten');
  rmSync(file('signing-key.pem'));
  const before = readFileSync(file('key-encryption-key'), 'utf8');
  expect(() => createKeys(directory, 'gateway.example/log')).toThrow('not overwritten');
  expect(readFileSync(file('key-encryption-key'), 'utf8')).toBe(before);
});

test('what cannot be trusted is refused, naming the file', () => {
  expect(() => loadKeys(directory)).toThrow(/signing-key\.pem cannot be read/);
  expect(() => createKeys(join(directory, 'bad'), 'a name')).toThrow('no spaces');
  createKeys(directory, 'gateway.example/log');
  chmodSync(file('key-encryption-key'), 0o640);
  expect(() => loadKeys(directory)).toThrow(/key-encryption-key is open to others/);
  chmodSync(file('key-encryption-key'), 0o600);
  const kek = readFileSync(file('key-encryption-key'));
  writeFileSync(file('key-encryption-key'), 'short');
  expect(() => loadKeys(directory)).toThrow(/key-encryption-key: expected 32 bytes/);
  writeFileSync(file('key-encryption-key'), kek);
  const other = generateKeyPairSync('ed25519').privateKey;
  writeFileSync(file('verifier-key'), verifierKey('gateway.example/log', other));
  expect(() => loadKeys(directory)).toThrow('does not belong');
  writeFileSync(file('verifier-key'), 'nonsense');
  expect(() => loadKeys(directory)).toThrow('expected a verifier key');
  writeFileSync(
    file('signing-key.pem'),
    generateKeyPairSync('ec', {
      namedCurve: 'P-256',
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    }).privateKey,
  );
  expect(() => loadKeys(directory)).toThrow('another kind');
  writeFileSync(file('signing-key.pem'), 'nonsense');
  expect(() => loadKeys(directory)).toThrow('expected an Ed25519 private key in PEM');
});
