import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { openReader } from '../../src/adapters/sqlite/reader.ts';
import { asked, newId, outcome, type Place, place, verifyAt } from '../adapters/sqlite/builders.ts';

/** Of a ledger without a gateway: somebody kept a copy of keys.db from before an erasure, and puts it back. */
async function erasedOne(at: Place): Promise<{ readonly copy: string; readonly keys: string }> {
  const keys = join(at.directory, 'keys.db');
  const copy = join(at.directory, 'kept.db');
  const ledger = await at.open();
  const id = newId();
  await ledger.append(asked(id));
  await ledger.append(outcome(id));
  copyFileSync(keys, copy);
  const exchanges = [{ exchange: id, holdKeys: [] }];
  await ledger.append({
    kind: 'erasure',
    exchange: newId(),
    accountability: {},
    subject: null,
    change: { kind: 'erase', proposal: null, approver: null, parts: 'whole', exchanges },
  });
  await ledger.close();
  return { copy, keys };
}

function opened(at: Place) {
  const reader = openReader(at.directory);
  try {
    return reader.openDetails(0, at.keys.kek);
  } finally {
    reader.close();
  }
}
const NOTHING = { accountability: null, subject: null };

test('an older copy of the file put back: what was destroyed is destroyed in it at the next start', async () => {
  const at = place();
  const { copy, keys } = await erasedOne(at);
  expect(opened(at)).toEqual(NOTHING);
  copyFileSync(copy, keys);
  expect(opened(at)).not.toEqual(NOTHING);
  await (await at.open()).close();
  expect(opened(at)).toEqual(NOTHING);
  expect(await verifyAt(at)).toMatchObject({ verified: true, erased: 2 });
});

test('a page of the copy without its marks, or marks without their page, open nothing', async () => {
  const at = place();
  const { copy, keys } = await erasedOne(at);
  const old = new Database(copy);
  const page = old.prepare<[], { destroyed: Buffer; wrapped: Buffer }>('SELECT * FROM pages WHERE page = 1').get();
  old.close();
  const db = new Database(keys);
  db.prepare('UPDATE pages SET destroyed = ? WHERE page = 1').run(page?.destroyed);
  db.close();
  expect(() => opened(at)).toThrow('does not open');
  await expect(at.open()).rejects.toThrow('does not open');
});

test('the file holds no byte run of the page as it was', async () => {
  const at = place();
  const { copy, keys } = await erasedOne(at);
  const old = new Database(copy);
  const wrapped = old.prepare<[], { wrapped: Buffer }>('SELECT wrapped FROM pages WHERE page = 1').get()?.wrapped;
  old.close();
  const now = readFileSync(keys);
  for (let i = 0; wrapped !== undefined && i + 32 <= wrapped.length; i += 32)
    expect(now.includes(wrapped.subarray(i, i + 32))).toBe(false);
  expect(wrapped?.length).toBeGreaterThan(3_000);
});
