import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { type RangeThreads, rangeThreads } from '../../../src/adapters/sqlite/range-threads.ts';
import { openReader } from '../../../src/adapters/sqlite/reader.ts';
import { prepareNextKey, rotateSigningKey } from '../../../src/adapters/sqlite/rotate-signing-key.ts';
import { openPlace } from '../../../src/cli/verify-place.ts';
import type { Appended } from '../../../src/ledger/entry.ts';
import { DESTROYED_BYTES } from '../../../src/ledger/key-page.ts';
import { logKeys } from '../../../src/ledger/log-keys.ts';
import { receiptFor } from '../../../src/ledger/receipt.ts';
import type { LedgerSource } from '../../../src/ledger/source.ts';
import { verifyLedger } from '../../../src/ledger/verify.ts';
import { acceptLedger, type RangeChecks, rangesHere } from '../../../src/ledger/verify-quick.ts';
import { asked, DIGEST, intruder, newId, outcome, ownEntry, type Place, place } from './builders.ts';

let image: {
  readonly ledger: Buffer;
  readonly keys: Buffer;
  readonly of: Place;
  readonly receipts: readonly Appended[];
};

/** A copy of its own. */
function written(): { readonly at: Place; readonly receipts: readonly Appended[] } {
  const at = { ...place(), keys: image.of.keys, verifier: image.of.verifier };
  writeFileSync(at.file, image.ledger);
  writeFileSync(join(at.directory, 'keys.db'), image.keys);
  return { at, receipts: image.receipts };
}

/** Nineteen entries in batches of one to three. */
beforeAll(async () => {
  const at = place();
  const ledger = await at.open();
  const ids = Array.from({ length: 9 }, newId);
  await ledger.append(ownEntry());
  const receipts: Appended[] = [];
  for (const [i, id] of ids.entries()) {
    const batch = [asked(id), ...(i > 0 ? [outcome(ids[i - 1] ?? id)] : [])];
    receipts.push(...(await Promise.all(batch.map((draft) => ledger.append(draft)))));
  }
  receipts.push(await ledger.append(ownEntry('outage')));
  await ledger.close();
  const [stored, keys] = [at.file, join(at.directory, 'keys.db')].map((file) => {
    const db = new Database(file);
    db.pragma('journal_mode = DELETE');
    db.close();
    return readFileSync(file);
  });
  if (stored === undefined || keys === undefined) throw new Error('no ledger');
  image = { ledger: stored, keys, of: at, receipts };
});

function threads(at: Place, width: number, count = 1): RangeThreads {
  const made = rangeThreads({ path: at.directory, verifier: at.verifier, keyChanges: '' }, count, width);
  onTestFinished(() => made.close());
  return made;
}

function sourceOf(at: Place): LedgerSource {
  const reader = openReader(at.directory);
  onTestFinished(() => reader.close());
  return reader.source();
}

function here(at: Place, width: number): RangeChecks {
  const { blocks } = sourceOf(at);
  const keys = logKeys(at.verifier, '');
  if (blocks === undefined || keys === undefined) throw new Error('no blocks');
  return rangesHere(blocks, keys, width);
}

test('a log that holds is accepted without a closer look, whatever the width, here and in threads', async () => {
  const { at, receipts } = written();
  const { blocks, ...source } = sourceOf(at);
  const closely = await verifyLedger(source, at.verifier);
  expect(closely).toMatchObject({ verified: true, entries: 19, open: 1 });
  const unread: LedgerSource = {
    ...sourceOf(at),
    entries: () => {
      throw new Error('looked at closer');
    },
  };
  for (const width of [1, 2, 4, 8, 16, 32]) {
    for (const checks of [here(at, width), ...(width === 4 ? [threads(at, width, 3)] : [])]) {
      expect(await verifyLedger(unread, at.verifier, undefined, checks), `width ${width}`).toEqual(closely);
    }
  }
  for (const written of receipts) {
    const receipt = receiptFor(written, DIGEST);
    const expected = receipt.entry.includes('"outcome"');
    const found = await verifyLedger({ ...source, ...(blocks && { blocks }) }, at.verifier, { receipt }, here(at, 2));
    expect(found.verified).toBe(expected);
    expect((await acceptLedger(unread, at.verifier, { receipt }, here(at, 4))) !== null).toBe(expected);
  }
});

