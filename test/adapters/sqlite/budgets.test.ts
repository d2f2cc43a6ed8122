import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import type { EntryDraft, Reservation } from '../../../src/ledger/entry.ts';
import { asked, type Place, place } from './builders.ts';

function need(dataset: string, key: string, limit: number): Reservation {
  return { dataset, key, limit, expires: null };
}

function asking(...reservations: readonly Reservation[]): EntryDraft {
  return { ...asked(), reservations };
}

function stored(at: Place): Record<string, number> {
  const db = new Database(at.file, { readonly: true });
  const rows = db.prepare<[], { key: string; used: number }>('SELECT key, used FROM budgets').all();
  db.close();
  return Object.fromEntries(rows.map(({ key, used }) => [key, used]));
}

test('drafts of one batch share what is left of a budget, and the next batch goes on from there', async () => {
  const at = place();
  const ledger = await at.open();
  const together = await Promise.all(Array.from({ length: 4 }, () => ledger.append(asking(need('a', 'day', 3)))));
  expect(new Set(together.map((one) => one.checkpoint)).size).toBe(1);
  expect(together.map((one) => one.spent)).toEqual([[], [], [], ['a']]);
  expect(stored(at)).toEqual({ day: 3 });
  expect((await ledger.append(asking(need('a', 'day', 4)))).spent).toEqual([]);
  expect((await ledger.append(asking(need('a', 'day', 4)))).spent).toEqual(['a']);
  await ledger.close();
  expect(stored(at)).toEqual({ day: 4 });
});

test('a leg reserves all of its budgets or none, and other legs are not touched by it', async () => {
  const at = place();
  const ledger = await at.open();
  const both = () => asking(need('a', 'day', 5), need('a', 'project', 1), need('b', 'other', 5));
  const together = await Promise.all([ledger.append(both()), ledger.append(both()), ledger.append(both())]);
  expect(together.map((one) => one.spent)).toEqual([[], ['a'], ['a']]);
  await ledger.close();
  expect(stored(at)).toEqual({ day: 1, project: 1, other: 3 });
});

test('what a refused draft asked for is not used', async () => {
  const at = place();
  const ledger = await at.open();
  const once = asking(need('a', 'day', 5));
  await ledger.append(once);
  await expect(ledger.append(once)).rejects.toThrow('recorded before');
  await ledger.close();
  expect(stored(at)).toEqual({ day: 1 });
});
