import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { fromBase64 } from '../../src/ledger/base64.ts';
import { openCheckpoint } from '../../src/ledger/checkpoint.ts';
import { leafHash } from '../../src/ledger/merkle.ts';
import { parseVerifierKey } from '../../src/ledger/note.ts';
import { verifyInclusion } from '../../src/ledger/proof.ts';
import { type Auditors, type Reader, startAuditors } from './auditors.ts';
import { ABSENT, SOLD } from './dealer.ts';
import { type Partnership, question, startPartnership } from './partnership.ts';

let auditors: Auditors;
let p: Partnership;
/** Exchanges of Mara Lindqvist: released; no record; refused for its case, so put to nobody; both datasets. */
let released = '';
let none = '';
let refused = '';
let both = '';
/** Of Joris Maes. */
let harbours = '';

beforeAll(async () => {
  auditors = await startAuditors();
  p = await startPartnership(auditors.edits);
  const ask = async (...given: Parameters<Partnership['ask']>) => (await p.ask(...given)).body.exchange ?? '';
  released = await ask('mara.lindqvist', question());
  none = await ask('mara.lindqvist', question({}, { by: { vin: ABSENT } }));
  refused = await ask('mara.lindqvist', question({ case: 'wrong' }));
  both = await ask('mara.lindqvist', question({}, { datasets: ['dealer-sales', 'tidewater-sales'] }));
  await p.send('/v1/me/undertakings/confidentiality', 'joris.maes', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"version":1}',
  });
  harbours = await ask('joris.maes', question({ project: 'op-slipway', case: 'HP/26/00001' }));
});
afterAll(async () => {
  await p.stop();
  await auditors.stop();
});

const STATED = { use: 'lawfulness', reason: 'complaint 2026-31' };
const found = z.looseObject({
  reading: z.int(),
  size: z.int(),
  exchanges: z.array(z.looseObject({ exchange: z.string(), person: z.string().nullable() })),
  next: z.string().nullable(),
});
const opened = z.looseObject({
  opened: z.looseObject({ exchange: z.string(), side: z.string(), legs: z.array(z.looseObject({})) }),
  evidence: z.looseObject({
    checkpoint: z.string(),
    entries: z.array(
      z.looseObject({ index: z.int(), kind: z.string(), entry: z.string(), proof: z.array(z.string()) }),
    ),
  }),
});
const report = z.looseObject({
  rows: z.array(z.looseObject({})),
  summary: z.looseObject({}),
  first: z.int(),
  end: z.int(),
});

async function search(as: Reader, find: unknown, more: Readonly<Record<string, unknown>> = {}) {
  const answer = await auditors.post(p, as, '/v1/audit/search', { ...STATED, find, ...more });
  expect(answer.status, answer.text).toBe(200);
  return found.parse(JSON.parse(answer.text));
}
const idsOf = async (as: Reader, find: unknown) => (await search(as, find)).exchanges.map((e) => e.exchange);
const open = (as: Reader, id: string) => auditors.post(p, as, `/v1/audit/exchanges/${id}`, STATED);
async function reported(as: Reader, name: string) {
  const day = 24 * 60 * 60 * 1_000;
  const period = { from: new Date(Date.now() - day).toISOString(), until: new Date(Date.now() + day).toISOString() };
  const answer = await auditors.post(p, as, '/v1/audit/reports', { ...STATED, report: name, ...period });
  expect(answer.status, answer.text).toBe(200);
  return report.parse(JSON.parse(answer.text));
}
const readings = () => p.entries().filter(({ kind }) => kind === 'reading');