test.each([
  ['an entry removed', 'DELETE FROM entries WHERE idx = 7'],
  ['the first removed', 'DELETE FROM entries WHERE idx = 0'],
  ['the last removed', 'DELETE FROM entries WHERE idx = 18'],
  [
    'one before the first',
    "INSERT INTO entries SELECT -1, kind, 'x', time, bytes, 1, null, null, null FROM entries LIMIT 1",
  ],
  [
    'one after the last',
    "INSERT INTO entries SELECT 19, kind, 'x', time, bytes, 1, null, null, null FROM entries LIMIT 1",
  ],
  ['a kind with a zero byte', 'UPDATE entries SET kind = kind || char(0) WHERE idx = 4'],
  ['a time before', 'UPDATE entries SET time = time - 100000000 WHERE idx = 8'],
  ['a time that is none', 'UPDATE entries SET time = 1 << 62 WHERE idx = 18'],
  ['details taken away', 'UPDATE entries SET accountability = NULL WHERE idx = 9'],
  ['facts taken away, their key left', 'UPDATE entries SET subject = NULL WHERE idx = 1'],
  ['facts taken away with their key', 'UPDATE entries SET subject = NULL, subject_slot = NULL WHERE idx = 1'],
  ['a key that was never declared', 'UPDATE entries SET subject_slot = 3 WHERE idx = 0'],
  [
    'details with a byte more',
    "UPDATE entries SET accountability = CAST(accountability || x'00' AS BLOB) WHERE idx = 5",
  ],
  ['a zero byte behind an entry', "UPDATE entries SET bytes = CAST(bytes || x'00' AS BLOB) WHERE idx = 5"],
  [
    'an exchange asked twice',
    'UPDATE entries SET exchange = (SELECT exchange FROM entries WHERE idx = 1) WHERE idx = 2',
  ],
  ['a row of nodes removed', 'DELETE FROM nodes WHERE first = (SELECT min(first) FROM nodes WHERE first > 5)'],
  ['the last row of nodes removed', 'DELETE FROM nodes WHERE first = (SELECT max(first) FROM nodes)'],
  [
    'a node of the last row altered',
    'UPDATE nodes SET hashes = zeroblob(32) WHERE first = (SELECT max(first) FROM nodes)',
  ],
  ['a row of nodes moved', 'UPDATE nodes SET first = first + 1000 WHERE first = (SELECT max(first) FROM nodes)'],
  [
    'nodes in the place of others',
    'UPDATE nodes SET hashes = (SELECT hashes FROM nodes WHERE first = 0) WHERE first = 1',
  ],
  ['a row of nodes cut short', 'UPDATE nodes SET hashes = CAST(substr(hashes, 1, 31) AS BLOB) WHERE first = 0'],
  [
    'a row over the places of another',
    'INSERT INTO nodes VALUES (2, zeroblob(32)) ON CONFLICT DO UPDATE SET hashes = zeroblob(32)',
  ],
  ['a checkpoint over nothing', 'INSERT INTO checkpoints SELECT 0, note, 1 FROM checkpoints LIMIT 1'],
  [
    'a checkpoint in place of another',
    'UPDATE checkpoints SET note = (SELECT note FROM checkpoints WHERE size = 19) WHERE size = 1',
  ],
  ['the last checkpoint removed', 'DELETE FROM checkpoints WHERE size = 19'],
  [
    'a node beyond the tree, which would stand in the way of a later one',
    'INSERT INTO nodes VALUES (1000, zeroblob(32))',
  ],
  ['a checkpoint beyond the end', 'INSERT INTO checkpoints SELECT 20, note, 1 FROM checkpoints LIMIT 1'],
])('%s: the same finding as entry by entry', async (_, sql) => {
  const { at } = written();
  const db = intruder(at);
  db.exec('DROP INDEX entries_once');
  db.exec(sql);
  const { blocks, ...source } = sourceOf(at);
  const closely = await verifyLedger(source, at.verifier);
  expect(closely.verified).toBe(false);
  const whole = { ...source, ...(blocks && { blocks }) };
  expect(await verifyLedger(whole, at.verifier)).toEqual(closely);
  expect(await verifyLedger(whole, at.verifier, undefined, threads(at, 4))).toEqual(closely);
  for (const width of [1, 2, 8, 32]) {
    if (blocks !== undefined) expect(await acceptLedger(whole, at.verifier, undefined, here(at, width))).toBeNull();
  }
});

