import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { question } from '../gateway/partnership.ts';
import { approvalOf, type Bench, draft, replayed, startBench, submitted } from '../gateway/rulebook-officers.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.stop());

/** Wider for Northgate, written by its own officer; and what is expected of it. */
const WIDER = [['mask(3)', 'keep']] as const;
const WIDER_EXPECTED = [['buyer.phone=mask(3)@D9', 'buyer.phone=keep@D9']] as const;
const approve = (as: Parameters<Bench['call']>[0], proposal: string, body: unknown) =>
  bench.call(as, `/proposals/${proposal}/approve`, body);
const activate = (as: Parameters<Bench['call']>[0], proposal: string) =>
  bench.call(as, `/proposals/${proposal}/activate`, {});

/** Changes the store as an intruder would, beside the gateway. */
function tampered(proposal: string, change: (told: Record<string, unknown>) => Record<string, unknown>): void {
  const db = new Database(`${bench.p.state}/ledger.db`);
  const row = db.prepare<[string], string>('SELECT told FROM rulebook_proposals WHERE id = ?').pluck().get(proposal);
  const told: Record<string, unknown> = change(JSON.parse(String(row)));
  db.prepare('UPDATE rulebook_proposals SET told = ?, state = ? WHERE id = ?').run(
    JSON.stringify(told),
    told['state'],
    proposal,
  );
  db.close();
}

test('two officers of one partner do not widen another’s data; nor does anybody approve for a partner not their own', async () => {
  // Hugo and Hilde are of the federation; the telephone numbers are Northgate's.
  const sent = await submitted(bench, 'hugo.port', WIDER, WIDER_EXPECTED);
  expect(sent.body, sent.text).toMatchObject({ submission: { path: 'ordinary', partners: ['northgate-motors'] } });
  const { proposal } = sent.body;
  expect((await approve('hugo.port', proposal, approvalOf(sent.body))).body.code).toBe('people/same-person');
  expect((await approve('hilde.quay', proposal, approvalOf(sent.body))).body).toMatchObject({
    ...{ state: 'partly-approved', missing: ['northgate-motors'], enough: false },
  });
  expect((await approve('tess.marsh', proposal, approvalOf(sent.body))).body.state).toBe('partly-approved');
  expect((await activate('hilde.quay', proposal)).body.code).toBe('rulebook/state');

  // Another digest than the one submitted, and another report.
  const other = { ...approvalOf(sent.body), version: `sha256:${'0'.repeat(64)}` };
  expect((await approve('greta.holm', proposal, other)).body.code).toBe('rulebook/approval');
  const report = { ...approvalOf(sent.body), replay: `sha256:${'0'.repeat(64)}` };
  expect((await approve('greta.holm', proposal, report)).body.code).toBe('rulebook/approval');

  // In the store: an approval invented, a true one given to another person, and the need for any taken away.
  const [note = ''] = (await bench.call('hugo.port', `/proposals/${proposal}`)).body.approvals.map((one) => one.note);
  const forged = (signed: string) => ({
    person: 'greta-holm',
    partner: 'northgate-motors',
    round: 1,
    time: Date.now(),
    note: signed,
  });
  for (const signed of [
    note.replace('motor-trade-federation', 'northgate-motors'),
    note,
    'five-safes rulebook approval v1\n',
  ]) {
    tampered(proposal, (told) => ({ ...told, state: 'approved', approvals: [forged(signed)] }));
    expect((await activate('hilde.quay', proposal)).body.code).toBe('rulebook/approval');
  }
  tampered(proposal, (told) => ({
    ...{ ...told, state: 'approved', approvals: [] },
    submission: { ...Object(told['submission']), needs: { path: 'emergency', partners: [] } },
  }));
  expect((await activate('hilde.quay', proposal)).body.code).toBe('rulebook/approval');
  expect((await bench.call('hugo.port', `/proposals/${proposal}/withdraw`, { reason: 'enough' })).body.state).toBe(
    'withdrawn',
  );

  // A true approval of one proposal does nothing for the next.
  const replay = (await replayed(bench, 'hugo.port', sent.body.version)).replay;
  expect((await bench.call('hugo.port', `/proposals/${proposal}/submit`, { replay })).body.code).toBe('rulebook/state');
});

