import { expect, test } from 'vitest';
import { exchangeId } from '../../src/domain/ids.ts';
import { MINUTE } from '../../src/domain/time.ts';
import { createUnverified, OTHER_NETWORKS } from '../../src/gateway/unverified.ts';
import type { Appended, EntryDraft } from '../../src/ledger/entry.ts';

const APPENDED: Appended = { index: 0, entry: '', checkpoint: '', proof: [], salt: '', spent: [] };

/** A log that is away until `back` is called, and what it was given. */
function awayLog() {
  const taken: EntryDraft['accountability'][] = [];
  let away = true;
  const ledger = {
    append: async ({ accountability }: EntryDraft) => {
      if (away) throw new Error('away');
      taken.push(accountability);
      return APPENDED;
    },
  };
  const back = () => {
    away = false;
  };
  return { ledger, taken, back };
}

const network = (i: number) => `2001:db8:${(i >> 16).toString(16)}:${(i & 0xffff).toString(16)}::/64`;

test('while the log is away, counts of many networks are kept, bounded, and looked at without delay', async () => {
  const { ledger, taken, back } = awayLog();
  const newId = () => exchangeId(0, new Uint8Array(10));
  const unverified = createUnverified({ ledger, newId, perMinute: 60 });
  const [minutes, networks] = [5, 10_000];
  for (let minute = 0; minute < minutes; minute++)
    for (let i = 0; i < networks; i++) unverified.count(network(i), 'token/missing', minute * MINUTE);

  const from = process.cpuUsage();
  await unverified.flush(minutes * MINUTE);
  const { user, system } = process.cpuUsage(from);
  expect((user + system) / 1_000).toBeLessThan(3_000);

  back();
  await unverified.flush(minutes * MINUTE);
  expect(taken.length).toBeLessThan(21_000);
  expect(taken.reduce((sum, entry) => sum + Number(entry['count']), 0)).toBe(minutes * networks);
  expect(taken.filter((entry) => entry['network'] === OTHER_NETWORKS).length).toBeGreaterThan(0);
});
