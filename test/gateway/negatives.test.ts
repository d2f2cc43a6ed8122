import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { masked } from './answer.ts';
import { ABSENT, CANCELLED, SOLD, sale, sendJson } from './dealer.ts';
import { type Partnership, question, startPartnership } from './partnership.ts';

/** Of `dealer-sales`, in `config/datasets.yaml`. */
const TIME_FLOOR_MS = 150;

let p: Partnership;
beforeAll(async () => {
  p = await startPartnership();
  // The first exchange pays for connections and keys.
  await p.ask('mara.lindqvist', question());
});
afterEach(() => p.dealer.answerWith());
afterAll(() => p.stop());

async function timed(vin: string, output: string) {
  const began = performance.now();
  const answer = await p.ask('mara.lindqvist', question({}, { by: { vin }, output }));
  return { answer, ms: performance.now() - began };
}

test.each(['records', 'hit'])(
  'at level %s every way of having nothing is the same answer, none sooner than the floor',
  async (output) => {
    const absent = await timed(ABSENT, output);
    const excepted = await timed(CANCELLED, output);
    p.dealer.answerWith((_, response) => sendJson(response, { error: 'no such car' }, 404));
    const notFound = await timed(SOLD, output);
    p.dealer.answerWith((_, response) => sendJson(response, { sales: [sale(ABSENT)] }));
    const another = await timed(SOLD, output);
    p.dealer.answerWith((_, response) => sendJson(response, { sales: null }));
    const empty = await timed(SOLD, output);

    const all = [absent, excepted, notFound, another, empty];
    expect(absent.answer.body.outcome).toBe('none');
    expect(new Set(all.map(({ answer }) => masked(answer))).size).toBe(1);
    expect(new Set(all.map(({ answer }) => answer.status))).toEqual(new Set([200]));
    const heads = all.map(({ answer }) =>
      [...answer.headers].filter(([name]) => name !== 'content-length' && name !== 'date'),
    );
    for (const head of heads) expect(head).toEqual(heads[0]);
    // The floor counts from the Permit, which is granted after the request was sent.
    for (const { ms } of all) expect(ms).toBeGreaterThanOrEqual(TIME_FLOOR_MS);
  },
);

test('an answer with records does not wait for the floor', async () => {
  const runs = [await timed(SOLD, 'records'), await timed(SOLD, 'records'), await timed(SOLD, 'records')];
  expect(Math.min(...runs.map(({ ms }) => ms))).toBeLessThan(TIME_FLOOR_MS);
});
