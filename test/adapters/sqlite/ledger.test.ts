import { statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { createKeys } from '../../../src/adapters/sqlite/keys-file.ts';
import { openReader } from '../../../src/adapters/sqlite/reader.ts';
import { fromBase64 } from '../../../src/ledger/base64.ts';
import { openCheckpoint } from '../../../src/ledger/checkpoint.ts';
import { answerCommitment } from '../../../src/ledger/compose.ts';
import type { Appended } from '../../../src/ledger/entry.ts';
import { leafHash } from '../../../src/ledger/merkle.ts';
import { verifyInclusion } from '../../../src/ledger/proof.ts';
import { receiptFor } from '../../../src/ledger/receipt.ts';
import { checkReceipt } from '../../../src/ledger/receipt-check.ts';
import {
  asked,
  DIGEST,
  detailsAt,
  entriesAt,
  newId,
  outcome,
  ownEntry,
  type Place,
  place,
  verifyAt,
} from './builders.ts';

function holds(appended: Appended, at: Place): boolean {
  const checkpoint = openCheckpoint(appended.checkpoint, at.verifier);
  if (checkpoint === undefined) return false;
  const proof = appended.proof.map((step) => fromBase64(step, 32) ?? Buffer.alloc(0));
  const leaf = leafHash(Buffer.from(appended.entry));
  return verifyInclusion(leaf, appended.index, checkpoint.size, proof, checkpoint.root);
}

describe('appending', () => {
  test('500 at once get contiguous indices, and every proof holds', async () => {
    const at = place();
    const ledger = await at.open();
    const exchanges = Array.from({ length: 250 }, newId);
    const all = await Promise.all(
      exchanges.map(async (id) => [await ledger.append(asked(id)), await ledger.append(outcome(id))] as const),
    );
    const appended = all.flat();
    expect(appended.map((a) => a.index).sort((a, b) => a - b)).toEqual(Array.from({ length: 500 }, (_, i) => i));
    expect(appended.filter((a) => !holds(a, at))).toEqual([]);
    const found = await verifyAt(at);
    expect(found).toMatchObject({ verified: true, entries: 500, size: 500, open: 0, erased: 0, firstBad: null });
  });

  test('an outcome commits to its answer under a salt', async () => {
    const at = place();
    const ledger = await at.open();
    const written = await ledger.append(outcome(newId()));
    const salt = fromBase64(written.salt, 16);
    expect(salt && JSON.parse(written.entry).answer).toBe(salt && answerCommitment(salt, DIGEST));
    expect(checkReceipt(receiptFor(written, DIGEST), at.verifier)).toMatchObject({ index: 0 });
  });

  test('entries and tables show nothing that was sealed; with the key it opens', async () => {
    const at = place();
    const ledger = await at.open();
    await ledger.append(asked());
    expect(detailsAt(at, 0)).toEqual({
      accountability: { person: 'Mara Lindqvist', project: 'op-gearbox' },
      subject: { by: { scheme: 'vin', value: 'JTEZU5JR8D5050504' } },
    });
    const db = new Database(at.file, { readonly: true });
    const bytes = db.serialize();
    db.close();
    for (const secret of ['Mara', 'op-gearbox', 'JTEZU5JR8D5050504']) expect(bytes.includes(secret)).toBe(false);
  });

  test('an exchange has one asked and one outcome; what follows is refused and nothing else suffers', async () => {
    const at = place();
    const ledger = await at.open();
    const id = newId();
    await ledger.append(asked(id));
    await expect(ledger.append(asked(id))).rejects.toMatchObject({ code: 'ledger/unavailable' });
    const results = await Promise.allSettled([
      ledger.append(outcome(id)),
      ledger.append(outcome(id)),
      ledger.append(ownEntry()),
    ]);
    expect(results.map((r) => r.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    await expect(ledger.append(asked(id))).rejects.toThrow('recorded before');
    expect(ledger.status()).toEqual({ state: 'ready' });
    expect(entriesAt(at).map((e) => e.kind)).toEqual(['asked', 'outcome', 'rulebook']);
  });

  test('the file itself refuses changes, deletions and second outcomes', async () => {
    const at = place();
    const ledger = await at.open();
    const id = newId();
    await ledger.append(asked(id));
    await ledger.append(outcome(id));
    const db = new Database(at.file);
    for (const table of ['entries', 'nodes', 'checkpoints'] as const) {
      expect(() => db.exec(`DELETE FROM ${table}`), table).toThrow('append-only');
      const column = { entries: 'idx', nodes: 'first', checkpoints: 'size' }[table];
      expect(() => db.exec(`UPDATE ${table} SET ${column} = ${column} + 100`), table).toThrow('append-only');
    }
    const again = db.prepare(
      "INSERT INTO entries SELECT 9, kind, exchange, time, bytes, accountability_slot, accountability, subject_slot, subject FROM entries WHERE kind = 'outcome'",
    );
    expect(() => again.run()).toThrow('UNIQUE');
    db.close();
  });
});

describe('what the asker may see again', () => {
  test('the state, and the very receipt that was given', async () => {
    const at = place();
    const ledger = await at.open();
    const id = newId();
    expect(ledger.findExchange(id)).toBeNull();
    await ledger.append(asked(id, 'key-1'));
    expect(ledger.findExchange(id)).toMatchObject({
      standing: { outcome: null, legs: [{ state: 'open' }] },
      receipt: null,
    });
    const written = await ledger.append(outcome(id));
    await Promise.all(Array.from({ length: 20 }, () => ledger.append(ownEntry())));
    const found = ledger.findByIdempotency('asker-1', 'key-1');
    expect(found).toEqual({
      exchange: id,
      standing: {
        asker: 'asker-1',
        outcome: 'released',
        legs: [{ dataset: 'dealer-sales', holder: 'northgate-motors', state: 'released' }],
        idempotency: { key: 'key-1', request: DIGEST },
      },
      receipt: receiptFor(written, DIGEST),
    });
    expect(ledger.findByIdempotency('asker-2', 'key-1')).toBeNull();
  });

  test('an idempotency key is used once, even by two at the same time', async () => {
    const at = place();
    const ledger = await at.open();
    const results = await Promise.allSettled([ledger.append(asked(newId(), 'k')), ledger.append(asked(newId(), 'k'))]);
    expect(results.map((r) => r.status)).toEqual(['fulfilled', 'rejected']);
  });
});

describe('opening', () => {
  test('goes on where it stopped, with the keys of exchanges begun before', async () => {
    const at = place();
    const first = await at.open();
    await Promise.all(Array.from({ length: 9 }, () => first.append(ownEntry())));
    await first.close();
    await expect(first.append(ownEntry())).rejects.toMatchObject({ code: 'ledger/unavailable' });
    const second = await at.open();
    expect((await second.append(ownEntry())).index).toBe(9);
    expect(detailsAt(at, 0)?.accountability).toEqual({ version: 1 });
    expect(await verifyAt(at)).toMatchObject({ verified: true, entries: 10 });
  });

  test('closing writes what was queued', async () => {
    const at = place();
    const ledger = await at.open();
    const queued = Array.from({ length: 50 }, () => ledger.append(ownEntry()));
    await ledger.close();
    expect((await Promise.all(queued)).length).toBe(50);
    expect(entriesAt(at).length).toBe(50);
  });

  test('a second writer is refused while the first holds the ledger, and not afterwards', async () => {
    const at = place();
    const first = await at.open();
    await expect(at.open()).rejects.toMatchObject({
      code: 'ledger/unavailable',
      message: expect.stringContaining('another process holds the ledger'),
    });
    await first.close();
    await at.open();
  });

  test('refuses other keys, foreign files and missing halves', async () => {
    const at = place();
    const other = createKeys(join(at.directory, 'other'), at.keys.origin);
    await (await at.open()).append(ownEntry()).then(() => undefined);
    await expect(at.open()).rejects.toThrow('holds the ledger');
    const closed = place();
    const ledger = await closed.open();
    await ledger.append(ownEntry());
    await ledger.close();
    await expect(closed.open({ kek: other.kek })).rejects.toThrow('key-encryption key');
    await expect(closed.open({ signingKey: other.signingKey })).rejects.toThrow('not signed by this key');
    await expect(closed.open({ origin: 'other.example/log' })).rejects.toThrow('not signed by this key');
    await expect(closed.open({ kek: Buffer.alloc(16) })).rejects.toThrow('32 bytes');
    await expect(place().open({ directory: join(closed.directory, 'nowhere') })).rejects.toMatchObject({
      code: 'ledger/unavailable',
    });
  });

  test('a clock before the newest entry stops writing until it is right again', async () => {
    const at = place();
    const ahead = await at.open({ clockOffsetMs: 60_000 });
    await ahead.append(ownEntry());
    await ahead.close();
    const behind = await at.open();
    await expect(behind.append(asked())).rejects.toMatchObject({ code: 'clock/untrusted' });
    expect(behind.status()).toEqual({ state: 'ready' });
    await behind.close();
    const right = await at.open({ clockOffsetMs: 59_500 });
    await right.append(ownEntry());
    // However little the clock is behind by now, no entry is older than the one before it.
    const times = entriesAt(at).map((e) => e.time);
    expect(times).toHaveLength(2);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });
});

test('readers list entries beside the writer, in order and by exchange', async () => {
  const at = place();
  const ledger = await at.open();
  const id = newId();
  await ledger.append(ownEntry());
  await ledger.append(asked(id));
  await ledger.append(outcome(id));
  const reader = openReader(at.file);
  expect(reader.list(1, 1).map((e) => e.kind)).toEqual(['asked']);
  expect(reader.entriesOf(id).map((e) => [e.index, e.kind])).toEqual([
    [1, 'asked'],
    [2, 'outcome'],
  ]);
  expect(reader.entry(7)).toBeNull();
  expect(openCheckpoint(reader.checkpoint() ?? '', at.verifier)?.size).toBe(3);
  expect(reader.openDetails(7, at.keys.kek)).toBeNull();
  expect(() => reader.openDetails(0, Buffer.alloc(32))).toThrow('key-encryption key');
  reader.close();
  expect(statSync(at.file).size).toBeGreaterThan(0);
});
