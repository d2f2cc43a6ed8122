import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { masked } from '../gateway/answer.ts';
import { ABSENT, CANCELLED, sale, sendJson } from '../gateway/dealer.ts';
import { type Partnership, question, startPartnership } from '../gateway/partnership.ts';

/** Bytes and floor of single answers are tried in test/gateway/negatives.test.ts; here is what comes around them. */

/** How much longer the dealer takes for a car it knows and hides. */
const DEALER_MS = 100;

let p: Partnership;
beforeAll(async () => {
  p = await startPartnership();
  await p.ask('mara.lindqvist', question());
});
afterEach(() => p.dealer.answerWith());
afterAll(() => p.stop());

test("the dealer's own haste or effort does not show", async () => {
  p.dealer.answerWith((request, response) => {
    const hidden = request.url?.endsWith(CANCELLED) === true;
    setTimeout(
      () => sendJson(response, { sales: hidden ? [sale(CANCELLED, { status: 'cancelled' })] : [] }),
      hidden ? DEALER_MS : 0,
    );
  });
  const times = new Map<string, number[]>([
    [ABSENT, []],
    [CANCELLED, []],
  ]);
  for (let i = 0; i < 5; i++) {
    for (const [vin, measured] of times) {
      const began = performance.now();
      const { body } = await p.ask('mara.lindqvist', question({}, { by: { vin } }));
      expect(body.outcome).toBe('none');
      measured.push(performance.now() - began);
    }
  }
  // The quickest of each: noise only ever adds.
  const [absent = 0, cancelled = 0] = [...times.values()].map((measured) => Math.min(...measured));
  expect(Math.abs(cancelled - absent)).toBeLessThan(DEALER_MS / 2);
});

test('what is told of an exchange afterwards does not tell them apart either', async () => {
  const states: string[] = [];
  for (const vin of [ABSENT, CANCELLED]) {
    const key = { 'idempotency-key': vin };
    const asked = await p.ask('mara.lindqvist', question({}, { by: { vin } }), key);
    const found = await p.send(`/v1/exchanges/${asked.body.exchange}`, 'mara.lindqvist');
    const again = await p.ask('mara.lindqvist', question({}, { by: { vin } }), key);
    states.push(`${masked(found)} ${masked(again)}`);
  }
  expect(new Set(states).size).toBe(1);
});

test('beside another leg that has records, too', async () => {
  const answers = [];
  for (const vin of [ABSENT, CANCELLED]) {
    p.dealer.answerWith((_, response) =>
      sendJson(response, { sales: vin === CANCELLED ? [sale(CANCELLED, { status: 'cancelled' })] : [] }),
    );
    const began = performance.now();
    answers.push(
      await p.ask('mara.lindqvist', question({}, { datasets: ['dealer-sales', 'tidewater-sales'], by: { vin } })),
    );
    expect(performance.now() - began).toBeGreaterThanOrEqual(150);
  }
  expect(answers.map((a) => a.body.outcome)).toEqual(['none', 'none']);
  expect(new Set(answers.map(masked)).size).toBe(1);
});

test('the log of operators does not tell them apart', () => {
  const lines = p
    .log()
    .split('\n')
    .filter((line) => line.includes('"outcome":"none"'))
    .map((line) => line.replace(/"(time|exchange)":"[^"]*"/g, ''));
  expect(lines.length).toBeGreaterThan(10);
  expect(new Set(lines.filter((line) => !line.includes('tidewater'))).size).toBe(1);
});
