import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { shownTo } from '../../src/gateway/audit/desk.ts';
import { openedExchange } from '../../src/ledger/opened.ts';
import { type Auditors, type Reader, startAuditors } from '../gateway/auditors.ts';
import { SOLD } from '../gateway/dealer.ts';
import { type Partnership, question, startPartnership } from '../gateway/partnership.ts';
import { exchangeDrafts, recorded } from '../ledger/records.ts';
import { AGREEMENT, PROJECT } from '../safes/workshop.ts';

const STATED = { use: 'lawfulness', reason: 'complaint 2026-31' };
const LIMIT = 3;
let auditors: Auditors;
let p: Partnership;
let kestrels = '';
beforeAll(async () => {
  auditors = await startAuditors(`identifierSearchesPerDay: ${LIMIT}`);
  p = await startPartnership(auditors.edits);
  for (let i = 0; i < 3; i++) kestrels = (await p.ask('mara.lindqvist', question())).body.exchange ?? '';
});
afterAll(async () => {
  await p.stop();
  await auditors.stop();
});

const post = (as: Reader, path: string, body: unknown) => auditors.post(p, as, `/v1/audit/${path}`, body);
const readings = () => p.entries().filter(({ kind }) => kind === 'reading');

test("an auditor of another partner finds, opens and reports nothing of this partner's", async () => {
  for (const find of [{}, { partner: 'kestrel-police' }, { person: 'mara-lindqvist' }, { result: 'released' }]) {
    const { status, text } = await post('joris.maes', 'search', { ...STATED, find });
    expect([status, JSON.parse(text).exchanges, JSON.parse(text).next]).toEqual([200, [], null]);
  }
  expect((await post('joris.maes', `exchanges/${kestrels}`, STATED)).status).toBe(404);
  const period = { from: '2020-01-01T00:00:00Z', until: '2099-01-01T00:00:00Z' };
  for (const report of ['disclosures', 'refusals', 'volumes']) {
    const { text } = await post('joris.maes', 'reports', { ...STATED, ...period, report });
    expect(text).not.toMatch(/mara-lindqvist|kestrel-police|op-gearbox/);
  }
});

test('a cursor is of use to its reader alone, as it is, and is no way around a duty that ended', async () => {
  const { text } = await post('piet.verhoeven', 'search', { ...STATED, find: {}, limit: 1 });
  const cursor: string = JSON.parse(text).next;
  expect((await post('piet.verhoeven', 'search/next', { cursor })).status).toBe(200);
  for (const as of ['tomas.brandt', 'joris.maes', 'hanna.sorel'] as const) {
    expect((await post(as, 'search/next', { cursor })).status).toBe(400);
  }
  expect((await post('nils.okafor', 'search/next', { cursor })).status).toBe(403);
  const forged = [
    cursor.slice(0, -1),
    `${cursor}A`,
    cursor.slice(1),
    Buffer.from('{"reading":0}').toString('base64url'),
  ];
  for (const one of forged) expect((await post('piet.verhoeven', 'search/next', { cursor: one })).status).toBe(400);
});

test('plates can be looked up and not tried out: so many a day, all at once or after a restart', async () => {
  const look = (i: number) =>
    post('tomas.brandt', 'search', { ...STATED, find: { by: { registration: `NG-${i}-A` } } });
  const statuses = (await Promise.all([1, 2, 3, 4, 5].map(look))).map(({ status }) => status);
  expect(statuses.toSorted()).toEqual([200, 200, 200, 429, 429]);
  const before = readings().length;
  await p.gateway.stop();
  await p.restart();
  const late = await look(6);
  expect([late.status, Number(late.headers.get('retry-after')) > 0]).toEqual([429, true]);
  // Each try is in the log, those that were turned away too.
  expect(readings()).toHaveLength(before + 1);
  expect((await post('tomas.brandt', 'search', { ...STATED, find: { person: 'mara-lindqvist' } })).status).toBe(200);
});

test('a project moved to an agreement that lets holders see more opens nothing of what was asked before', () => {
  const of = recorded();
  const { accountability, subject } = JSON.parse(JSON.stringify(exchangeDrafts(of, 0)[0]));
  const opened = openedExchange(of.exchange, { index: 0, time: '', accountability, subject }, null);
  if (opened === null) throw new Error('not opened');
  const permit = { plan: [], maxRows: 1, terms: [] };
  const holder = { leave: { asker: null, holder: 'northgate-motors', self: null, agreements: [] } };
  const agreements = [
    { ...AGREEMENT, id: 'vehicle-tracing', holderSees: ['case'] as const },
    { ...AGREEMENT, id: 'open-one', holderSees: ['person', 'justification'] as const },
  ];
  const audit = { agreements, project: () => ({ ...PROJECT, agreement: 'open-one' }) };
  const legs = opened.legs.map((leg) => ({ ...leg, permit }));
  expect(shownTo({ audit }, holder, { ...opened, legs })).toMatchObject({
    ...{ side: 'holder', agreement: 'vehicle-tracing', case: 'KP-2026-AB', justification: null },
    ...{ who: { person: null }, keptBack: ['account', 'address', 'person', 'justification'] },
  });
  // Only where the facts name no agreement does the project's say it.
  const untold = legs.map((leg) => ({ ...leg, facts: {} }));
  expect(shownTo({ audit }, holder, { ...opened, legs: untold })).toMatchObject({
    ...{ agreement: null, case: null, justification: 'engine found', who: { person: 'mara-lindqvist' } },
  });
});

test('one report at a time: many at once from one reader are turned away, and nobody else is', async () => {
  const period = { from: '2020-01-01T00:00:00Z', until: '2099-01-01T00:00:00Z' };
  const make = async (as: Reader) => (await post(as, 'reports', { ...STATED, ...period, report: 'volumes' })).status;
  const before = readings().length;
  const [others, ...own] = await Promise.all([make('pia.lund'), ...[1, 2, 3, 4].map(() => make('piet.verhoeven'))]);
  expect([others, own.toSorted()[0], own.includes(429)]).toEqual([200, 200, true]);
  expect(new Set(own)).toEqual(new Set([200, 429]));
  // What was turned away read nothing, and is no reading.
  expect(readings().length - before).toBe(1 + own.filter((status) => status === 200).length);
  expect(await make('piet.verhoeven')).toBe(200);
});

test('a reading that cannot be recorded gives nothing', async () => {
  const files = ['ledger.db', 'ledger.db-wal', 'ledger.db-shm'];
  for (const file of files) renameSync(join(p.state, file), join(p.root, file));
  const period = { from: '2020-01-01T00:00:00Z', until: '2099-01-01T00:00:00Z' };
  for (const [path, body] of [
    ['search', { ...STATED, find: { person: 'mara-lindqvist' } }],
    [`exchanges/${kestrels}`, STATED],
    ['reports', { ...STATED, ...period, report: 'disclosures' }],
  ] as const) {
    const { status, body: told, text } = await post('piet.verhoeven', path, body);
    expect([status, told.code]).toEqual([503, 'ledger/unavailable']);
    expect(text).not.toMatch(/mara|gearbox/);
    expect(text).not.toContain(SOLD);
  }
  for (const file of files) renameSync(join(p.root, file), join(p.state, file));
});
