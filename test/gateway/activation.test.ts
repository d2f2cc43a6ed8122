import { afterAll, beforeAll, expect, test } from 'vitest';
import { question } from './partnership.ts';
import { type Bench, replayed, startBench, submitted } from './rulebook-officers.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench({
    'vehicle-tracing.csv': [['per-day<=50', 'per-day<=5000']],
    'vehicle-tracing.expected.csv': [['per-day<=50', 'per-day<=5000']],
  });
});
afterAll(() => bench.stop());

/** What the answer says of the telephone number, and by which rule. */
function toldOf(body: Awaited<ReturnType<Bench['p']['ask']>>['body']) {
  const field = body.legs?.[0]?.fields?.find((one) => one.field === 'buyer.phone');
  return { version: String(body['rulebook']), field: `${field?.treatment} ${field?.rule}` };
}

test('activations one after the other under questions: none fails, and each answer belongs to one version', async () => {
  const first = (await bench.call('greta.holm', '')).body.active;
  const sent = await submitted(bench, 'greta.holm', [[/^data,\s+D9,.*\n/m, '']], [[' buyer.phone=mask(3)@D9', '']]);
  expect(sent.body, sent.text).toMatchObject({ state: 'approved' });
  const second = sent.body.version;
  const fields = new Map([
    [first, 'mask(3) D9'],
    [second, 'withheld null'],
  ]);
  const seen: { version: string; field: string }[] = [];
  let over = false;
  const asking = Array.from({ length: 6 }, async () => {
    while (!over) {
      const { status, body } = await bench.p.ask('mara.lindqvist', question());
      expect(status).toBe(200);
      seen.push(toldOf(body));
    }
  });
  const swap = async (proposal: string) =>
    expect((await bench.call('greta.holm', `/proposals/${proposal}/activate`, {})).body.state).toBe('active');
  await swap(sent.body.proposal);
  for (const version of [first, second]) {
    const { replay } = await replayed(bench, 'greta.holm', version);
    const body = { replay, message: 'back and forth' };
    const back = await bench.call('greta.holm', `/versions/${version}/rollback`, body);
    if (back.body.state !== 'approved') {
      const { submission } = back.body;
      const word = { version, replay: submission?.replay, reason: 'read' };
      expect((await bench.call('lars.berg', `/proposals/${back.body.proposal}/approve`, word)).body.state).toBe(
        'approved',
      );
    }
    await swap(back.body.proposal);
  }
  over = true;
  await Promise.all(asking);
  expect(new Set(seen.map(({ version }) => version))).toEqual(new Set([first, second]));
  for (const { version, field } of seen) expect(field).toBe(fields.get(version));

  // In the log, too: what was asked and what was found name one version, and it was active when it began.
  const log = bench.p.entries();
  let active = first;
  const started = new Map<string, string[]>();
  for (const { kind, exchange, details } of log) {
    if (kind === 'rulebook' && details['event'] === 'activate') active = String(details['version']);
    if (kind !== 'asked') continue;
    const { rulebook } = Object(details['versions']);
    started.set(exchange, [rulebook, active]);
  }
  expect(started.size).toBeGreaterThan(10);
  expect([...started.values()].every(([rulebook]) => fields.has(String(rulebook)))).toBe(true);
  expect(await bench.p.verify()).toMatchObject({ verified: true, open: 0 });
});
