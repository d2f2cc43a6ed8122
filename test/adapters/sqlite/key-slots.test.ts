import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { KeySlots } from '../../../src/adapters/sqlite/key-slots.ts';
import { KEYS_PER_PAGE, localKeyEncryption } from '../../../src/ledger/key-page.ts';

let directory: string;
let path: string;
const kek = localKeyEncryption(randomBytes(32));

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'five-safes-slots-'));
  path = join(directory, 'keys.db');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function opened<T>(next: number, use: (slots: KeySlots) => T): T {
  const slots = new KeySlots(path, kek, next, existsSync(path));
  try {
    return use(slots);
  } finally {
    slots.close();
  }
}

/** Takes so many slots; copies of their keys. */
function taken(slots: KeySlots, count: number) {
  slots.ensure(count);
  return Array.from({ length: count }, () => slots.take()).map(({ id, key }) => ({ id, key: Buffer.from(key) }));
}

test('no key is handed out twice, and each is found again, also by a later process', () => {
  const first = opened(1, (slots) => taken(slots, 3 * KEYS_PER_PAGE + 7));
  const next = (first.at(-1)?.id ?? 0) + 1;
  const second = opened(next, (slots) => taken(slots, 40 * KEYS_PER_PAGE));
  const all = [...first, ...second];
  expect(new Set(all.map((slot) => slot.id)).size).toBe(all.length);
  expect(new Set(all.map((slot) => slot.key.toString('hex'))).size).toBe(all.length);
  opened((all.at(-1)?.id ?? 0) + 1, (slots) => {
    for (const { id, key } of all) expect(slots.find(id)?.key.equals(key)).toBe(true);
  });
});

test('a destroyed key is gone from the file, its neighbours stay, and no earlier copy of its page is left', () => {
  const [one, two, three] = opened(1, (slots) => taken(slots, 3));
  if (one === undefined || two === undefined || three === undefined) throw new Error('three were taken');
  const before = wrappedOf(one.id);
  opened(three.id + 1, (slots) => {
    expect(slots.find(two.id)?.key.equals(two.key)).toBe(true);
    slots.destroy([two.id]);
    slots.destroy([two.id]);
    expect(slots.find(two.id)).toBeUndefined();
    expect(slots.find(one.id)?.key.equals(one.key)).toBe(true);
    expect(slots.find(three.id)?.key.equals(three.key)).toBe(true);
  });
  const bytes = readFileSync(path);
  for (let at = 0; at + 32 <= before.length; at += 32) expect(bytes.includes(before.subarray(at, at + 32))).toBe(false);
  expect(existsSync(`${path}-journal`)).toBe(false);
});

test('a page whose keys are all destroyed keeps its row, and its numbers are never given again', () => {
  const all = opened(1, (slots) => taken(slots, KEYS_PER_PAGE));
  const ids = all.map((slot) => slot.id);
  const next = Math.max(...ids) + 1;
  opened(next, (slots) => slots.destroy(ids));
  opened(next, (slots) => {
    expect(ids.every((id) => slots.find(id) === undefined)).toBe(true);
    expect(taken(slots, 5).every(({ id }) => id >= next)).toBe(true);
  });
});

test('a slot that nothing uses is not destroyed, and of many either all are or none', () => {
  opened(1, (slots) => {
    const [one] = taken(slots, 1);
    if (one === undefined) throw new Error('one was taken');
    expect(() => slots.destroy([one.id, one.id + 1])).toThrow('no entry uses them');
    expect(() => slots.destroy([one.id, 9_999_999])).toThrow('no entry uses them');
    expect(slots.find(one.id)?.key.equals(one.key)).toBe(true);
  });
});

test('a file that does not take the change does not pass for one in which keys were destroyed', () => {
  const [one] = opened(1, (slots) => taken(slots, 1));
  const id = one?.id ?? 0;
  raw((db) => db.exec('CREATE TRIGGER kept BEFORE UPDATE ON pages BEGIN SELECT RAISE(IGNORE); END'));
  opened(id + 1, (slots) => expect(() => slots.destroy([id])).toThrow('does not take the change'));
});

test('another key-encryption key, another layout and a moved page are refused', () => {
  const [one] = opened(1, (slots) => taken(slots, 1));
  const next = (one?.id ?? 0) + 1;
  expect(() => new KeySlots(path, localKeyEncryption(randomBytes(32)), next, true)).toThrow('key-encryption key');
  raw((db) => db.exec('UPDATE pages SET wrapped = (SELECT wrapped FROM pages WHERE page = 2) WHERE page = 1'));
  expect(() => opened(next, () => undefined)).toThrow('key page 1 does not open');
  raw((db) => db.pragma('user_version = 1'));
  expect(() => opened(next, () => undefined)).toThrow('one row a key');
  raw((db) => db.pragma('user_version = 3'));
  expect(() => opened(next, () => undefined)).toThrow('knows up to 2');
});

test('an older copy of the file is refused where the ledger uses more', () => {
  opened(1, (slots) => taken(slots, 1));
  expect(() => opened(1_000_000, () => undefined)).toThrow('older file');
});

function wrappedOf(slot: number): Buffer {
  const page = Math.floor(slot / KEYS_PER_PAGE);
  return raw(
    (db) =>
      db.prepare<[number], { wrapped: Buffer }>('SELECT wrapped FROM pages WHERE page = ?').get(page)?.wrapped ??
      Buffer.alloc(0),
  );
}

function raw<T>(use: (db: Database.Database) => T): T {
  const db = new Database(path);
  try {
    return use(db);
  } finally {
    db.close();
  }
}
