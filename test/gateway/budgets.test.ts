import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Partnership, question, startPartnership } from './partnership.ts';

let p: Partnership;
beforeAll(async () => {
  p = await startPartnership();
});
afterAll(() => p.stop());

const asked = () => p.dealer.calls.length;

describe('a budget of fifty questions a day', () => {
  test('a hundred at once make fifty calls at the holder, no more and no less; the rest are told why', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => p.ask('mara.lindqvist', question())));
    expect(asked()).toBe(50);
    expect(answers.filter((a) => a.status === 200)).toHaveLength(50);
    const refused = answers.filter((a) => a.status === 403);
    expect(refused).toHaveLength(50);
    for (const { body } of refused) {
      expect(body.legs?.[0]?.code).toBe('outputs/budget');
      expect(body.legs?.[0]?.findings?.outputs).toMatchObject({
        verdict: 'refuse',
        rule: 'O1',
        code: 'outputs/budget',
      });
      expect(body.legs?.[0]?.records).toBeUndefined();
    }
    const spent = p
      .entries()
      .filter((e) => e.kind === 'outcome' && JSON.stringify(e.details).includes('outputs/budget'));
    expect(spent).toHaveLength(50);
    expect(await p.verify()).toMatchObject({ verified: true, open: 0 });
  });

  test('it is spent after a restart too, and counts for this dataset alone', async () => {
    await p.running().stop();
    await p.restart();
    expect((await p.ask('mara.lindqvist', question())).status).toBe(403);
    expect(asked()).toBe(50);
    const other = await p.ask('mara.lindqvist', question({}, { datasets: ['tidewater-sales', 'dealer-sales'] }));
    expect(other.body.legs?.map((leg) => leg.state)).toEqual(['none', 'refused']);
    expect(other.body.outcome).toBe('partial');
  });

  test('a hit has no such budget', async () => {
    expect((await p.ask('mara.lindqvist', question({}, { output: 'hit' }))).body.outcome).toBe('released');
  });
});
