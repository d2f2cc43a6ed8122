import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import type { Answer } from './answer.ts';
import { type Partnership, question, startPartnership } from './partnership.ts';

let p: Partnership | undefined;
afterEach(async () => {
  vi.restoreAllMocks();
  await p?.stop();
  p = undefined;
});

function expectTurnedAway({ status, headers, body }: Answer, code: string): void {
  expect([status, body.code]).toEqual([503, code]);
  expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  expect(body).not.toHaveProperty('legs');
}

async function readiness({ gateway }: Partnership): Promise<number> {
  return (await fetch(`${gateway.ops}/readyz`)).status;
}

test('ledger away: 503 and nothing moves; ledger back: it goes on without a restart, with one outage entry', async () => {
  p = await startPartnership();
  const partnership = p;
  expect((await p.ask('mara.lindqvist', question())).status).toBe(200);
  expect(await readiness(p)).toBe(200);
  const calls = p.dealer.calls.length;
  const files = ['ledger.db', 'ledger.db-wal', 'ledger.db-shm'];
  for (const file of files) renameSync(join(p.state, file), join(p.root, file));

  expectTurnedAway(await p.ask('mara.lindqvist', question()), 'ledger/unavailable');
  expectTurnedAway(await p.ask('mara.lindqvist', question({ purpose: 'CrimeDetection' })), 'ledger/unavailable');
  expectTurnedAway(await p.ask('mara.lindqvist', 'not json'), 'ledger/unavailable');
  expectTurnedAway(await p.send('/v1/exchanges/01ARZ3NDEKTSV4RRFFQ69G5FAV', 'mara.lindqvist'), 'ledger/unavailable');
  expect(p.dealer.calls.length).toBe(calls);
  expect(await readiness(p)).toBe(503);
  expect((await fetch(`${p.gateway.ops}/livez`)).status).toBe(200);

  for (const file of files) renameSync(join(p.root, file), join(p.state, file));
  await vi.waitFor(async () => expect((await partnership.ask('mara.lindqvist', question())).status).toBe(200), {
    timeout: 10_000,
    interval: 100,
  });
  expect(await readiness(p)).toBe(200);
  const outages = p.entries().filter((entry) => entry.kind === 'outage');
  expect(outages).toHaveLength(1);
  expect(Number(outages[0]?.details['turnedAway'])).toBeGreaterThanOrEqual(3);
  expect(await p.verify()).toMatchObject({ verified: true, open: 0 });
});

test('a clock that jumped: 503 and nothing moves; steady for a minute again: it goes on', async () => {
  // Only the gateway's own thread sees these; its clock takes them when it starts.
  const [date, monotonic] = [Date.now.bind(Date), performance.now.bind(performance)];
  let [wallAhead, monotonicAhead] = [0, 0];
  vi.spyOn(Date, 'now').mockImplementation(() => date() + wallAhead);
  vi.spyOn(performance, 'now').mockImplementation(() => monotonic() + monotonicAhead);
  p = await startPartnership();
  expect((await p.ask('mara.lindqvist', question())).status).toBe(200);
  const [calls, entries] = [p.dealer.calls.length, p.entries().length];

  wallAhead = 60_000;
  expectTurnedAway(await p.ask('mara.lindqvist', question()), 'clock/untrusted');
  expectTurnedAway(await p.send('/v1/me', 'mara.lindqvist'), 'clock/untrusted');
  expect(await readiness(p)).toBe(503);
  expect(p.dealer.calls.length).toBe(calls);
  expect(p.entries().length).toBe(entries);

  wallAhead += 61_000;
  monotonicAhead += 61_000;
  expect((await p.ask('mara.lindqvist', question())).status).toBe(200);
  expect(await readiness(p)).toBe(200);
});
