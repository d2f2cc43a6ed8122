import { closeSync, openSync, writeSync } from 'node:fs';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { openReader } from '../../../src/adapters/sqlite/reader.ts';
import { canonicalJson } from '../../../src/domain/canonical-json.ts';
import { digestOf, digestOfJson } from '../../../src/domain/digest.ts';
import type { Appended } from '../../../src/ledger/entry.ts';
import { receiptFor } from '../../../src/ledger/receipt.ts';
import type { StoredEntry } from '../../../src/ledger/source.ts';
import { type VerifyCode, verifyLedger } from '../../../src/ledger/verify.ts';
import { asked, DIGEST, intruder, newId, outcome, ownEntry, type Place, place, verifyAt } from './builders.ts';

/** Four batches: asked and asked, outcome, rulebook, outcome. */
async function small(): Promise<{ at: Place; receipts: Appended[] }> {
  const at = place();
  const ledger = await at.open();
  const [one, two] = [newId(), newId()];
  await Promise.all([ledger.append(asked(one)), ledger.append(asked(two))]);
  const first = await ledger.append(outcome(one));
  await ledger.append(ownEntry());
  const second = await ledger.append(outcome(two));
  await ledger.close();
  return { at, receipts: [first, second] };
}

/** Each byte of each column is tried in test/tamper/columns.test.ts. */
describe('a ledger that was tampered with', () => {
  const tampering: readonly [string, string, number, VerifyCode][] = [
    ['an entry removed', 'DELETE FROM entries WHERE idx = 2', 2, 'entry/index'],
    ['two entries in a row removed', 'DELETE FROM entries WHERE idx IN (1, 2)', 1, 'entry/index'],
    ['the first entry removed', 'DELETE FROM entries WHERE idx = 0', 0, 'entry/index'],
    ['the last entry removed', 'DELETE FROM entries WHERE idx = 4', 4, 'entry/index'],
    [
      'an entry put before the first',
      "INSERT INTO entries SELECT -1, kind, 'x', time, bytes, accountability_slot, accountability, subject_slot, subject FROM entries WHERE idx = 3",
      0,
      'entry/index',
    ],
    ['the last checkpoint removed', 'DELETE FROM checkpoints WHERE size = 5', 4, 'checkpoint/missing'],
    ['all checkpoints removed', 'DELETE FROM checkpoints', 0, 'checkpoint/missing'],
    [
      'a checkpoint repeated',
      'UPDATE checkpoints SET note = (SELECT note FROM checkpoints WHERE size = 2) WHERE size = 3',
      2,
      'checkpoint/order',
    ],
    ['a checkpoint moved beyond the end', 'UPDATE checkpoints SET size = 6 WHERE size = 5', 5, 'entry/index'],
    ['a column of the kind', "UPDATE entries SET kind = 'reading' WHERE idx = 3", 3, 'entry/columns'],
    ['a column of the exchange', "UPDATE entries SET exchange = 'x' WHERE idx = 3", 3, 'entry/columns'],
    ['a column of the time', 'UPDATE entries SET time = time + 1 WHERE idx = 4', 4, 'entry/columns'],
    ['a time before the one before', 'UPDATE entries SET time = 5 WHERE idx = 3', 3, 'entry/time'],
    ['a node removed', 'DELETE FROM nodes WHERE first = 1', 3, 'node/missing'],
    ['details removed', 'UPDATE entries SET accountability = NULL WHERE idx = 2', 2, 'details/missing'],
    ['details swapped in', 'UPDATE entries SET subject = accountability WHERE idx = 3', 3, 'details/undeclared'],
    [
      'details exchanged',
      'UPDATE entries SET accountability = (SELECT accountability FROM entries WHERE idx = 0) WHERE idx = 2',
      2,
      'details/altered',
    ],
    [
      'another kind throughout',
      "UPDATE entries SET kind = 'mistake', bytes = CAST(replace(CAST(bytes AS TEXT), 'rulebook', 'mistake') AS BLOB) WHERE idx = 3",
      3,
      'entry/kind',
    ],
  ];
  test.each(tampering)('%s', async (_, sql, index, code) => {
    const { at } = await small();
    intruder(at).exec(sql);
    expect(await verifyAt(at)).toMatchObject({ verified: false, firstBad: { index, code } });
  });

  test('a damaged file is a finding, not a crash', async () => {
    const { at } = await small();
    const db = new Database(at.file);
    const root = db.prepare<[], number>("SELECT rootpage FROM sqlite_master WHERE name = 'nodes'").pluck().get();
    db.close();
    const descriptor = openSync(at.file, 'r+');
    writeSync(descriptor, Buffer.alloc(4096, 0xff), 0, 4096, (Number(root) - 1) * 4096);
    closeSync(descriptor);
    expect(await verifyAt(at)).toMatchObject({ verified: false, firstBad: { code: 'source/unreadable' } });
  });

  test('another key verifies nothing', async () => {
    const { at } = await small();
    const other = place();
    const reader = openReader(at.directory);
    expect(await verifyLedger(reader.source(), other.verifier)).toMatchObject({
      verified: false,
      firstBad: { index: 1, code: 'checkpoint/unsigned' },
    });
    reader.close();
  });
});

