import { afterAll, beforeAll, expect, test } from 'vitest';
import { openReader } from '../../src/adapters/sqlite/reader.ts';
import { openApproval } from '../../src/ledger/approval.ts';
import { parseVerifierKey } from '../../src/ledger/note.ts';
import { SOLD } from './dealer.ts';
import { question } from './partnership.ts';
import { approvalOf, type Bench, draft, replayed, startBench, submitted } from './rulebook-officers.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.stop());

/** Northgate's telephone numbers are no longer told: only tighter, and only about Northgate's. */
const NO_PHONE = [[/^data,\s+D9,.*\n/m, '']] as const;
const NO_PHONE_EXPECTED = [[' buyer.phone=mask(3)@D9', '']] as const;

/** Signed in within four hours, not eight. */
const SHORTER = [['auth-age<=8h', 'auth-age<=4h']] as const;
const SHORTER_EXPECTED = [['mfa bound 8h', 'mfa bound 4h']] as const;

test('a life: drafted, replayed, submitted, approved, made active, rolled back; each step an entry', async () => {
  const first = (await bench.call('greta.holm', '')).body.active;
  expect((await bench.p.ask('mara.lindqvist', question())).status).toBe(200);
  // Wider for Northgate: telephone numbers as a whole.
  const made = await draft(
    bench,
    'greta.holm',
    [['mask(3)', 'keep']],
    [['buyer.phone=mask(3)@D9', 'buyer.phone=keep@D9']],
  );
  expect(made.body, made.text).toMatchObject({ state: 'draft' });
  const { version, proposal } = made.body;
  const { body: difference } = await bench.call('greta.holm', `/versions/active/diff/${version}`);
  expect(difference.sentences.join('\n')).toContain('D9');
  const replay = await replayed(bench, 'greta.holm', version);
  expect(replay).toMatchObject({
    state: 'done',
    report: { legs: { replayed: 1 }, plans: { legs: 1, persons: {} }, newlyRefused: { legs: 0 } },
  });

  const sent = await bench.call('greta.holm', `/proposals/${proposal}/submit`, { replay: replay.replay });
  expect(sent.body, sent.text).toMatchObject({
    state: 'submitted',
    submission: { path: 'ordinary', partners: ['northgate-motors'] },
  });
  expect((await bench.call('greta.holm', `/proposals/${proposal}/approve`, approvalOf(sent.body))).body.code).toBe(
    'people/same-person',
  );
  expect((await bench.call('pia.lund', `/proposals/${proposal}/approve`, approvalOf(sent.body))).body).toMatchObject({
    code: 'people/not-entitled',
    detail: expect.stringMatching(/and are not suspended: compliance-officer\.$/),
  });
  expect((await bench.call('greta.holm', `/proposals/${proposal}/activate`, {})).body.code).toBe('rulebook/state');

  const approved = await bench.call('lars.berg', `/proposals/${proposal}/approve`, approvalOf(sent.body));
  expect(approved.body, approved.text).toMatchObject({ state: 'approved', enough: true, missing: [] });
  const verifier = parseVerifierKey(bench.p.keys.verifierKey);
  if (verifier === undefined) throw new Error('no key');
  expect(openApproval(approved.body.approvals[0]?.note ?? '', [verifier])).toMatchObject({
    ...{ proposal, version, base: first, replay: replay.digest, person: 'lars-berg', partner: 'northgate-motors' },
    token: { sub: 'lars.berg', jti: expect.stringMatching(/^.{20,}$/) },
  });
  const active = await bench.call('lars.berg', `/proposals/${proposal}/activate`, {});
  expect(active.body, active.text).toMatchObject({ state: 'active' });
  const answer = await bench.p.ask('mara.lindqvist', question());
  expect(answer.body.rulebook).toBe(version);
  expect(answer.body.legs?.[0]?.fields).toContainEqual({ field: 'buyer.phone', treatment: 'keep', rule: 'D9' });

  const back = await replayed(bench, 'lars.berg', first);
  const rolled = await bench.call('lars.berg', `/versions/${first}/rollback`, {
    replay: back.replay,
    message: 'it was a mistake',
  });
  // Back is tighter, and about Northgate's own data alone: it needs nobody else.
  expect(rolled.body, rolled.text).toMatchObject({ kind: 'rollback', state: 'approved', submission: { path: 'own' } });
  expect((await bench.call('lars.berg', `/proposals/${rolled.body.proposal}/activate`, {})).body).toMatchObject({
    state: 'active',
  });
  expect((await bench.p.ask('mara.lindqvist', question())).body.rulebook).toBe(first);

  const events = bench.p
    .entries()
    .filter(({ kind }) => kind === 'rulebook')
    .map(({ details }) => details['event']);
  expect(events).toEqual(['start', 'draft', 'submit', 'approve', 'activate', 'rollback', 'activate']);
  expect(await bench.p.verify()).toMatchObject({ verified: true, open: 0 });
});