test('what widens is no emergency, what has mistakes does not become active, and an earlier approval is void', async () => {
  const made = await draft(
    bench,
    'greta.holm',
    [['band(10000)', 'keep']],
    [['sale.mileage=band(10000)@D16', 'sale.mileage=keep@D16']],
  );
  const { replay } = await replayed(bench, 'greta.holm', made.body.version);
  const path = `/proposals/${made.body.proposal}`;
  expect((await bench.call('greta.holm', `${path}/submit`, { replay, emergency: true })).body.code).toBe(
    'rulebook/not-tightening',
  );
  expect((await bench.call('greta.holm', `${path}/submit`, { replay: made.body.proposal })).body.code).toBe(
    'rulebook/replay',
  );
  const failing = await draft(bench, 'greta.holm', [['band(10000)', 'drop']]);
  const refused = await bench.call('greta.holm', `/proposals/${failing.body.proposal}/submit`, { replay });
  expect([refused.status, refused.body.code]).toEqual([422, 'rulebook/flawed']);
  expect(refused.body.detail).toContain('expected/decision');
  tampered(failing.body.proposal, (told) => ({ ...told, state: 'approved' }));
  expect((await activate('greta.holm', failing.body.proposal)).body.code).toBe('rulebook/approval');

  const sent = await bench.call('greta.holm', `${path}/submit`, { replay });
  const [one, two] = await Promise.all(
    [1, 2].map(() => approve('lars.berg', made.body.proposal, approvalOf(sent.body))),
  );
  expect([one?.status, two?.status].toSorted()).not.toEqual([200, 200]);
});

test('an edited text, or another version put in its place, is not served at the next start', async () => {
  const page = await draft(bench, 'greta.holm', [['first-part', 'keep']], [['postcode=first-part', 'postcode=keep']]);
  const before = (await bench.call('greta.holm', '')).body.active;
  await bench.p.running().stop();
  const db = new Database(`${bench.p.state}/ledger.db`);
  const [active] = db
    .prepare<[], { id: string; told: string }>("SELECT id, told FROM rulebook_proposals WHERE state = 'active'")
    .all();
  const swapped = JSON.stringify({ ...JSON.parse(active?.told ?? ''), version: page.body.version });
  const write = (version: string, told: string) =>
    db.prepare('UPDATE rulebook_proposals SET version = ?, told = ? WHERE id = ?').run(version, told, active?.id);
  write(page.body.version, swapped);
  await expect(bench.p.restart()).rejects.toThrow(/the log says/);
  write(before, active?.told ?? '');
  db.exec('DROP TRIGGER rulebook_files_no_update');
  const text = db
    .prepare<[string], string>("SELECT text FROM rulebook_files WHERE version = ? AND name = 'vehicle-tracing.csv'")
    .pluck()
    .get(before);
  const put = (is: string) =>
    db.prepare("UPDATE rulebook_files SET text = ? WHERE version = ? AND name = 'vehicle-tracing.csv'").run(is, before);
  put(String(text).replace('mask(3)', 'keep'));
  await expect(bench.p.restart()).rejects.toThrow(/the files are those of/);
  put(String(text));
  db.close();
  await bench.p.restart();
  expect((await bench.p.ask('mara.lindqvist', question())).body.rulebook).toBe(before);
});

test('text on a page stays text: it is quoted in words, and no name leads out of a directory', async () => {
  const says = 'ignore all rules\u001b[2J';
  const made = await draft(bench, 'greta.holm', [
    [
      '// Data of the Northgate branches',
      `"data,${says}\nrow: approved by everybody",x\n// Data of the Northgate branches`,
    ],
  ]);
  const { body } = await bench.call('greta.holm', `/versions/active/diff/${made.body.version}`);
  expect(body.sentences.some((line) => line.includes('\\u001b'))).toBe(true);
  expect(body.sentences.join('')).not.toMatch(/\p{Cc}/u);
  const climbing = await bench.call('greta.holm', '/versions', { files: { '../../x.csv': 'x' }, message: 'm' });
  expect(climbing.status).toBeGreaterThanOrEqual(400);
});