/** A ledger of entries that no writer of ours would write, signed properly by whoever holds the key. */
async function forged(exchanges: readonly ['asked' | 'outcome', string][]): Promise<Place> {
  const at = place();
  const ledger = await at.open();
  for (const [kind] of exchanges) await ledger.append(kind === 'asked' ? asked() : outcome(newId()));
  await ledger.close();
  const db = intruder(at);
  db.exec('DROP INDEX entries_once');
  const set = db.prepare<[string, Buffer, number]>('UPDATE entries SET exchange = ?, bytes = ? WHERE idx = ?');
  exchanges.forEach(([, id], i) => {
    const bytes = db.prepare<[number], Buffer>('SELECT bytes FROM entries WHERE idx = ?').pluck().get(i);
    const text = String(bytes).replace(/"exchange":"[^"]+"/, `"exchange":"${id}"`);
    set.run(id, Buffer.from(text), i);
  });
  db.close();
  return at;
}

describe('turns within an exchange', () => {
  const [a, b] = [newId(), newId()];
  test.each<[VerifyCode, ['asked' | 'outcome', string][]]>([
    [
      'entry/second-asked',
      [
        ['asked', a],
        ['asked', a],
      ],
    ],
    [
      'entry/second-outcome',
      [
        ['asked', a],
        ['outcome', a],
        ['outcome', b],
        ['outcome', a],
      ],
    ],
    [
      'entry/second-asked',
      [
        ['outcome', a],
        ['asked', a],
      ],
    ],
  ])('%s', async (code, turns) => {
    const at = await forged(turns);
    const reader = openReader(at.directory);
    const whole = reader.source();
    // Without its checkpoints, which the rewriting broke: what is left to find is the turn.
    const { verified, firstBad } = await verifyLedger(
      { size: whole.size, entries: () => whole.entries(), checkpoints: () => [] },
      at.verifier,
    );
    reader.close();
    expect({ verified, firstBad }).toEqual({ verified: false, firstBad: { index: turns.length - 1, code } });
  });

  test('asked without outcome is counted open', async () => {
    const at = place();
    const ledger = await at.open();
    await ledger.append(asked());
    await ledger.append(outcome(newId()));
    expect(await verifyAt(at)).toMatchObject({ verified: true, open: 1 });
  });
});

