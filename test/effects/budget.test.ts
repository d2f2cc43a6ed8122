import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ask } from '../../demo/ask.ts';
import { dealerRecords } from '../../demo/parties/records.ts';
import { accessOf, DEALER_ROWS, startPartnership } from '../../demo/partnership.ts';
import { callsIn } from '../../scripts/chaos/reckoning.ts';

const BUDGET = 50;
const folder = mkdtempSync(join(tmpdir(), 'budget-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a budget of fifty, with a kill while forty-five are under way: never one call too many', {
  timeout: 60_000,
}, async () => {
  const partnership = await startPartnership(folder, 1);
  const access = accessOf(partnership, 'mara.lindqvist');
  const vin = dealerRecords(1, DEALER_ROWS)[3]?.vehicle.vin ?? '';
  const body = {
    project: 'op-gearbox',
    purpose: 'SuspectedCrimeInvestigation',
    case: 'KP-2026-AB',
    justification: 'going through a list',
    ask: { datasets: ['dealer-sales'], by: { vin }, output: 'records' as const },
  };
  const atOnce = (count: number, onAnswer: () => void = () => undefined) =>
    Promise.all(
      Array.from({ length: count }, () =>
        ask(partnership.gateway.url, access, body).then(
          (answered) => {
            onAnswer();
            return answered.status;
          },
          () => 0,
        ),
      ),
    );

  // The first answer that arrives is the signal: what else is under way then meets a dead gateway.
  const { promise: killed, resolve } = Promise.withResolvers<void>();
  let signalled = false;
  const first = atOnce(45, () => {
    if (signalled) return;
    signalled = true;
    void partnership.gateway.child.kill().then(resolve);
  });
  await killed;
  const before = await first;
  await partnership.restartGateway();
  const after = await atOnce(100);
  const released = [...before, ...after].filter((status) => status === 200).length;
  const calls = callsIn(partnership.callLog);
  await partnership.stop();

  // What was reserved when the gateway died is spent, whether or not the holder was asked.
  expect(calls.length).toBeLessThanOrEqual(BUDGET);
  expect(new Set(calls).size).toBe(calls.length);
  expect(released).toBeLessThanOrEqual(calls.length);
  // At least what the first wave cannot have reserved is still there, and at most what it did not get.
  const granted = after.filter((status) => status === 200).length;
  expect(granted).toBeGreaterThanOrEqual(BUDGET - 45);
  expect(granted).toBeLessThanOrEqual(BUDGET - before.filter((status) => status === 200).length);
  expect(new Set(after)).toEqual(new Set([200, 403]));
});