test('a mistake is told with its line and cannot be submitted', async () => {
  const made = await draft(bench, 'tess.marsh', [
    ['role:investigator,      tidewater-sales/buyer.name', 'role:investigater,     tidewater-sales/buyer.name'],
  ]);
  expect(made.status).toBe(201);
  const [found] = made.body.findings;
  expect(found).toMatchObject({
    severity: 'error',
    file: 'vehicle-tracing.csv',
    code: 'who/unknown',
    line: expect.any(Number),
  });
  const begun = await bench.call('tess.marsh', `/versions/${made.body.version}/replays`, {
    use: 'self-monitoring',
    reason: 'r',
  });
  expect(begun.body).toMatchObject({ code: 'rulebook/flawed' });
  expect(begun.body.detail).toContain(`vehicle-tracing.csv:${found?.line}:`);
  expect((await bench.call('tess.marsh', `/proposals/${made.body.proposal}/submit`, { replay: 'x' })).status).toBe(422);
});

test('a draft is for the partner that wrote it, until it is submitted', async () => {
  const made = await draft(bench, 'tess.marsh', [['first-part', 'drop']]);
  const unknown = await bench.call('greta.holm', `/versions/${made.body.version}`);
  expect(unknown.body.code).toBe('rulebook/unknown');
  expect((await bench.call('greta.holm', `/proposals/${made.body.proposal}`)).body.code).toBe('rulebook/unknown');
  expect(
    (await bench.call('tess.marsh', `/proposals/${made.body.proposal}/withdraw`, { reason: 'not now' })).body.state,
  ).toBe('withdrawn');
});

test('what was taken back can be drafted again, by anybody; what is open or was active cannot', async () => {
  const edit = [['first-part', 'year']] as const;
  const made = await draft(bench, 'tess.marsh', edit);
  // Nobody else knows of it, nor is told of it in passing.
  const other = await draft(bench, 'greta.holm', edit);
  expect([other.status, other.body.version]).toEqual([201, made.body.version]);
  const seen = await bench.call('greta.holm', `/versions/${made.body.version}`);
  expect(seen.body, seen.text).toMatchObject({ author: 'greta-holm', message: 'changed by greta.holm' });
  expect(seen.text).not.toContain('tess');
  expect((await bench.call('tess.marsh', `/versions/${made.body.version}`)).body).toMatchObject({
    author: 'tess-marsh',
  });

  const twice = await draft(bench, 'tess.marsh', edit);
  expect([twice.status, twice.body.code]).toEqual([409, 'rulebook/same']);
  expect(twice.body.detail).toBe(`It is proposed already: go on with ${made.body.proposal}.`);
  await bench.call('tess.marsh', `/proposals/${made.body.proposal}/withdraw`, { reason: 'not now' });
  const again = await draft(bench, 'tess.marsh', edit);
  expect([again.status, again.body.version, again.body.state]).toEqual([201, made.body.version, 'draft']);
  await bench.call('greta.holm', `/proposals/${other.body.proposal}/withdraw`, { reason: 'not now' });

  const files = (await bench.call('greta.holm', '/versions/active/files')).body.files;
  const same = await bench.call('greta.holm', '/versions', { files, message: 'as it is' });
  expect([same.status, same.body.code]).toEqual([409, 'rulebook/same']);
});

