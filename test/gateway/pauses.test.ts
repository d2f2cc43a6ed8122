import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Answer, masked } from './answer.ts';
import { SOLD, sale, sendJson } from './dealer.ts';
import { type Partnership, question, startPartnership } from './partnership.ts';
import { type Northgate, type NorthgatePerson, startNorthgate } from './stewards.ts';

let northgate: Northgate;
let p: Partnership;
beforeAll(async () => {
  northgate = await startNorthgate();
  p = await startPartnership(northgate.edits);
});
afterEach(async () => {
  p.dealer.answerWith();
  await change('resume');
});
afterAll(async () => {
  await p.stop();
  await northgate.stop();
});

const REASON = { reason: 'Stocktaking' };

function change(deed: 'pause' | 'resume', as: NorthgatePerson = 'hanna.sorel', dataset = 'dealer-sales') {
  return northgate.post(p, as, `/v1/datasets/${dataset}/${deed}`, REASON);
}

function changes(kind: 'pause' | 'resume') {
  return p.entries().filter((entry) => entry.kind === kind);
}

/** The dealer answers with a sale when `open` is called; `asked` resolves when it was asked. */
function dealerWaits() {
  const asked = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  p.dealer.answerWith((_, response) => {
    asked.resolve();
    void gate.promise.then(() => sendJson(response, { sales: [sale(SOLD)] }));
  });
  return { asked: asked.promise, open: gate.resolve };
}

async function expectPaused() {
  const calls = p.dealer.calls.length;
  for (const output of ['hit', 'records']) {
    const { status, body } = await p.ask('mara.lindqvist', question({}, { output }));
    expect([status, body.legs?.[0]?.code]).toEqual([403, 'data/paused']);
    expect(body.legs?.[0]?.findings?.data).toMatchObject({ verdict: 'refuse', rule: 'E5' });
  }
  expect(p.dealer.calls.length).toBe(calls);
}

async function isPaused() {
  const { text } = await p.send('/v1/datasets', 'mara.lindqvist');
  const { datasets }: { datasets: { id: string; paused: boolean }[] } = JSON.parse(text);
  return datasets.filter(({ paused }) => paused).map(({ id }) => id);
}

describe('who may pause', () => {
  test.each<[string, NorthgatePerson, string]>([
    ['a colleague who is no data steward', 'pia.lund', 'dealer-sales'],
    ['a data steward who is suspended', 'otto.brandis', 'dealer-sales'],
    ['a data steward whose appointment has ended', 'emil.roth', 'dealer-sales'],
    ["another holder's data steward", 'hanna.sorel', 'tidewater-sales'],
    ['a data steward, of a dataset that does not exist', 'hanna.sorel', 'moon-sales'],
  ])('not %s', async (_, as, dataset) => {
    for (const deed of ['pause', 'resume'] as const) {
      const { status, body } = await change(deed, as, dataset);
      expect([status, body.code]).toEqual([403, 'people/not-entitled']);
      expect(body.detail).toBe('This is for data stewards of the partner that holds the dataset.');
    }
    expect(changes('pause')).toEqual([]);
    expect(await isPaused()).toEqual([]);
  });

  test('not those who ask', async () => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(REASON) };
    const answers = await Promise.all(
      (['mara.lindqvist', 'joris.maes', 'nobody.registered', null] as const).map((as) =>
        p.send('/v1/datasets/dealer-sales/pause', as, init),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 401]);
    expect(changes('pause')).toEqual([]);
  });

  test("nobody can tell another's dataset from one that does not exist", async () => {
    const answers: Answer[] = [
      await change('pause', 'hanna.sorel', 'tidewater-sales'),
      await change('pause', 'hanna.sorel', 'moon-sales'),
    ];
    expect(new Set(answers.map(masked)).size).toBe(1);
  });

  test.each([[{}], [{ reason: '' }], [{ reason: 'a\nb' }], [{ reason: 'x'.repeat(1_001) }], [{ ...REASON, until: 1 }]])(
    'nor without a reason that can be recorded: %j',
    async (body) => {
      const answer = await northgate.post(p, 'hanna.sorel', '/v1/datasets/dealer-sales/pause', body);
      expect([answer.status, answer.body.code]).toEqual([400, 'request/malformed']);
      expect(await isPaused()).toEqual([]);
    },
  );
});

