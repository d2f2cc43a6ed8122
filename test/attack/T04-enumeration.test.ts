import { afterAll, beforeAll, expect, test } from 'vitest';
import { masked } from '../gateway/answer.ts';
import { type Partnership, question, startPartnership } from '../gateway/partnership.ts';

let p: Partnership;
beforeAll(async () => {
  p = await startPartnership();
});
afterAll(() => p.stop());

test('an exchange of somebody else cannot be told from one that never was, not even by who is of the same partner', async () => {
  const { body } = await p.ask('mara.lindqvist', question());
  const id = body.exchange ?? '';
  const neighbour = id.slice(0, -1) + (id.endsWith('0') ? '1' : '0');
  const answers = [];
  for (const as of ['joris.maes', 'tomas.brandt', 'nobody.registered'] as const) {
    for (const tried of [id, neighbour, id.toLowerCase(), `${id}0`, `${id}%00`, `..%2f${id}`]) {
      answers.push(await p.send(`/v1/exchanges/${tried}`, as));
    }
  }
  expect(new Set(answers.map((a) => `${a.status} ${masked(a)}`)).size).toBe(1);
  expect(answers[0]?.status).toBe(404);
});

test('ids cannot be guessed from earlier ones', async () => {
  const ids: string[] = [];
  for (let i = 0; i < 20; i++)
    ids.push((await p.ask('mara.lindqvist', question({ project: 'none' }))).body.exchange ?? '');
  const random = ids.map((id) => id.slice(10));
  expect(new Set(random).size).toBe(ids.length);
  // 80 random bits: that two of twenty share their first four characters has odds of one in five thousand.
  expect(new Set(random.map((tail) => tail.slice(0, 4))).size).toBeGreaterThan(ids.length - 2);
});

test("another partner's project is as unknown as one that does not exist", async () => {
  const answers = [
    await p.ask('mara.lindqvist', question({ project: 'op-slipway', case: 'HP/26/00042' })),
    await p.ask('mara.lindqvist', question({ project: 'op-sleepway', case: 'HP/26/00042' })),
  ];
  expect(answers.map((a) => a.body.legs?.[0]?.code)).toEqual(['projects/unknown', 'projects/unknown']);
  expect(answers.map((a) => a.body.legs?.[0])).toEqual([answers[0]?.body.legs?.[0], answers[0]?.body.legs?.[0]]);
});

test('a project of my partner in which I am no member is told as such, with nothing of its agreement', async () => {
  const { body } = await p.ask('mara.lindqvist', question({ project: 'op-gearbox' }));
  expect(body.outcome).toBe('released');
  const me = await p.send('/v1/me', 'joris.maes');
  expect(me.text).not.toContain('op-gearbox');
  expect(me.text).not.toContain('KP-');
});

test('every try of a known caller is in the log', () => {
  const mine = p.entries().filter((entry) => entry.kind === 'bad-request');
  expect(mine.length).toBe(3 * 6);
  for (const entry of mine)
    expect(entry.details).toMatchObject({ code: 'exchange/unknown', who: { address: '127.0.0.1' } });
});