describe('a search', () => {
  test('finds by each attribute, newest first, those that have all that is named', async () => {
    const of = (find: unknown) => idsOf('piet.verhoeven', find);
    expect(await of({})).toEqual([harbours, both, released, none, refused].toSorted().reverse());
    expect(await of({ person: 'mara-lindqvist', by: { vin: SOLD } })).toEqual([both, refused, released]);
    expect(await of({ by: { vin: ` ${SOLD.toLowerCase()}` }, result: 'released' })).toContain(released);
    expect(await of({ by: { vin: SOLD.slice(0, -1) } })).toEqual([]);
    expect(await of({ result: 'refused' })).toEqual([refused]);
    expect(await of({ refusedBy: 'projects', code: 'projects/case' })).toEqual([refused]);
    expect(await of({ state: 'none', dataset: 'dealer-sales' })).toContain(none);
    expect(await of({ holder: 'tidewater-cars' })).toEqual([both]);
    expect(await of({ project: 'op-slipway' })).toEqual([harbours]);
    expect(await of({ case: 'HP/26/00001', partner: 'harbour-police' })).toEqual([harbours]);
    expect(await of({ rule: 'vehicle-tracing/P1', result: 'refused' })).toEqual([refused]);
    expect(await of({ rule: 'vehicle-tracing/none-such' })).toEqual([]);
    expect(await of({ until: new Date(Date.now() - 3_600_000).toISOString() })).toEqual([]);
    expect(await of({ from: new Date(Date.now() - 3_600_000).toISOString() })).toHaveLength(5);
  });

  test('shows no identifier, and the reading says what was searched for under seal apart', async () => {
    const { text } = await auditors.post(p, 'piet.verhoeven', '/v1/audit/search', {
      ...STATED,
      find: { by: { vin: SOLD } },
    });
    expect(text).not.toContain(SOLD);
    const last = readings().at(-1);
    expect(last?.details).toMatchObject({
      who: { person: 'piet-verhoeven', partner: 'motor-trade-federation' },
      ...STATED,
      query: { find: { scheme: 'vin' } },
    });
    expect(JSON.stringify(last?.details)).not.toContain(SOLD);
  });

  test('is one entry, however many pages; later pages see the tree of the first', async () => {
    const before = readings().length;
    const first = await search('piet.verhoeven', {}, { limit: 2 });
    const later = await p.ask('mara.lindqvist', question());
    const pages = [first];
    for (let next = first.next; next !== null; ) {
      const answer = await auditors.post(p, 'piet.verhoeven', '/v1/audit/search/next', { cursor: next });
      const page = found.parse(JSON.parse(answer.text));
      expect([page.reading, page.size]).toEqual([first.reading, first.size]);
      pages.push(page);
      next = page.next;
    }
    expect(readings().length).toBe(before + 1);
    expect(readings().at(-1)?.index).toBe(first.reading);
    const ids = pages.flatMap((page) => page.exchanges.map((e) => e.exchange));
    expect([...ids].sort()).toEqual([harbours, both, released, none, refused].toSorted());
    expect(ids).not.toContain(later.body.exchange);
  });
});

describe('reach', () => {
  test("each sees its own partner's exchanges", async () => {
    expect(await idsOf('tomas.brandt', { case: 'KP-2026-AB', result: 'partial' })).not.toContain(harbours);
    expect(await idsOf('joris.maes', {})).toEqual([harbours]);
    expect(await idsOf('tomas.brandt', {})).toEqual(expect.arrayContaining([both, refused, none, released]));
    expect(await idsOf('tomas.brandt', {})).not.toContain(harbours);
    expect(await idsOf('mara.lindqvist', { result: 'refused' })).toEqual([refused]);
    expect(await idsOf('mara.lindqvist', { person: 'joris-maes' })).toEqual([]);
  });

  test('a holder sees what was put to it, and not what only the asker may know', async () => {
    const ids = await idsOf('hanna.sorel', {});
    expect(ids).toEqual(expect.arrayContaining([released, none, both, harbours]));
    expect(ids).not.toContain(refused);
    expect(await idsOf('hanna.sorel', { person: 'joris-maes' })).toEqual([harbours]);
    expect(await idsOf('hanna.sorel', { case: 'HP/26/00001' })).toEqual([]);
    expect(await idsOf('hanna.sorel', { dataset: 'tidewater-sales' })).toEqual([]);

    const { text } = await open('hanna.sorel', both);
    const { opened: exchange, evidence } = opened.parse(JSON.parse(text));
    expect(exchange).toMatchObject({
      side: 'holder',
      keptBack: ['account', 'address', 'case', 'justification', 'legs of others'],
      case: null,
      justification: null,
      who: { partner: 'kestrel-police', person: 'mara-lindqvist', subject: null, address: null },
      by: { scheme: 'vin', value: SOLD },
    });
    expect(exchange.legs.map((leg) => leg['dataset'])).toEqual(['dealer-sales']);
    expect(text).not.toMatch(/KP-2026-AB|engine found|127\.0\.0\.1|tidewater/);
    expect(evidence.entries.map((e) => e.kind)).toEqual(['asked', 'outcome']);
  });

  test.each<[string, Reader]>([
    ['an auditor who is suspended', 'nils.okafor'],
    ['a data steward whose appointment has ended', 'emil.roth'],
  ])('%s reads nothing', async (_, as) => {
    const before = readings().length;
    for (const [path, body] of [
      ['search', { ...STATED, find: {} }],
      [`exchanges/${released}`, STATED],
      ['reports', { ...STATED, report: 'refusals', from: '2026-01-01T00:00:00Z', until: '2026-02-01T00:00:00Z' }],
    ] as const) {
      const answer = await auditors.post(p, as, `/v1/audit/${path}`, body);
      expect([answer.status, answer.body.code]).toEqual([403, 'audit/not-entitled']);
    }
    expect(readings().length).toBe(before);
  });

  test('what one may read is told without a reading', async () => {
    const before = readings().length;
    const { text } = await auditors.get(p, 'piet.verhoeven', '/v1/audit');
    expect(JSON.parse(text)).toMatchObject({
      actions: [{ action: 'log/find', agreements: ['vehicle-tracing'] }, {}, {}],
      uses: [{ use: 'lawfulness' }, {}, {}, {}],
    });
    expect(JSON.parse((await auditors.get(p, 'nils.okafor', '/v1/audit')).text)).toMatchObject({ actions: [] });
    expect(readings().length).toBe(before);
  });
});