test('nobody becomes an officer, and no auditor is disabled, by what roles.csv lets roles include', async () => {
  const { body } = await bench.call('hugo.port', '/versions/active/files');
  const was = Array.isArray(body.files) ? '' : (body.files['roles.csv'] ?? '');
  const roles = was
    .replace(/^(investigator, +)-/m, '$1compliance-officer')
    .replace(/^(auditor, +)-/m, '$1compliance-officer');
  expect(roles.match(/, +compliance-officer$/gm)).toHaveLength(2);
  const made = await bench.call('hugo.port', '/versions', { files: { 'roles.csv': roles }, message: 'tightened' });
  const { replay } = await replayed(bench, 'hugo.port', made.body.version);
  const path = `/proposals/${made.body.proposal}`;
  await bench.call('hugo.port', `${path}/submit`, { replay, emergency: true });
  expect((await activate('hugo.port', made.body.proposal)).body.state).toBe('active');

  // Whatever it took to make it active: Mara is an investigator, and Pia an auditor as before.
  for (const office of ['/v1/rulebook', '/v1/erasures', '/v1/holds'])
    expect((await bench.p.send(office, 'mara.lindqvist')).body.code).toBe('people/not-entitled');
  expect((await bench.p.send('/v1/audit', 'mara.lindqvist')).text).not.toContain('log/report');
  expect((await bench.call('pia.lund', '')).status).toBe(200);
  expect((await bench.call('hugo.port', '')).status).toBe(200);
});

test('who tightens an own row and changes what is everybody’s or another’s beside it is looked at by somebody else', async () => {
  // A bench of its own: the roles of the other one have changed.
  const fresh = await startBench();
  const row = [/^data, +D9,.*\n/m, ''] as const;
  const cells = [' buyer.phone=mask(3)@D9', ''] as const;
  const pathOf = async (page: Parameters<typeof draft>[2], expected: Parameters<typeof draft>[3]) => {
    const sent = await submitted(fresh, 'greta.holm', page, expected);
    return sent.body.submission?.['path'] ?? sent.text;
  };
  try {
    // Case of Tidewater deleted; remark among the expected decisions; what the row of a page must say.
    for (const more of [
      [/^nor is it for a hit at Tidewater.*\n/m, ''],
      [/^\/\/ What the page must decide\./m, '// What the page should decide.'],
      [/^page, everywhere,.*\n/m, ''],
    ] as const)
      expect(await pathOf([row], [cells, more])).toBe('ordinary');
    // A remark on the page.
    expect(await pathOf([row, [': a smaller dealer that gives less', '']], [cells])).toBe('ordinary');
    // Own rows, own expected decisions and blank lines alone need nobody.
    expect(await pathOf([[/^data, +D9,.*\n/m, '\n']], [cells])).toBe('own');
  } finally {
    await fresh.stop();
  }
});

test('who sees nothing of an emergency does not answer for it afterwards; a party does', async () => {
  const apart = await startBench({
    'agreements.yaml': [
      ['tidewater-cars, motor-trade-federation]', 'tidewater-cars]'],
      ['{ partner: motor-trade-federation, scope: all }', '{ partner: northgate-motors, scope: all }'],
    ],
  });
  try {
    const sent = await submitted(
      apart,
      'greta.holm',
      [['auth-age<=8h', 'auth-age<=4h']],
      [['mfa bound 8h', 'mfa bound 4h']],
      { emergency: true },
    );
    const path = `/proposals/${sent.body.proposal}`;
    expect((await apart.call('greta.holm', `${path}/activate`, {})).body.state).toBe('active');
    const review = (as: Parameters<Bench['call']>[0]) => apart.call(as, `${path}/review`, { reason: 'looked at' });
    expect((await review('hugo.port')).body.code).toBe('people/not-entitled');
    expect((await review('greta.holm')).body.code).toBe('people/same-person');
    expect((await review('tess.marsh')).body).toMatchObject({ reviewer: 'tess-marsh' });
  } finally {
    await apart.stop();
  }
});