describe('a pause', () => {
  test('stops every question before the next fetch, for that dataset alone, and is one entry', async () => {
    expect((await p.ask('mara.lindqvist', question())).status).toBe(200);
    const { status, text } = await change('pause');
    const entry = changes('pause').at(-1);
    expect(changes('pause')).toHaveLength(1);
    expect([status, JSON.parse(text)]).toEqual([200, { dataset: 'dealer-sales', paused: true, entry: entry?.index }]);
    expect(entry?.details).toMatchObject({
      who: { person: 'hanna-sorel', partner: 'northgate-motors' },
      dataset: 'dealer-sales',
      reason: 'Stocktaking',
    });
    await expectPaused();
    expect(await isPaused()).toEqual(['dealer-sales']);
    const both = await p.ask('mara.lindqvist', question({}, { datasets: ['dealer-sales', 'tidewater-sales'] }));
    expect(both.body.legs?.map((leg) => leg.state)).toEqual(['refused', 'none']);

    const resumes = changes('resume').length;
    const resumed = await change('resume');
    const [last] = changes('resume').slice(resumes);
    expect(JSON.parse(resumed.text)).toEqual({ dataset: 'dealer-sales', paused: false, entry: last?.index });
    expect(changes('resume')).toHaveLength(resumes + 1);
    expect((await p.ask('mara.lindqvist', question())).status).toBe(200);
  });

  test('while the answer of the holder is on the way: nothing of it is released', async () => {
    const { asked, open } = dealerWaits();
    const answer = p.ask('mara.lindqvist', question());
    await asked;
    expect((await change('pause')).status).toBe(200);
    open();
    const { status, body, text } = await answer;
    expect([status, body.code, body.legs?.[0]?.code]).toEqual([502, 'holder/fault', 'exchange/not-in-force']);
    for (const value of ['Fennimore', 'Toyota', 'NG-101-A', '1979']) expect(text).not.toContain(value);
    const outcome = p.entries().findLast((e) => e.kind === 'outcome' && e.exchange === body.exchange);
    expect(JSON.stringify(outcome?.details)).toContain('exchange/not-in-force');
  });

  test('through /proxy as well', async () => {
    const { asked, open } = dealerWaits();
    const headers = {
      'five-safes-project': 'op-gearbox',
      'five-safes-purpose': 'SuspectedCrimeInvestigation',
      'five-safes-case': 'KP-2026-AB',
      'five-safes-justification': 'engine found without a car',
    };
    const get = () => p.send(`/proxy/dealer-sales/sales/by-vin/${SOLD}`, 'mara.lindqvist', { headers });
    const answer = get();
    await asked;
    await change('pause');
    open();
    const { status, text } = await answer;
    expect(status).toBe(502);
    expect(text).not.toContain('Fennimore');
    expect((await get()).body.legs?.[0]?.code).toBe('data/paused');
  });

  test('one that comes and goes while the answer is on the way: there is nothing to stop any more', async () => {
    const { asked, open } = dealerWaits();
    const answer = p.ask('mara.lindqvist', question());
    await asked;
    await change('pause');
    await change('resume');
    open();
    expect((await answer).body.outcome).toBe('released');
  });

  test('among many questions: once it is said to hold, no later one reaches the holder', async () => {
    const twelve = () => Array.from({ length: 12 }, () => p.ask('mara.lindqvist', question({}, { output: 'hit' })));
    const calls = p.dealer.calls.length;
    const early = twelve();
    expect((await change('pause')).status).toBe(200);
    const late = await Promise.all(twelve());
    expect(late.map(({ body }) => body.legs?.[0]?.code)).toEqual(late.map(() => 'data/paused'));
    for (const { status } of await Promise.all(early)) expect([200, 403, 502]).toContain(status);
    expect(p.dealer.calls.length - calls).toBeLessThanOrEqual(early.length);
  });

  test('that comes while a resume is being recorded stands, now and after a restart', async () => {
    await change('pause');
    // Sent together, they are recorded together, in whichever order they arrive.
    const [resumed, paused] = await Promise.all([change('resume'), change('pause')]);
    expect([resumed.status, paused.status]).toEqual([200, 200]);
    const last = p.entries().findLast(({ kind }) => kind === 'pause' || kind === 'resume')?.kind;
    const now = last === 'pause' ? ['dealer-sales'] : [];
    expect(await isPaused()).toEqual(now);
    await p.running().stop();
    await p.restart();
    expect(await isPaused()).toEqual(now);
  });

  test('survives a restart', async () => {
    await change('pause');
    await p.running().stop();
    await p.restart();
    await expectPaused();
    await change('resume');
    await p.running().stop();
    await p.restart();
    expect((await p.ask('mara.lindqvist', question({}, { output: 'hit' }))).body.outcome).toBe('released');
  });

  test('holds at once even while the log is away; a resume does not', async () => {
    const files = ['ledger.db', 'ledger.db-wal', 'ledger.db-shm'];
    const away = () => {
      for (const file of files) renameSync(join(p.state, file), join(p.root, file));
    };
    const back = async () => {
      for (const file of files) renameSync(join(p.root, file), join(p.state, file));
      await vi.waitFor(async () => expect((await fetch(`${p.running().ops}/readyz`)).status).toBe(200), {
        timeout: 10_000,
        interval: 50,
      });
    };
    away();
    const paused = await change('pause');
    await back();
    expect([paused.status, paused.body.code]).toEqual([503, 'ledger/unavailable']);
    await expectPaused();
    away();
    const resumed = await change('resume');
    await back();
    expect(resumed.status).toBe(503);
    await expectPaused();
    await change('resume');
    expect((await p.ask('mara.lindqvist', question({}, { output: 'hit' }))).body.outcome).toBe('released');
    expect(await p.verify()).toMatchObject({ verified: true, open: 0 });
  });
});