describe('one exchange', () => {
  test('opens with facts, five findings, what was returned and withheld, and entries that prove', async () => {
    const answer = await open('tomas.brandt', released);
    expect(answer.status).toBe(200);
    const { opened: exchange, evidence } = opened.parse(JSON.parse(answer.text));
    expect(exchange).toMatchObject({
      side: 'whole',
      keptBack: [],
      result: 'released',
      who: { person: 'mara-lindqvist' },
      justification: 'engine found without a car',
      by: { scheme: 'vin', value: SOLD },
      legs: [
        {
          findings: { people: { verdict: 'allow' }, outputs: { rule: 'O1' } },
          returned: expect.arrayContaining([{ field: 'buyer.name', treatment: 'keep', rule: 'D7' }]),
          withheld: expect.arrayContaining(['buyer.email']),
          facts: { 'caller.person': 'mara-lindqvist', 'enquiry.case': 'KP-2026-AB' },
        },
      ],
    });
    const verifier = parseVerifierKey(p.keys.verifierKey);
    const tree = verifier === undefined ? undefined : openCheckpoint(evidence.checkpoint, verifier);
    expect(evidence.entries.map((e) => e.kind)).toEqual(['asked', 'outcome']);
    for (const { index, entry, proof } of evidence.entries) {
      const steps = proof.map((step) => fromBase64(step, 32) ?? Buffer.alloc(0));
      expect(tree && verifyInclusion(leafHash(Buffer.from(entry)), index, tree.size, steps, tree.root)).toBe(true);
    }
  });

  test("another partner's exchange and none at all are told alike, and both attempts are recorded", async () => {
    const before = readings().length;
    const answers = [await open('joris.maes', released), await open('joris.maes', released.replace(/.{4}$/, '0000'))];
    expect(answers.map(({ status, body }) => [status, body.code, body.detail])).toEqual([
      [404, 'exchange/unknown', 'There is no such exchange of yours.'],
      [404, 'exchange/unknown', 'There is no such exchange of yours.'],
    ]);
    expect(
      readings()
        .slice(before)
        .map(({ details }) => details['query']),
    ).toEqual([{ exchange: released }, { exchange: released.replace(/.{4}$/, '0000') }]);
  });
});

