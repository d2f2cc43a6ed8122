import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { databaseBlocks } from '../../../src/adapters/sqlite/blocks.ts';
import { exchangeRows } from '../../../src/adapters/sqlite/exchange-rows.ts';
import { migrateLedger } from '../../../src/adapters/sqlite/schema.ts';
import { databaseSource } from '../../../src/adapters/sqlite/source.ts';

/** Entries with details so wide that as one value they would pass what SQLite or memory can hold. */

const MB = 2 ** 20;

/** Intents, each with details of so many bytes that begin with its number; null: none. */
function written(widths: readonly (number | null)[]): Database.Database {
  const db = new Database(':memory:');
  onTestFinished(() => {
    db.close();
  });
  migrateLedger(db);
  const put = db.prepare<[number, string, Buffer | null]>(
    "INSERT INTO entries VALUES (?, 'asked', ?, 1, x'7b7d', 1, ?, NULL, NULL)",
  );
  for (const [index, width] of widths.entries())
    put.run(index, `x-${index}`, width === null ? null : Buffer.alloc(width, 65 + index));
  return db;
}

test.each([
  ['narrow ones at once', [10, 20, null, 30], [4]],
  ['wide ones a few at a time', [3 * MB, 3 * MB, 3 * MB, null, 3 * MB, 3 * MB, 10], [2, 3, 2]],
  ['one beyond all measure by itself', [10, 20 * MB, 20 * MB, 10], [1, 1, 1, 1]],
])('a replay reads details by their width: %s', (_, widths, counts) => {
  const rows = exchangeRows(written(widths));
  const read: number[] = [];
  let index = 0;
  for (let next = 0; next < widths.length; ) {
    const found = rows.between(next, widths.length);
    for (const { idx, sealed } of found.rows) {
      expect(idx).toBe(index);
      expect(sealed?.length ?? null).toBe(widths[index]);
      if (sealed !== null) expect(sealed[0]).toBe(65 + index);
      index += 1;
    }
    read.push(found.rows.length);
    next = found.next;
  }
  expect(read).toEqual(counts);
});

test('nothing in a stretch: it is left at its end', () => {
  const db = written([]);
  expect(exchangeRows(db).between(3, 9)).toEqual({ rows: [], next: 9 });
});

test('a block that is too wide is not read in one piece', () => {
  const blocks = databaseBlocks(written([...Array(10).fill(MB), ...Array(10).fill(2 * MB)]), () => false);
  expect(blocks.entries(0, 10)?.accountability.length).toBe(10 * MB);
  expect(blocks.entries(10, 20)).toBeNull();
});

test('the closer look reads wide entries a few at a time, and none is left out', async () => {
  const chunks = [];
  for await (const chunk of databaseSource(written([10, 20 * MB, 10, 9 * MB, 9 * MB, 10]), null).entries()) {
    chunks.push(chunk.map(({ index }) => index));
  }
  expect(chunks).toEqual([[0, 1], [2, 3, 4], [5]]);
});