test('what is appended meanwhile is not part of it', async () => {
  const { at } = written();
  const source = sourceOf(at);
  const checks = threads(at, 4);
  const { origin, signingKey, kek } = at.keys;
  const ledger = await at.open({ origin, signingKey, kek });
  for (let i = 0; i < 5; i++) await ledger.append(ownEntry());
  expect(await verifyLedger(source, at.verifier, undefined, checks)).toMatchObject({ verified: true, entries: 19 });
  await ledger.close();
});

test('a thread that ends is an error, and nothing is called verified', async () => {
  const { at } = written();
  const source = sourceOf(at);
  const checks = threads(at, 2);
  await checks.check({ width: 2, from: 0, to: 2 }, null);
  const dying: RangeChecks = {
    ...checks,
    async check(range, receipt) {
      if (range.from === 8) void checks.close();
      return checks.check(range, receipt);
    },
  };
  await expect(verifyLedger(source, at.verifier, undefined, dying)).rejects.toThrow(
    'a thread that verified the log ended',
  );

  const nowhere = rangeThreads({ path: `${at.directory}/nowhere`, verifier: at.verifier, keyChanges: '' }, 2, 2);
  onTestFinished(() => nowhere.close());
  await expect(verifyLedger(source, at.verifier, undefined, nowhere)).rejects.toThrow(/ended: .*nowhere/);
});

test('the command verifies in threads from so many entries on', async () => {
  const { at } = written();
  for (const [from, used] of [
    [20, false],
    [19, true],
  ] as const) {
    const found = await openPlace(at.directory, '/', at.verifier, false, from);
    expect(found.elsewhere !== undefined).toBe(used);
    expect(await verifyLedger(found.source, at.verifier, undefined, found.elsewhere)).toMatchObject({ verified: true });
    await found.close();
  }
});

test('a change of the signing key and erased details need no closer look', async () => {
  const { at } = written();
  const next = prepareNextKey(at.directory, at.keys);
  const change = rotateSigningKey(at.directory, at.keys, Date.now);
  // The exchange that was open is closed before.
  expect(change).toMatchObject({ index: 20, after: next });
  const keys = new Database(join(at.directory, 'keys.db'));
  keys.prepare('UPDATE pages SET destroyed = ?').run(Buffer.alloc(DESTROYED_BYTES, 0xff));
  keys.close();
  const { blocks, ...source } = sourceOf(at);
  const closely = await verifyLedger(source, at.verifier);
  expect(closely).toMatchObject({ verified: true, entries: 21, erased: 21 });
  const whole = { ...source, ...(blocks && { blocks }) };
  const { entries, open, erased, root } = closely;
  expect(await acceptLedger(whole, at.verifier, undefined)).toEqual({ entries, open, erased, root });
  expect(await acceptLedger({ ...whole, keyChanges: '' }, at.verifier, undefined)).toBeNull();
});
