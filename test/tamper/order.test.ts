import Database from 'better-sqlite3';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { databaseBlocks } from '../../src/adapters/sqlite/blocks.ts';
import { databaseSource } from '../../src/adapters/sqlite/source.ts';
import { logKeys } from '../../src/ledger/log-keys.ts';
import { verifyLedger } from '../../src/ledger/verify.ts';
import { acceptLedger, rangesHere } from '../../src/ledger/verify-quick.ts';
import { asked, newId, outcome, ownEntry, type Place, place } from '../adapters/sqlite/builders.ts';

/** What a file can be made to say that no statement on a sound one can: rows that lie in order under other numbers. */

/** More than the quick verifier reads at a time. */
const ENTRIES = 150;

let at: Place;
let image: Buffer;

beforeAll(async () => {
  at = place();
  const ledger = await at.open();
  const ids = Array.from({ length: 10 }, newId);
  await Promise.all(ids.map((id) => ledger.append(asked(id))));
  await Promise.all(ids.map((id) => ledger.append(outcome(id))));
  for (let left = ENTRIES - 20; left > 0; left -= 10)
    await Promise.all(Array.from({ length: 10 }, () => ledger.append(ownEntry())));
  await ledger.close();
  const db = new Database(at.file);
  db.pragma('journal_mode = DELETE');
  image = db.serialize();
  db.close();
});

function opened(bytes: Buffer): Database.Database {
  const db = new Database(bytes);
  onTestFinished(() => {
    db.close();
  });
  return db;
}

/** What is found entry by entry; the quick verifier, left to itself or handed the blocks all the same, finds no less. */
async function verified(db: Database.Database) {
  const { blocks: offered, ...source } = databaseSource(db, null);
  const closely = await verifyLedger(source, at.verifier);
  expect(await verifyLedger(databaseSource(db, null), at.verifier)).toEqual(closely);
  const accepted = await acceptLedger({ ...source, blocks: databaseBlocks(db, () => false) }, at.verifier, undefined);
  expect(accepted !== null).toBe(closely.verified);
  return { closely, offered: offered !== undefined };
}

/** Null: not accepted. */
async function acceptedInRangesOf(db: Database.Database, width: number) {
  const keys = logKeys(at.verifier, '');
  if (keys === undefined) throw new Error('no keys');
  const ranges = rangesHere(
    databaseBlocks(db, () => false),
    keys,
    width,
  );
  return acceptLedger(databaseSource(db, null), at.verifier, undefined, ranges);
}

test('the copy holds as it is', async () => {
  const { closely, offered } = await verified(opened(image));
  expect(closely).toMatchObject({ verified: true, entries: ENTRIES });
  expect(offered).toBe(true);
  for (const width of [1, 2, 16, 64]) expect(await acceptedInRangesOf(opened(image), width)).not.toBeNull();
});