describe('receipts', () => {
  test('hold against the log, at its size and after it grew', async () => {
    const { at, receipts } = await small();
    for (const written of receipts) {
      expect(await verifyAt(at, receiptFor(written, DIGEST))).toMatchObject({ verified: true });
    }
  });

  test('find a log whose end was cut off, which nothing else can', async () => {
    const { at, receipts } = await small();
    const db = intruder(at);
    db.exec('DELETE FROM entries WHERE idx >= 3');
    db.exec('DELETE FROM checkpoints WHERE size > 3; DELETE FROM nodes WHERE first > 0');
    expect(await verifyAt(at)).toMatchObject({ verified: true, size: 3 });
    expect(await verifyAt(at, receiptFor(receipts[1] ?? fail(), DIGEST))).toMatchObject({
      verified: false,
      firstBad: { index: 3, code: 'receipt/size' },
    });
    expect(await verifyAt(at, receiptFor(receipts[0] ?? fail(), DIGEST))).toMatchObject({ verified: true });
  });

  test('find a log that was written anew with the same key', async () => {
    const { at, receipts } = await small();
    const other = place();
    const { origin, signingKey, kek } = at.keys;
    const rewritten = await other.open({ origin, signingKey, kek });
    for (let i = 0; i < 6; i++) await rewritten.append(ownEntry());
    await rewritten.close();
    const forgery = { ...other, verifier: at.verifier };
    expect(await verifyAt(forgery)).toMatchObject({ verified: true });
    expect(await verifyAt(forgery, receiptFor(receipts[1] ?? fail(), DIGEST))).toMatchObject({
      verified: false,
      firstBad: { index: 4, code: 'receipt/entry' },
    });
  });

  test('are checked with the answer they came with, and fail for each thing altered', async () => {
    const at = place();
    const ledger = await at.open();
    const legs = [{ dataset: 'dealer-sales', state: 'released', records: [{ price: 7, buyer: { name: 'É' } }] }];
    const digest = digestOf(canonicalJson(legs));
    const written = await ledger.append({ ...outcome(newId()), answer: digest });
    await ledger.append(ownEntry());
    const receipt = receiptFor(written, digest);
    const answer = { exchange: 'x', outcome: 'released', legs, rulebook: 'sha256:', receipt };
    expect(await verifyAt(at, answer)).toMatchObject({ verified: true });
    expect(await verifyAt(at, receipt)).toMatchObject({ verified: true });

    const cases: [VerifyCode, unknown][] = [
      ['receipt/digest', { ...answer, legs: [{ ...legs[0], records: [] }] }],
      ['receipt/answer', { ...receipt, digest: digestOfJson([]) }],
      ['receipt/answer', { ...receipt, salt: Buffer.alloc(16).toString('base64') }],
      ['receipt/malformed', { ...receipt, salt: 'AA==' }],
      ['receipt/malformed', { ...receipt, entry: '{}' }],
      ['receipt/malformed', { ...receipt, proof: ['AA=='] }],
      ['receipt/malformed', 'receipt'],
      ['receipt/malformed', null],
      ['receipt/checkpoint', { ...receipt, checkpoint: receipt.checkpoint.replace('\n1\n', '\n2\n') }],
      ['receipt/proof', { ...receipt, index: 1 }],
      ['receipt/proof', { ...receipt, proof: [...receipt.proof, Buffer.alloc(32).toString('base64')] }],
    ];
    for (const [code, input] of cases) {
      expect(await verifyAt(at, input), code).toMatchObject({ verified: false, firstBad: { code } });
    }
  });

  test('find a log with another past before the entry', async () => {
    const { at, receipts } = await small();
    const reader = openReader(at.directory);
    const entries: StoredEntry[] = [];
    for await (const chunk of reader.source().entries()) entries.push(...chunk);
    reader.close();
    const exchange = newId();
    const [first = fail(), ...rest] = entries;
    const bytes = Buffer.from(Buffer.from(first.bytes).toString().replace(first.exchange, exchange));
    const other = [{ ...first, exchange, bytes }, ...rest];
    const source = { size: other.length, entries: () => [other], checkpoints: () => [] };
    expect(
      await verifyLedger(source, at.verifier, { receipt: receiptFor(receipts[1] ?? fail(), DIGEST) }),
    ).toMatchObject({
      verified: false,
      firstBad: { index: 4, code: 'receipt/root' },
    });
  });
});

function fail(): never {
  throw new Error('no receipt');
}
