import { copyFileSync, cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadKeys } from '../../../src/adapters/sqlite/keys-file.ts';
import { openReader } from '../../../src/adapters/sqlite/reader.ts';
import { prepareNextKey, rotateSigningKey, settleRotation } from '../../../src/adapters/sqlite/rotate-signing-key.ts';
import { parseVerifierKey } from '../../../src/ledger/note.ts';
import { verifyLedger } from '../../../src/ledger/verify.ts';
import { asked, newId, outcome, ownEntry, type Place, place } from './builders.ts';

/** A ledger of two entries whose key changed, and one entry after that. */
async function rotated() {
  const at = place();
  const ledger = await at.open();
  const exchange = newId();
  await ledger.append(asked(exchange));
  const receipt = await ledger.append(outcome(exchange));
  await ledger.close();
  const next = prepareNextKey(at.directory, at.keys);
  const change = rotateSigningKey(at.directory, at.keys, Date.now);
  expect(change).toEqual({ index: 2, before: at.keys.verifierKey, after: next });
  const keys = loadKeys(join(at.directory, 'keys'));
  expect(keys.verifierKey).toBe(next);
  const again = await at.open({ signingKey: keys.signingKey });
  expect(again.findExchange(exchange)?.receipt?.checkpoint).toBe(receipt.checkpoint);
  await again.append(ownEntry());
  await again.close();
  return { at, keys };
}

async function verified(at: Pick<Place, 'directory'>, key: string) {
  const verifier = parseVerifierKey(key);
  if (verifier === undefined) throw new Error('no key');
  const reader = openReader(at.directory);
  try {
    return await verifyLedger(reader.source(), verifier);
  } finally {
    reader.close();
  }
}

test('who trusts either key can check the whole log; an altered, missing or foreign statement is found', async () => {
  const { at, keys } = await rotated();
  const file = join(at.directory, 'log-keys');
  for (const key of [at.keys.verifierKey, keys.verifierKey]) {
    expect(await verified(at, key)).toMatchObject({ verified: true, entries: 4, firstBad: null });
  }
  const text = readFileSync(file, 'utf8');
  const spoilt: readonly (readonly [string, string])[] = [
    ['', 'log-key/missing'],
    [text.replace('entry 2', 'entry 1'), 'log-key/altered'],
    [text.replace(/salt ./, (start) => (start.endsWith('A') ? 'salt B' : 'salt A')), 'log-key/altered'],
    [text.replace(/\n— .*/, ''), 'log-key/altered'],
    [text + text, 'log-key/altered'],
  ];
  for (const [published, code] of spoilt) {
    writeFileSync(file, published);
    expect(await verified(at, at.keys.verifierKey)).toMatchObject({ verified: false, firstBad: { code } });
  }
  writeFileSync(file, text);
  expect(await verified(at, place().keys.verifierKey)).toMatchObject({ verified: false });
});

test('cut short before the entry was durable: the old key stays', async () => {
  const at = place();
  const ledger = await at.open();
  await ledger.append(ownEntry());
  await ledger.close();
  const { directory, keys } = await rotated().then(({ at: other }) => ({
    directory: other.directory,
    keys: other.keys,
  }));
  // The statement of a change, and no entry of it.
  writeFileSync(
    join(at.directory, 'keys/log-key.pending'),
    readFileSync(join(directory, 'log-keys'), 'utf8')
      .replace(/^salt .*\n/, '')
      .slice(0, -1),
  );
  expect(keys.verifierKey).not.toBe(at.keys.verifierKey);
  expect(() => loadKeys(join(at.directory, 'keys'))).toThrow('cut short');
  expect(settleRotation(at.directory, () => at.keys.kek)).toBe('back');
  expect(loadKeys(join(at.directory, 'keys')).verifierKey).toBe(at.keys.verifierKey);
  expect(settleRotation(at.directory, () => at.keys.kek)).toBe('none');
});

test('cut short after it: carried to the end, wherever it stopped', async () => {
  const at = place();
  await (await at.open()).close();
  prepareNextKey(at.directory, at.keys);
  const before = place();
  cpSync(join(at.directory, 'keys'), join(before.directory, 'keys'), { recursive: true });
  const { index, after } = rotateSigningKey(at.directory, at.keys, Date.now);
  const published = readFileSync(join(at.directory, 'log-keys'), 'utf8');
  const statement = published.replace(/^salt .*\n/, '').slice(0, -1);
  // Keys as they were, nothing published; then published; then with the verifier key taken over.
  for (const step of [0, 1, 2]) {
    for (const name of ['signing-key.pem', 'signing-key.next.pem', 'verifier-key']) {
      copyFileSync(join(before.directory, 'keys', name), join(at.directory, 'keys', name));
    }
    writeFileSync(join(at.directory, 'keys/log-key.pending'), statement);
    writeFileSync(join(at.directory, 'log-keys'), step === 0 ? '' : published);
    if (step === 2) writeFileSync(join(at.directory, 'keys/verifier-key'), `${after}\n`);
    expect(settleRotation(at.directory, () => at.keys.kek)).toBe('forward');
    expect(readFileSync(join(at.directory, 'log-keys'), 'utf8')).toBe(published);
    expect(loadKeys(join(at.directory, 'keys')).verifierKey).toBe(after);
    expect(existsSync(join(at.directory, 'keys/signing-key.next.pem'))).toBe(false);
    expect(await verified(at, at.keys.verifierKey)).toMatchObject({ verified: true, entries: index + 1 });
  }
});

test('not while another process holds the ledger', async () => {
  const at = place();
  const ledger = await at.open();
  await ledger.append(ownEntry());
  expect(() => rotateSigningKey(at.directory, at.keys, Date.now)).toThrow('another process holds the ledger');
  await ledger.close();
  expect(loadKeys(join(at.directory, 'keys')).verifierKey).toBe(at.keys.verifierKey);
});