describe('reports', () => {
  test('completeness: nothing is missing, and the neighbours of the period are proved', async () => {
    const { rows, summary, first, end } = await reported('joris.maes', 'completeness');
    expect([rows, summary]).toMatchObject([[], { complete: true, gaps: 0, open: 0, nothingHappened: false }]);
    expect([first, summary['last']]).toEqual([0, end - 1]);

    const past = { from: '2020-01-01T00:00:00Z', until: '2020-02-01T00:00:00Z' };
    const answer = await auditors.post(p, 'joris.maes', '/v1/audit/reports', {
      ...STATED,
      report: 'completeness',
      ...past,
    });
    expect(JSON.parse(answer.text)).toMatchObject({
      first: 0,
      end: 0,
      rows: [],
      summary: { complete: true, nothingHappened: true, bounds: { entries: [{ index: 0 }] } },
    });
  });

  test('disclosures: what went to whom, for the reader alone', async () => {
    const all = await reported('piet.verhoeven', 'disclosures');
    expect(all.rows.map((row) => row['recipient'])).toEqual(
      expect.arrayContaining(['kestrel-police', 'harbour-police']),
    );
    const own = await reported('tomas.brandt', 'disclosures');
    expect(new Set(own.rows.map((row) => row['recipient']))).toEqual(new Set(['kestrel-police']));
    expect(own.rows[0]).toMatchObject({
      holder: 'northgate-motors',
      dataset: 'dealer-sales',
      purpose: 'SuspectedCrimeInvestigation',
      fields: expect.arrayContaining(['buyer.name']),
    });
    const holders = await reported('hanna.sorel', 'disclosures');
    expect(new Set(holders.rows.map((row) => row['holder']))).toEqual(new Set(['northgate-motors']));
  });

  test('refusals, volumes and readings', async () => {
    const refusals = await reported('tomas.brandt', 'refusals');
    expect(refusals.rows).toContainEqual(
      expect.objectContaining({ safe: 'projects', code: 'projects/case', count: 1 }),
    );
    expect((await reported('tomas.brandt', 'volumes')).summary).toMatchObject({ persons: 1, remarked: 0 });
    const { rows } = await reported('piet.verhoeven', 'readings');
    expect(rows.length).toBeGreaterThan(5);
    expect(new Set(rows.map((row) => row['who']))).toEqual(new Set(['piet-verhoeven']));
  });
});

test.each([
  ['search', { find: {} }, 'use'],
  ['search', { ...STATED, use: 'curiosity', find: {} }, 'use'],
  ['search', { ...STATED, reason: '', find: {} }, 'reason'],
  ['search', { ...STATED, find: { by: { vin: 'WVW*' } } }, 'find.by.vin'],
  ['search', { ...STATED, find: { by: { vin: SOLD, registration: 'NG-1' } } }, 'find.by'],
  ['search', { ...STATED, find: { plate: 'x' } }, 'find'],
  ['search/next', { cursor: 'x' }, 'cursor'],
  ['reports', { ...STATED, report: 'refusals', from: '2026-02-01T00:00:00Z', until: '2026-01-01T00:00:00Z' }, 'until'],
])(
  'a body that is not as it should be is refused before anything is recorded or read: %s %j',
  async (path, body, at) => {
    const before = readings().length;
    const answer = await auditors.post(p, 'piet.verhoeven', `/v1/audit/${path}`, body);
    expect([answer.status, answer.body.code, answer.body.errors?.[0]?.path]).toEqual([400, 'request/malformed', at]);
    expect(readings().length).toBe(before);
  },
);

test('who asked the rules what is found and opened as well, without a holder having been asked', async () => {
  const explained = await p.send('/v1/explain', 'mara.lindqvist', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(question({ case: 'wrong' })),
  });
  expect(explained.status, explained.text).toBe(200);
  const { exchanges } = await search('piet.verhoeven', { result: 'explained', person: 'mara-lindqvist' });
  expect(exchanges).toMatchObject([{ result: 'explained', time: expect.stringContaining('T'), legs: [{}] }]);
  const id = exchanges[0]?.exchange ?? '';
  const { text, status } = await open('piet.verhoeven', id);
  expect(status, text).toBe(200);
  expect(opened.parse(JSON.parse(text))).toMatchObject({
    opened: { exchange: id, asked: null, outcome: null, explained: {}, legs: [{ state: 'explained' }] },
    evidence: { entries: [{ kind: 'explain' }] },
  });
  // It was put to nobody, so no holder sees it.
  expect(await idsOf('pia.lund', { result: 'explained' })).toEqual([]);
  const again = await auditors.post(p, 'piet.verhoeven', `/v1/audit/exchanges/${id}/explanation`, STATED);
  expect(again.status).toBe(404);
});
