import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { digestOfJson } from '../../src/domain/digest.ts';
import type { Safe } from '../../src/domain/safe.ts';
import { SAFES } from '../../src/domain/safe.ts';
import { parseVerifierKey } from '../../src/ledger/note.ts';
import { checkReceipt } from '../../src/ledger/receipt-check.ts';
import { ABSENT, CROWDED, SOLD, sendJson } from './dealer.ts';
import { type Partnership, question, type Subject, startPartnership } from './partnership.ts';

const TIDEWATER_VIN = 'WVWZZZ1KZ8W386001';

let p: Partnership;
beforeAll(async () => {
  p = await startPartnership();
});
afterEach(() => p.dealer.answerWith());
afterAll(() => p.stop());

/** Entries of one exchange, as `kind` texts. */
function kindsOf(exchange: string | undefined): readonly string[] {
  return p.entries().flatMap((entry) => (entry.exchange === exchange ? [entry.kind] : []));
}

describe('an answer', () => {
  test('holds the records as the page lets them leave, and nothing else', async () => {
    const { status, headers, body, text } = await p.ask('mara.lindqvist', question());
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body.outcome).toBe('released');
    expect(body.legs).toMatchObject([
      {
        dataset: 'dealer-sales',
        holder: 'northgate-motors',
        state: 'released',
        hit: true,
        terms: ['keep<=30d', 'no-onward'],
        findings: {
          people: { verdict: 'allow', rule: 'P1', code: 'people/accredited' },
          projects: { verdict: 'allow', rule: 'J1', code: 'projects/agreed' },
          settings: { verdict: 'allow', rule: 'S1', code: 'settings/trusted' },
          data: { verdict: 'allow', rule: 'D2', code: 'data/planned' },
          outputs: { verdict: 'allow', rule: 'O1', code: 'outputs/released' },
        },
      },
    ]);
    expect(body.legs?.[0]?.records).toEqual([
      {
        vehicle: { vin: SOLD, engine: 'E050504', registration: 'NG-101-A', make: 'Toyota', model: '4Runner' },
        buyer: {
          name: 'Oda Fennimore',
          born: '1979',
          phone: '*****177',
          address: { postcode: '4012', town: 'Northgate' },
        },
        sale: { date: '2026-05', price: null, mileage: '90000-99999' },
        owners: [{ name: 'Brack & Sons' }, { name: 'Elin Marsh' }],
        notes: '[name] pays on Fridays, ring [phone]',
      },
    ]);
    for (const kept of ['teal', 'oda@mail', '91200', '8450', '555 0177', '14/03', '05-02'])
      expect(text).not.toContain(kept);
    expect(body.legs?.[0]?.fields).toContainEqual({ field: 'buyer.email', treatment: 'withheld', rule: null });
    expect(body.legs?.[0]?.fields).toContainEqual({ field: 'buyer.born', treatment: 'year', rule: 'D8' });
    expect(kindsOf(body.exchange)).toEqual(['asked', 'outcome']);
  });

  test('comes with a receipt that commits to its legs and stands in the log', async () => {
    const { body, text } = await p.ask('mara.lindqvist', question());
    const verifier = parseVerifierKey(p.gateway.key);
    if (verifier === undefined) throw new Error('no verifier key');
    const parsed: { legs: [] } = JSON.parse(text);
    expect(body.receipt?.digest).toBe(digestOfJson(parsed.legs));
    expect(checkReceipt(parsed, verifier)).toMatchObject({ index: body.receipt?.index });
    expect(checkReceipt({ ...parsed, legs: [] }, verifier)).toEqual({ code: 'receipt/digest' });
    expect(await p.verify(parsed)).toMatchObject({ verified: true, open: 0, firstBad: null });
  });

  test('at level hit says only whether there is a record', async () => {
    const { body, text } = await p.ask('mara.lindqvist', question({}, { output: 'hit' }));
    expect(body.legs).toMatchObject([{ state: 'released', hit: true, terms: ['no-onward'] }]);
    expect(body.legs?.[0]).not.toHaveProperty('records');
    expect(text).not.toContain('Fennimore');
    const none = await p.ask('mara.lindqvist', question({}, { output: 'hit', by: { vin: ABSENT } }));
    expect(none.body).toMatchObject({ outcome: 'none', legs: [{ state: 'none', hit: false }] });
  });

  test('is none where no record matches', async () => {
    const { status, body } = await p.ask('mara.lindqvist', question({}, { by: { vin: ABSENT } }));
    expect(status).toBe(200);
    expect(body).toMatchObject({ outcome: 'none', legs: [{ state: 'none', hit: false, records: [] }] });
  });

  test('joins datasets: both holders, one exchange', async () => {
    const ask = { datasets: ['dealer-sales', 'tidewater-sales'], by: { vin: TIDEWATER_VIN } };
    const { body } = await p.ask('mara.lindqvist', question({}, ask));
    expect(body).toMatchObject({ outcome: 'released', legs: [{ state: 'none' }, { state: 'released' }] });
    expect(kindsOf(body.exchange)).toEqual(['asked', 'outcome']);
  });

  test('is partial where one holder is down', async () => {
    p.dealer.answerWith((request) => request.socket.destroy());
    const ask = { datasets: ['dealer-sales', 'tidewater-sales'], by: { vin: TIDEWATER_VIN } };
    const { status, body } = await p.ask('mara.lindqvist', question({}, ask));
    expect(status).toBe(200);
    expect(body).toMatchObject({
      outcome: 'partial',
      legs: [{ state: 'fault', code: 'holder/unreachable' }, { state: 'released' }],
    });
  });

  test('is a 502 with legs and receipt where every holder is at fault', async () => {
    p.dealer.answerWith((_, response) => sendJson(response, { secret: 'of the dealer' }, 500));
    const { status, headers, body, text } = await p.ask('mara.lindqvist', question());
    expect(status).toBe(502);
    expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(body).toMatchObject({
      type: 'urn:five-safes:problem:holder/fault',
      status: 502,
      code: 'holder/fault',
      outcome: 'fault',
      legs: [{ state: 'fault', code: 'holder/status' }],
    });
    expect(text).not.toContain('secret');
    expect(await p.verify(JSON.parse(text))).toMatchObject({ verified: true });
  });

  test('with too many rows is refused whole', async () => {
    const { status, body, text } = await p.ask('mara.lindqvist', question({}, { by: { vin: CROWDED } }));
    expect(status).toBe(403);
    expect(body.legs).toMatchObject([
      { state: 'refused', code: 'outputs/too-many-rows', findings: { outputs: { verdict: 'refuse', rule: 'O1' } } },
    ]);
    expect(body.legs?.[0]).not.toHaveProperty('records');
    expect(body.legs?.[0]).not.toHaveProperty('hit');
    expect(text).not.toContain('Fennimore');
    expect(kindsOf(body.exchange)).toEqual(['asked', 'outcome']);
  });
});

