import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { question } from '../gateway/partnership.ts';
import { approvalOf, type Bench, replayed, startBench, submitted } from '../gateway/rulebook-officers.ts';

/** As though the registry had been changed since a version was submitted, so that a page of others does not read any more. */
const registry = vi.hoisted(() => ({ changed: false }));
vi.mock('../../src/ruleset.ts', async (importOriginal) => {
  const real = await importOriginal<typeof import('../../src/ruleset.ts')>();
  const place = { file: 'vehicle-tracing.csv', line: 7, column: 3 };
  const flaws = [{ ...place, code: 'what/unknown', expected: 'a field of dealer-sales' }] as const;
  const buildRuleset: typeof real.buildRuleset = async (...args) =>
    registry.changed ? { flaws } : real.buildRuleset(...args);
  return { ...real, buildRuleset };
});

/** The federation signed nothing here: Hugo Port is an officer of a partner that may see no page of the agreement. */
let bench: Bench;
let first: string;
let opened: Awaited<ReturnType<typeof submitted>>;
beforeAll(async () => {
  bench = await startBench({
    'agreements.yaml': [
      [', tidewater-cars, motor-trade-federation]', ', tidewater-cars]'],
      ['    auditors:\n      - { partner: motor-trade-federation, scope: all }\n', ''],
    ],
  });
  first = (await bench.call('greta.holm', '')).body.active;
  expect((await bench.p.ask('mara.lindqvist', question())).status).toBe(200);
  opened = await submitted(
    bench,
    'greta.holm',
    [['mask(3)', 'keep']],
    [['buyer.phone=mask(3)@D9', 'buyer.phone=keep@D9']],
  );
  const { proposal } = opened.body;
  await bench.call('lars.berg', `/proposals/${proposal}/approve`, approvalOf(opened.body));
  expect((await bench.call('lars.berg', `/proposals/${proposal}/activate`, {})).body.state).toBe('active');
});
afterAll(() => bench.stop());

const OF_OTHERS = /vehicle-tracing|dealer-sales|buyer|kestrel|northgate-motors, |mara/;
const WHY = { use: 'self-monitoring', reason: 'what happened at night?' };

test('a row that stands above all agreements does not make their expected decisions be told', async () => {
  const { body } = await bench.call('hugo.port', '/versions/active/files');
  const everywhere = Array.isArray(body.files) ? '' : (body.files['everywhere.csv'] ?? '');
  const files = { 'everywhere.csv': `${everywhere.trimEnd()}\ndata, E9, anyone, any dataset, not paused, deny, -\n` };
  const made = await bench.call('hugo.port', '/versions', { files, message: 'nobody gets anything' });
  expect(made.status, made.text).toBe(201);
  for (const [path, sent] of [
    [`/versions/${made.body.version}/replays`, WHY],
    [`/proposals/${made.body.proposal}/submit`, { replay: 'none' }],
  ] as const) {
    const refused = await bench.call('hugo.port', path, sent);
    expect([refused.status, refused.body.code]).toEqual([422, 'rulebook/flawed']);
    expect(refused.body.detail).toMatch(/no party: [1-9]\d*\.$/);
    expect(refused.text).not.toMatch(OF_OTHERS);
  }
});

test('that a version of others became active is told, but not what it widens, for whom, and what its replay found', async () => {
  const path = `/proposals/${opened.body.proposal}`;
  const submission = { path: 'ordinary', partners: [], grounds: [], withheld: true };
  const seen = await bench.call('hugo.port', path);
  expect(seen.body).toMatchObject({ state: 'active', submission, approvals: [] });
  for (const { text } of [seen, await bench.call('hugo.port', ''), await bench.call('hugo.port', '/versions')])
    expect(text).not.toMatch(/dealer-sales|buyer|lars|changed by/);
  expect((await bench.call('hugo.port', `${path}/report`)).body.code).toBe('rulebook/unknown');

  const own = await bench.call('tess.marsh', path);
  const told = { message: 'changed by greta.holm', submission: { partners: ['northgate-motors'], withheld: false } };
  expect(own.body).toMatchObject(told);
  expect(own.body.approvals).toMatchObject([{ person: 'lars-berg', partner: 'northgate-motors' }]);
  expect(own.text).toMatch(/dealer-sales/);
  expect((await bench.call('tess.marsh', `${path}/report`)).status).toBe(200);
});