test('missing triggers do not keep the quick verifier from reading', async () => {
  const db = opened(image);
  for (const name of db.prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'trigger'").pluck().all())
    db.exec(`DROP TRIGGER ${name}`);
  expect((await verified(db)).offered).toBe(true);
});

test.each([
  ['a number given again', 'UPDATE entries SET idx = 100 WHERE idx = 5', { index: 5, code: 'entry/index' }],
  [
    'two numbers exchanged',
    'UPDATE entries SET idx = CASE idx WHEN 3 THEN 4 ELSE 3 END WHERE idx IN (3, 4)',
    { code: 'node/altered' },
  ],
])('entries in a table without a key, %s', async (_, sql, firstBad) => {
  const db = opened(image);
  db.exec(`
    CREATE TABLE e2 (
      idx INTEGER, kind TEXT, exchange TEXT, time INTEGER, bytes BLOB, accountability_slot INTEGER, accountability BLOB,
      subject_slot INTEGER, subject BLOB
    );
    INSERT INTO e2 SELECT * FROM entries ORDER BY idx;
    DROP TABLE entries;
    ALTER TABLE e2 RENAME TO entries;
    ${sql}`);
  const { closely, offered } = await verified(db);
  expect(closely).toMatchObject({ verified: false, firstBad });
  expect(offered).toBe(false);
});

/** The place of the number of a row of `entries` within the file: one byte. */
function placeOfNumber(index: number): number {
  const db = opened(image);
  const size = Number(db.pragma('page_size', { simple: true }));
  const leaves = db
    .prepare<[], number>("SELECT pageno FROM dbstat WHERE name = 'entries' AND pagetype = 'leaf' ORDER BY path")
    .pluck()
    .all();
  for (const page of leaves) {
    const begin = (page - 1) * size;
    for (let cell = 0; cell < image.readUInt16BE(begin + 3); cell++) {
      let number = begin + image.readUInt16BE(begin + 8 + 2 * cell);
      // Past the length of what the row holds, a varint.
      while ((image[number] ?? 0) >= 0x80) number += 1;
      if (image[number + 1] === index) return number + 1;
    }
  }
  throw new Error(`no entry ${index}`);
}

test('the number of a row, edited in the bytes of the file', async () => {
  const bytes = Buffer.from(image);
  bytes[placeOfNumber(5)] = 100;
  const db = opened(bytes);
  const { closely, offered } = await verified(db);
  expect(closely).toMatchObject({ verified: false, firstBad: { index: 5, code: 'entry/index' } });
  expect(offered).toBe(true);
});

/** Numbers of `entries` from 128 on take two bytes, also where inner pages of the table tell them: each is written as `to` says. */
function renumbered(bytes: Buffer, to: (number: number, inner: boolean) => number): Buffer {
  const db = opened(bytes);
  const size = Number(db.pragma('page_size', { simple: true }));
  const pages = db.prepare<[], { page: number; inner: 0 | 1 }>(
    "SELECT pageno AS page, pagetype = 'internal' AS inner FROM dbstat WHERE name = 'entries' AND pagetype <> 'overflow'",
  );
  const edited = Buffer.from(bytes);
  for (const { page, inner } of pages.all()) {
    const begin = (page - 1) * size;
    for (let cell = 0; cell < bytes.readUInt16BE(begin + 3); cell++) {
      let at = begin + bytes.readUInt16BE(begin + (inner === 1 ? 12 : 8) + 2 * cell);
      // Past the page below, or past the length of what the row holds.
      if (inner === 1) at += 4;
      else {
        while ((bytes[at] ?? 0) >= 0x80) at += 1;
        at += 1;
      }
      const [high = 0, low = 0] = [bytes[at], bytes[at + 1]];
      if (high < 0x80) continue;
      const number = to((high - 0x80) * 0x80 + low, inner === 1);
      edited[at] = 0x80 + (number >> 7);
      edited[at + 1] = number & 0x7f;
    }
  }
  return edited;
}

test('a row between two blocks, under a number of neither', async () => {
  for (let place = 130; place < ENTRIES; place += 2) {
    const db = opened(image);
    for (const name of db.prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'trigger'").pluck().all())
      db.exec(`DROP TRIGGER ${name}`);
    db.exec(`
      UPDATE entries SET idx = -idx WHERE idx >= ${place};
      UPDATE entries SET idx = 1 - idx WHERE idx < 0;
      INSERT INTO entries SELECT ${place}, kind, exchange, time, bytes, 0, accountability, NULL, NULL FROM entries
        WHERE idx = 100`);
    const put = opened(
      renumbered(db.serialize(), (number, inner) => {
        if (number === place) return inner ? place - 1 : 1_000;
        return number > place ? number - 1 : number;
      }),
    );
    const { closely, offered } = await verified(put);
    expect(closely).toMatchObject({ verified: false, firstBad: { index: place, code: 'entry/index' } });
    expect(offered).toBe(true);
    // Ranges so small that some row lies between the pages of two of them.
    expect(await acceptedInRangesOf(put, 2)).toBeNull();
  }
});

test('checkpoints out of their order, wherever ranges of entries end', async () => {
  const sound = opened(image);
  const size = Number(sound.pragma('page_size', { simple: true }));
  const page = Number(sound.prepare("SELECT rootpage FROM sqlite_master WHERE name = 'checkpoints'").pluck().get());
  const cells = (page - 1) * size + 8;
  const count = image.readUInt16BE(cells - 5);
  expect(count).toBe(15);
  for (let one = 0; one < count; one++) {
    for (let other = one + 1; other < count; other += 3) {
      const bytes = Buffer.from(image);
      bytes.writeUInt16BE(image.readUInt16BE(cells + 2 * one), cells + 2 * other);
      bytes.writeUInt16BE(image.readUInt16BE(cells + 2 * other), cells + 2 * one);
      const db = opened(bytes);
      expect((await verified(db)).closely.verified).toBe(false);
      for (const width of [1, 2, 16, 64]) expect(await acceptedInRangesOf(db, width)).toBeNull();
    }
  }
});

test('a table of another text is left to the closer look', async () => {
  const db = opened(image);
  db.exec('ALTER TABLE nodes ADD COLUMN extra TEXT');
  const { closely, offered } = await verified(db);
  expect(closely.verified).toBe(true);
  expect(offered).toBe(false);
});