test('of two who propose the same one is first, and the other is told so', async () => {
  const edit = [['buyer.phone,', 'buyer.phone, ']] as const;
  const other = await draft(bench, 'tess.marsh', edit);
  const sent = await submitted(bench, 'greta.holm', edit);
  await bench.call('lars.berg', `/proposals/${sent.body.proposal}/approve`, approvalOf(sent.body));
  const active = await bench.call('lars.berg', `/proposals/${sent.body.proposal}/activate`, {});
  expect([active.body.state, active.body.version], active.text).toEqual(['active', other.body.version]);
  const late = await bench.call('tess.marsh', `/proposals/${other.body.proposal}/submit`, { replay: 'none' });
  expect([late.status, late.body.code, late.body.detail]).toEqual([
    ...[409, 'rulebook/state', 'It is the active version already.'],
  ]);
});

test('an emergency that only tightens needs one pair of eyes, and a second afterwards; it outlives a restart', async () => {
  const sent = await submitted(bench, 'hugo.port', SHORTER, SHORTER_EXPECTED, { emergency: true });
  expect(sent.body, sent.text).toMatchObject({ state: 'approved', submission: { path: 'emergency', partners: [] } });
  const { proposal, version } = sent.body;
  const active = await bench.call('hugo.port', `/proposals/${proposal}/activate`, {});
  expect(active.body, active.text).toMatchObject({
    state: 'active',
    reviewBy: expect.any(String),
    reviewOverdue: false,
  });
  await bench.p.running().stop();
  const again = await bench.p.restart();
  expect((await bench.call('hugo.port', '')).body).toMatchObject({
    active: version,
    inFiles: expect.stringMatching(/^sha256:/),
  });
  const ready: unknown = await (await fetch(`${again.ops}/readyz`)).json();
  const beside = { source: 'store', active: version, reviewOverdue: false };
  expect(ready).toMatchObject({ information: { rulebook: beside } });
  expect((await bench.call('hugo.port', `/proposals/${proposal}/review`, { reason: 'r' })).body.code).toBe(
    'people/same-person',
  );
  expect((await bench.call('hilde.quay', `/proposals/${proposal}/review`, { reason: 'looked at' })).body).toMatchObject(
    { reviewer: 'hilde-quay' },
  );
});

test('what is scheduled becomes active at its time, by itself', async () => {
  const sent = await submitted(bench, 'greta.holm', NO_PHONE, NO_PHONE_EXPECTED);
  expect(sent.body, sent.text).toMatchObject({ state: 'approved', submission: { path: 'own' } });
  const at = new Date(Date.now() + 300).toISOString();
  expect((await bench.call('greta.holm', `/proposals/${sent.body.proposal}/activate`, { at })).body.state).toBe(
    'scheduled',
  );
  await expect
    .poll(async () => (await bench.call('greta.holm', '')).body.active, { timeout: 5_000 })
    .toBe(sent.body.version);
  expect(bench.p.entries().at(-1)?.details).toMatchObject({ event: 'activate', who: null });
});

test('a question on trial is an entry that bears its scheme; the identifier is written nowhere', async () => {
  const before = bench.p.entries().length;
  const asked = await bench.call('greta.holm', '/versions/active/what-if', { ...question(), person: 'greta-holm' });
  expect(asked.status, asked.text).toBe(200);
  const [entry, ...more] = bench.p.entries().slice(before);
  expect([entry, more]).toMatchObject([
    { kind: 'rulebook', details: { event: 'what-if', about: 'greta-holm', project: 'op-gearbox', scheme: 'vin' } },
    [],
  ]);
  const reader = openReader(bench.p.state);
  try {
    const opened = reader.openDetails(entry?.index ?? -1, bench.p.keys.kek);
    expect(opened?.subject).toBeNull();
    expect(JSON.stringify(opened)).not.toContain(SOLD);
  } finally {
    reader.close();
  }
});
