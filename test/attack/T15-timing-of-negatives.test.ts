import { afterAll, beforeAll, expect, test } from 'vitest';
import { ABSENT, CANCELLED, sale, sendJson } from '../gateway/dealer.ts';
import { type Partnership, question, startPartnership } from '../gateway/partnership.ts';

/** Questions of each kind. */
const EACH = 24;
/** What the dealer takes longer for a record that it keeps back: plain to see where nothing hides it. */
const EFFORT_MS = 40;

let p: Partnership;
beforeAll(async () => {
  const unspent = [['per-day<=50', 'per-day<=900000']] as const;
  p = await startPartnership({ 'vehicle-tracing.csv': unspent, 'vehicle-tracing.expected.csv': unspent });
  p.dealer.answerWith((request, response) => {
    const kept = request.url?.includes(CANCELLED) === true;
    if (!kept) return sendJson(response, { error: 'not found' }, 404);
    setTimeout(() => sendJson(response, { sales: [sale(CANCELLED, { status: 'cancelled' })] }), EFFORT_MS);
  });
});
afterAll(() => p.stop());

/** Milliseconds until the answer, for each of the questions in turn. */
async function timed(vin: string): Promise<number> {
  const began = performance.now();
  const { body } = await p.ask('mara.lindqvist', question({}, { by: { vin } }));
  expect(body.outcome).toBe('none');
  return performance.now() - began;
}

/**
 * Mann–Whitney: how far the ranks of one sample stand from chance, in standard deviations. Rank sums do not care about a
 * slow machine's outliers, which fall on both samples alike.
 */
function rankDeviation(a: readonly number[], b: readonly number[]): number {
  const wins = a.reduce((sum, x) => sum + b.filter((y) => x > y).length + b.filter((y) => x === y).length / 2, 0);
  const mean = (a.length * b.length) / 2;
  const deviation = Math.sqrt((a.length * b.length * (a.length + b.length + 1)) / 12);
  return Math.abs(wins - mean) / deviation;
}

test('the measure tells apart what differs, and not what is alike', () => {
  const sample = Array.from({ length: EACH }, (_, i) => 150 + ((i * 7) % 11));
  expect(rankDeviation(sample, sample)).toBe(0);
  expect(
    rankDeviation(
      sample.map((ms) => ms + EFFORT_MS),
      sample,
    ),
  ).toBeGreaterThan(5);
});

test('an absent record and one that is kept back take alike, though the dealer needs longer for one', async () => {
  await timed(ABSENT);
  const [absent, kept]: [number[], number[]] = [[], []];
  for (let i = 0; i < EACH; i++) {
    // Taken in turns, so that what the machine does else falls on both.
    absent.push(await timed(ABSENT));
    kept.push(await timed(CANCELLED));
  }
  // Five standard deviations by chance: less than one in a million runs.
  expect(rankDeviation(kept, absent)).toBeLessThan(5);
  expect(Math.min(...absent, ...kept)).toBeGreaterThanOrEqual(149);
}, 60_000);