test('a replay counts what was asked under agreements of others, and tells nothing of it', async () => {
  expect((await bench.p.ask('mara.lindqvist', question())).status).toBe(200);
  const body = await replayed(bench, 'hugo.port', first);
  expect(body).toMatchObject({
    state: 'done',
    report: { agreements: [], notShown: 2, exchanges: { read: 0 }, legs: { replayed: 0 }, plans: { legs: 0 } },
  });
  expect(JSON.stringify(body)).not.toMatch(OF_OTHERS);
  expect(await replayed(bench, 'tess.marsh', first)).toMatchObject({
    report: { notShown: 0, legs: { replayed: 2 }, plans: { legs: 1, partners: { 'kestrel-police': 1 } } },
  });
});

test('a replay reads the log as it was when the reading was recorded, against the version that it names', async () => {
  const { report, base } = await replayed(bench, 'greta.holm', first);
  const last = bench.p.entries().at(-1);
  expect(last).toMatchObject({ kind: 'reading', details: { query: { replay: first, base } } });
  expect(report).toMatchObject({ entries: Number(last?.index) + 1, base });
});

test('whoever changes what stands above all agreements is not told what that does to pages of others', async () => {
  const { body } = await bench.call('hugo.port', '/versions/active/files');
  const roles = Array.isArray(body.files) ? '' : (body.files['roles.csv'] ?? '');
  const files = { 'roles.csv': `${roles.trimEnd()}\nowner, investigator\n` };
  const made = await bench.call('hugo.port', '/versions', { files, message: 'owners investigate' });
  const { replay } = await replayed(bench, 'hugo.port', made.body.version);
  const path = `/proposals/${made.body.proposal}`;
  const sent = await bench.call('hugo.port', `${path}/submit`, { replay });
  expect(sent.body.submission, sent.text).toMatchObject({ partners: ['northgate-motors', 'tidewater-cars'] });
  for (const { text } of [sent, await bench.call('hugo.port', path)]) {
    expect(text).not.toMatch(/vehicle-tracing|dealer-sales|buyer/);
    expect(text).toMatch(/"On pages to which your organisation is no party: \d+\."/);
  }
  expect((await bench.call('tess.marsh', path)).text).toMatch(/"vehicle-tracing, dealer-sales \(records\): /);
});

test('why a version cannot be made active is told as far as it stands on pages that one sees', async () => {
  const { body } = await bench.call('hugo.port', '/versions/active/files');
  const everywhere = Array.isArray(body.files) ? '' : (body.files['everywhere.csv'] ?? '');
  const files = { 'everywhere.csv': `// looked at\n${everywhere}` };
  const made = await bench.call('hugo.port', '/versions', { files, message: 'a remark' });
  const { replay } = await replayed(bench, 'hugo.port', made.body.version);
  const path = `/proposals/${made.body.proposal}`;
  const sent = await bench.call('hugo.port', `${path}/submit`, { replay });
  const approved = await bench.call('hilde.quay', `${path}/approve`, approvalOf(sent.body));
  expect(approved.body.state, approved.text).toBe('approved');
  registry.changed = true;
  const refused = await bench.call('hilde.quay', `${path}/activate`, {});
  expect([refused.status, refused.body.code]).toEqual([422, 'rulebook/flawed']);
  expect(refused.body.detail).toMatch(/no party: 1\.$/);
  expect(refused.text).not.toMatch(OF_OTHERS);
  expect((await bench.call('tess.marsh', `${path}/activate`, {})).body.detail).toContain('vehicle-tracing.csv:7:3');
  registry.changed = false;
  expect((await bench.call('tess.marsh', `${path}/activate`, {})).body.state).toBe('active');
});
