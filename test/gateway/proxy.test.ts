import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { digestOf } from '../../src/domain/digest.ts';
import type { Answer } from './answer.ts';
import { ABSENT, CANCELLED, CROWDED, SOLD, sale, sendJson } from './dealer.ts';
import { type Partnership, question, type Subject, startPartnership } from './partnership.ts';

/** Of `dealer-sales`, in `config/datasets.yaml`. */
const TIME_FLOOR_MS = 150;
const EMPTY = '{"sales":[]}';
const WHY = {
  'five-safes-project': 'op-gearbox',
  'five-safes-purpose': 'SuspectedCrimeInvestigation',
  'five-safes-case': 'KP-2026-AB',
  'five-safes-justification': 'engine found without a car',
};
type Headers = Readonly<Record<string, string>>;

let p: Partnership;
beforeAll(async () => {
  p = await startPartnership();
});
afterEach(() => p.dealer.answerWith());
afterAll(() => p.stop());

function get(path: string, headers: Headers = {}, as: Subject = 'mara.lindqvist'): Promise<Answer> {
  return p.send(`/proxy/dealer-sales${path}`, as, { headers: { ...WHY, ...headers } });
}

function search(body: unknown, headers: Headers = {}): Promise<Answer> {
  return p.send('/proxy/dealer-sales/sales/search', 'mara.lindqvist', {
    method: 'POST',
    headers: { ...WHY, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

function receiptOf({ headers }: Answer): { digest: string } {
  return JSON.parse(Buffer.from(headers.get('five-safes-receipt') ?? '', 'base64url').toString());
}

function detailsOf(kind: string, { headers }: Answer) {
  return p.entries().find((e) => e.kind === kind && e.exchange === headers.get('five-safes-exchange'))?.details;
}

const CANONICAL = z.object({
  vehicle: z.record(z.string(), z.json()),
  buyer: z.record(z.string(), z.json()),
  sale: z.record(z.string(), z.json()),
  owners: z.json(),
  notes: z.json(),
});

/** The record of the native answer, put by hand where the dealer's own records have it. */
async function recordBackwards() {
  const { body } = await p.ask('mara.lindqvist', question());
  const { vehicle, buyer, sale, owners, notes } = CANONICAL.parse(body.legs?.[0]?.records?.[0]);
  const { engine, registration, ...car } = vehicle;
  const { name, born, ...customer } = buyer;
  const { date, ...terms } = sale;
  return {
    vehicle: { ...car, engineNo: engine, plate: registration },
    customer: { ...customer, fullName: name, dateOfBirth: born },
    soldOn: date,
    ...terms,
    previousOwners: owners,
    notes,
  };
}

describe('an answer', () => {
  test("has the holder's shape, and of it what the field plan lets leave", async () => {
    const answer = await get(`/sales/by-vin/${SOLD}`);
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text)).toEqual({ sales: [await recordBackwards()] });
    for (const kept of ['teal', 'oda@mail', '91200', '8450', '14/03', '05-02', 'status'])
      expect(answer.text).not.toContain(kept);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('five-safes-terms')).toBe('keep<=30d, no-onward');
  });

  test('is the bytes whose digest was recorded, with a receipt that stands in the log', async () => {
    for (const answer of [await get(`/sales/by-vin/${SOLD}`), await get(`/sales/by-vin/${ABSENT}`)]) {
      const receipt = receiptOf(answer);
      expect(receipt.digest).toBe(digestOf(answer.text));
      expect(await p.verify(receipt)).toMatchObject({ verified: true, open: 0 });
      expect(detailsOf('outcome', answer)).toMatchObject({ answer: receipt.digest });
    }
  });

  test('is recorded as any other: who, why, intent and outcome', async () => {
    const headers = { 'five-safes-justification': "UTF-8'nl'Motor%20zonder%20auto%20%E2%82%AC5" };
    const answer = await get(`/sales/by-vin/${SOLD.toLowerCase()}`, headers);
    expect(detailsOf('asked', answer)).toMatchObject({
      who: { person: 'mara-lindqvist' },
      project: 'op-gearbox',
      purpose: { term: 'SuspectedCrimeInvestigation' },
      case: 'KP-2026-AB',
      justification: 'Motor zonder auto €5',
      output: 'records',
    });
    expect(detailsOf('outcome', answer)).toMatchObject({ outcome: 'released', legs: [{ state: 'released' }] });
    const id = answer.headers.get('five-safes-exchange');
    const standing = await p.send(`/v1/exchanges/${id}`, 'mara.lindqvist');
    expect(standing.body).toMatchObject({ exchange: id, outcome: 'released', receipt: receiptOf(answer) });
  });

  test('at level hit is one record without fields, however many there are', async () => {
    const one = await get(`/sales/by-vin/${SOLD}`, { 'five-safes-output': 'hit' });
    const many = await get(`/sales/by-vin/${CROWDED}`, { 'five-safes-output': 'hit' });
    expect([one.text, many.text]).toEqual(['{"sales":[{}]}', '{"sales":[{}]}']);
  });

  test('a query parameter and a member of a body are places as good as a segment', async () => {
    const query = await get('/sales?plate=NG-101%2da');
    expect([query.status, query.text]).toEqual([200, '{"sales":[{}]}']);
    expect(detailsOf('asked', query)).toMatchObject({ output: 'hit' });
    const body = await search({ vin: SOLD });
    expect(JSON.parse(body.text)).toEqual({ sales: [await recordBackwards()] });
  });
});

test('nothing of the URL and of the headers reaches the holder', async () => {
  const seen: string[] = [];
  p.dealer.answerWith((request, response) => {
    seen.push(JSON.stringify([request.method, request.url, request.headers]));
    sendJson(response, { sales: [] });
  });
  await get(`/sales/by-vin/%6a${SOLD.slice(1)}`, { 'x-secret': 'sesame', cookie: 'a=sesame', 'user-agent': 'sesame' });
  await search({ vin: SOLD }, { 'accept-language': 'sesame', traceparent: 'sesame' });
  expect(seen).toHaveLength(2);
  for (const call of seen) {
    expect(call).toContain(`["GET","/api/sales/by-vin/${SOLD}"`);
    for (const word of ['sesame', 'mara', 'op-gearbox', 'KP-2026', 'engine found', 'proxy', 'search', 'SuspectedCrime'])
      expect(call).not.toContain(word);
  }
});

test('every way of having nothing is the declared empty form, byte for byte, none sooner than the floor', async () => {
  const timed = async (vin: string) => {
    const began = performance.now();
    const answer = await get(`/sales/by-vin/${vin}`);
    return { answer, ms: performance.now() - began };
  };
  const all = [await timed(ABSENT), await timed(CANCELLED)];
  p.dealer.answerWith((_, response) => sendJson(response, { error: 'no such car' }, 404));
  all.push(await timed(SOLD));
  p.dealer.answerWith((_, response) => sendJson(response, { sales: [sale(ABSENT)], total: 1 }));
  all.push(await timed(SOLD));
  for (const { answer, ms } of all) {
    expect([answer.status, answer.text]).toEqual([200, EMPTY]);
    expect([...answer.headers.keys()]).toEqual([...(all[0]?.answer.headers.keys() ?? [])]);
    expect(ms).toBeGreaterThanOrEqual(TIME_FLOOR_MS);
  }
});

describe('what is no answer is the same problem as everywhere', () => {
  test('a refusal, with its legs and a receipt over them', async () => {
    const before = p.dealer.calls.length;
    const answer = await get(`/sales/by-vin/${SOLD}`, {}, 'tomas.brandt');
    expect(answer.status).toBe(403);
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(answer.body).toMatchObject({ code: 'exchange/refused', legs: [{ code: 'settings/mfa' }] });
    expect(answer.headers.get('five-safes-exchange')).toBe(answer.body.exchange);
    expect(await p.verify(JSON.parse(answer.text))).toMatchObject({ verified: true });
    expect(p.dealer.calls.length).toBe(before);
  });

  test('too many records', async () => {
    const answer = await get(`/sales/by-vin/${CROWDED}`);
    expect([answer.status, answer.body.legs?.[0]?.code]).toEqual([403, 'outputs/too-many-rows']);
    expect(answer.text).not.toContain('Fennimore');
  });

  test('a fault of the holder', async () => {
    p.dealer.answerWith((_, response) => sendJson(response, { secret: 'stack trace' }, 500));
    const answer = await get(`/sales/by-vin/${SOLD}`);
    expect([answer.status, answer.body.code]).toEqual([502, 'holder/fault']);
    expect(answer.text).not.toContain('stack');
  });

  test('nobody in particular', async () => {
    const answer = await p.send(`/proxy/dealer-sales/sales/by-vin/${SOLD}`, null, { headers: WHY });
    expect([answer.status, answer.body.code]).toEqual([401, 'people/unknown']);
  });
});

describe('headers', () => {
  test.each<[string, Headers]>([
    ['Five-Safes-Project', { 'five-safes-project': '' }],
    ['Five-Safes-Project', { 'five-safes-project': 'x'.repeat(65) }],
    ['Five-Safes-Purpose', { 'five-safes-purpose': 'Curiosity' }],
    ['Five-Safes-Justification', { 'five-safes-justification': 'm\u00fcde' }],
    ['Five-Safes-Justification', { 'five-safes-justification': "UTF-8''m%FCde" }],
    ['Five-Safes-Justification', { 'five-safes-justification': "UTF-8''a%0d%0aB" }],
    ['Five-Safes-Justification', { 'five-safes-justification': "UTF-8''100%" }],
    ['Five-Safes-Justification', { 'five-safes-justification': 'x'.repeat(1_001) }],
    ['Five-Safes-Justification', { 'five-safes-justification': `UTF-8''${'%41'.repeat(1_400)}` }],
    ['Five-Safes-Output', { 'five-safes-output': 'statistics' }],
  ])('%s is held to what an enquiry may hold: %j', async (header, changes) => {
    const before = p.dealer.calls.length;
    const { status, body } = await get(`/sales/by-vin/${SOLD}`, changes);
    expect([status, body.code, body.errors?.[0]?.path]).toEqual([400, 'request/malformed', header]);
    expect(p.dealer.calls.length).toBe(before);
    expect(p.entries().find((e) => e.exchange === body.exchange)?.kind).toBe('bad-request');
  });

  test('a project, a purpose and a justification must be there; a case is for the rules to demand', async () => {
    for (const left of ['five-safes-project', 'five-safes-purpose', 'five-safes-justification']) {
      const headers = Object.fromEntries(Object.entries(WHY).filter(([name]) => name !== left));
      const { status, body } = await p.send(`/proxy/dealer-sales/sales/by-vin/${SOLD}`, 'mara.lindqvist', { headers });
      expect([status, body.errors?.[0]?.path.toLowerCase()]).toEqual([400, left]);
    }
    const { 'five-safes-case': _, ...headers } = WHY;
    const { status, body } = await p.send(`/proxy/dealer-sales/sales/by-vin/${SOLD}`, 'mara.lindqvist', { headers });
    expect([status, body.legs?.[0]?.code]).toEqual([403, 'projects/case']);
  });
});

test('an idempotency key gives state and receipt again, and never the data', async () => {
  const key = { 'idempotency-key': 'proxy-1' };
  const first = await get(`/sales/by-vin/${SOLD}`, key);
  const calls = p.dealer.calls.length;
  const again = await get(`/sales/by-vin/${SOLD}`, key);
  expect(again.body).toMatchObject({ exchange: first.headers.get('five-safes-exchange'), outcome: 'released' });
  expect(again.text).not.toContain('Fennimore');
  expect((await search({ vin: SOLD }, key)).body.code).toBe('idempotency/mismatch');
  expect(p.dealer.calls.length).toBe(calls);
});

test('a dataset that declares no operations takes none', async () => {
  const answer = await p.send(`/proxy/tidewater-sales/sales/by-vin/${SOLD}`, 'mara.lindqvist', { headers: WHY });
  expect([answer.status, answer.body.code]).toEqual([400, 'request/path']);
});