describe('a refusal', () => {
  const harbour = { project: 'op-slipway', case: 'HP/26/00042' };
  const refusals: readonly [Safe, string, string | null, Subject, object][] = [
    ['people', 'people/suspended', 'E1', 'nils.okafor', question(harbour)],
    ['projects', 'projects/purpose', 'J1', 'mara.lindqvist', question({ purpose: 'CrimeDetection' })],
    ['settings', 'settings/mfa', 'S1', 'tomas.brandt', question()],
    [
      'data',
      'data/identifier',
      null,
      'mara.lindqvist',
      question({}, { by: { 'hull-number': 'NL-ABC12345D404' }, output: 'hit' }),
    ],
    ['outputs', 'outputs/by', 'O1', 'mara.lindqvist', question({}, { by: { registration: 'NG-101-A' } })],
  ];

  test.each(refusals)('by Safe %s names %s and rule %s, and asks nobody', async (safe, code, rule, as, body) => {
    const before = p.dealer.calls.length;
    const answer = await p.ask(as, body);
    expect(answer.status).toBe(403);
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    const [leg] = answer.body.legs ?? [];
    expect(answer.body).toMatchObject({
      type: 'urn:five-safes:problem:exchange/refused',
      code: 'exchange/refused',
      status: 403,
      outcome: 'refused',
      detail: leg?.findings?.[safe].say,
    });
    expect(leg).toMatchObject({ state: 'refused', code, findings: { [safe]: { verdict: 'refuse', code, rule } } });
    expect(leg?.findings?.[safe].remedy).toBeTruthy();
    for (const other of SAFES) if (other !== safe) expect(leg?.findings?.[other].verdict, other).toBe('allow');
    expect(p.dealer.calls.length).toBe(before);
    expect(kindsOf(answer.body.exchange)).toEqual(['outcome']);
    expect(await p.verify(JSON.parse(answer.text))).toMatchObject({ verified: true });
  });

  test('of an account that nobody registered leaves the other four unjudged', async () => {
    const { status, body } = await p.ask('nobody.registered', question());
    expect(status).toBe(403);
    expect(body.legs?.[0]?.findings).toMatchObject({
      people: { verdict: 'refuse', code: 'people/unknown', rule: null },
      projects: { verdict: 'not-judged', code: 'projects/not-judged' },
      settings: { verdict: 'not-judged', code: 'settings/not-judged' },
      data: { verdict: 'not-judged', code: 'data/not-judged' },
      outputs: { verdict: 'not-judged', code: 'outputs/not-judged' },
    });
  });

  test('of one leg leaves the other its answer', async () => {
    p.dealer.answerWith((_, response) => sendJson(response, { sales: [] }));
    const ask = { datasets: ['dealer-sales', 'tidewater-sales'], by: { 'engine-number': 'CAXA 104221' } };
    const { status, body } = await p.ask('mara.lindqvist', question({}, ask));
    expect(status).toBe(200);
    expect(body.legs).toMatchObject([{ state: 'none' }, { state: 'released', findings: { outputs: { rule: 'O2' } } }]);
  });
});

test('the record says who, why and by which versions, and one line of the operational log tells none of it', async () => {
  const { body } = await p.ask('mara.lindqvist', question());
  const entry = (kind: string) => p.entries().find((e) => e.exchange === body.exchange && e.kind === kind);
  const asked = entry('asked');
  expect(asked?.details).toMatchObject({
    who: { person: 'mara-lindqvist', partner: 'kestrel-police', subject: 'mara.lindqvist', address: '127.0.0.1' },
    project: 'op-gearbox',
    purpose: { term: 'SuspectedCrimeInvestigation' },
    case: 'KP-2026-AB',
    justification: 'engine found without a car',
    versions: { rulebook: body.rulebook, registry: p.gateway.config.registry.digest },
    legs: [{ dataset: 'dealer-sales', permit: { maxRows: 20 } }],
  });
  // The outcome names its intent, and tells nothing a second time.
  expect(entry('outcome')?.details).toEqual({
    asked: asked?.index,
    answer: body.receipt?.digest,
    outcome: 'released',
    legs: [{ dataset: 'dealer-sales', holder: 'northgate-motors', state: 'released', rows: 1 }],
  });
  const lines = p
    .log()
    .split('\n')
    .filter((line) => line.includes(body.exchange ?? '-'));
  expect(lines).toHaveLength(1);
  for (const word of ['mara', 'lindqvist', SOLD, 'Fennimore', 'KP-2026']) expect(p.log()).not.toContain(word);
});
