import { mkdirSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openReader } from '../../src/adapters/sqlite/reader.ts';
import { removeSearchFile, searchPath } from '../../src/adapters/sqlite/search-schema.ts';
import { SOLD } from './dealer.ts';
import { type Officers, type Person, startOfficers } from './officers.ts';
import { type Partnership, question, startPartnership } from './partnership.ts';

let officers: Officers;
let p: Partnership;
beforeAll(async () => {
  officers = await startOfficers();
  p = await startPartnership(officers.edits);
});
afterAll(async () => {
  await p.stop();
  await officers.stop();
});

const WHY = { ground: 'order', reason: 'order 12/2026 of the supervisory authority' } as const;

/** A concluded exchange of Mara Lindqvist's. */
async function asked(changes: Readonly<Record<string, unknown>> = {}, ask: Readonly<Record<string, unknown>> = {}) {
  const { body, status } = await p.ask('mara.lindqvist', question(changes, ask));
  expect(status).toBe(200);
  return String(body.exchange);
}
const post = async (as: Person, path: string, body: unknown) => {
  const { status, text } = await officers.post(p, as, path, body);
  return { status, ...JSON.parse(text) };
};
const propose = (body: Readonly<Record<string, unknown>>, as: Person = 'greta.holm') =>
  post(as, '/v1/erasures', { ...WHY, ...body });
const approve = (id: string, as: Person = 'lars.berg') => post(as, `/v1/erasures/${id}/approve`, { reason: 'I agree' });
const hold = (scope: string, value: string, as: Person = 'greta.holm') =>
  post(as, '/v1/holds', { scope, value, reason: 'a complaint is pending' });
const lift = (id: string, as: Person) => post(as, `/v1/holds/${id}/lift`, { reason: 'the complaint is settled' });

function detailsOf(exchange: string) {
  const reader = openReader(p.state);
  try {
    return reader
      .list(0, 100_000)
      .filter((line) => line.exchange === exchange)
      .map((line) => reader.openDetails(line.index, p.keys.kek));
  } finally {
    reader.close();
  }
}

describe('an erasure', () => {
  test('by exchange: proposed by one officer, approved by another, done at once; every proof holds', async () => {
    const exchange = await asked();
    const kept = await asked();
    const before = await p.verify();
    const proposed = await propose({ exchange, parts: 'whole' });
    expect(proposed).toMatchObject({ status: 201, state: 'proposed', exchanges: [exchange] });
    expect(detailsOf(exchange).every((d) => d?.accountability !== null)).toBe(true);

    const done = await approve(proposed.erasure);
    expect(done).toMatchObject({ status: 200, state: 'done', exchanges: [exchange] });
    expect(detailsOf(exchange)).toEqual([
      { accountability: null, subject: null },
      { accountability: null, subject: null },
    ]);
    expect(detailsOf(kept)[0]).toMatchObject({ subject: { by: { value: SOLD } } });
    expect(await p.verify()).toMatchObject({ verified: true, erased: before.erased + 2, open: 0 });

    const [first, second] = p
      .entries()
      .filter((e) => e.kind === 'erasure')
      .slice(-2);
    expect(first?.details).toMatchObject({ event: 'proposed', who: { person: 'greta-holm' }, ...WHY });
    expect(second?.details).toMatchObject({ event: 'approved', who: { person: 'lars-berg' }, exchanges: [exchange] });
    expect((await p.send(`/v1/exchanges/${exchange}`, 'mara.lindqvist')).status).toBe(404);
    expect((await p.send(`/v1/exchanges/${kept}`, 'mara.lindqvist')).status).toBe(200);
  });

  test('by what was searched for: only the subject goes, in all its exchanges, and the value stands nowhere', async () => {
    const value = 'WVWZZZ1KZ8W386001';
    const one = await asked({}, { by: { vin: value } });
    const two = await asked({}, { by: { vin: value } });
    const other = await asked();
    const proposed = await propose({ identifier: { scheme: 'vin', value: ` ${value.toLowerCase()}` } });
    expect(proposed).toMatchObject({ status: 201, parts: 'subject' });
    expect(new Set(proposed.exchanges)).toEqual(new Set([one, two]));
    await approve(proposed.erasure);
    for (const exchange of [one, two]) {
      expect(detailsOf(exchange).map((d) => d?.subject)).toEqual([null, null]);
      expect(detailsOf(exchange)[0]?.accountability).toMatchObject({ who: { person: 'mara-lindqvist' } });
    }
    expect(detailsOf(other)[0]?.subject).toMatchObject({ by: { value: SOLD } });
    const entries = p.entries().filter((e) => e.kind === 'erasure');
    expect(JSON.stringify(entries)).not.toContain(value);
    expect((await propose({ identifier: { scheme: 'vin', value } })).code).toBe('erasure/unknown');
    expect((await propose({ identifier: { scheme: 'soul', value } })).code).toBe('request/unknown-scheme');
    expect(await p.verify()).toMatchObject({ verified: true, open: 0 });
  });

  test('by age under an agreement', async () => {
    const exchange = await asked();
    const before = new Date(Date.now() + 1_000).toISOString();
    const proposed = await propose({ agreement: 'vehicle-tracing', before, parts: 'subject' });
    expect(proposed.exchanges).toContain(exchange);
    expect((await propose({ agreement: 'another', before, parts: 'subject' })).code).toBe('erasure/unknown');
    const early = { agreement: 'vehicle-tracing', before: '2020-01-01T00:00:00Z', parts: 'whole' };
    expect((await propose(early)).code).toBe('erasure/unknown');
  });

  test('needs two officers: not one alone, not twice, no other role, nobody suspended, nobody who asks', async () => {
    const exchange = await asked();
    const { erasure } = await propose({ exchange, parts: 'subject' });
    expect((await approve(erasure, 'greta.holm')).code).toBe('people/same-person');
    for (const as of ['hanna.sorel', 'pia.lund', 'otto.brandis'] as const) {
      expect((await approve(erasure, as)).code).toBe('people/not-entitled');
      expect((await propose({ exchange, parts: 'whole' }, as)).code).toBe('people/not-entitled');
    }
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"reason":"mine"}' };
    expect((await p.send(`/v1/erasures/${erasure}/approve`, 'mara.lindqvist', init)).status).toBe(403);
    expect((await approve('01K00000000000000000000000')).code).toBe('erasure/unknown');
    expect((await propose({ exchange: '01K00000000000000000000000', parts: 'whole' })).code).toBe('erasure/unknown');
    expect((await propose({ exchange, parts: 'all' })).code).toBe('request/malformed');
    expect((await approve(erasure)).status).toBe(200);
    expect((await approve(erasure)).code).toBe('erasure/state');
  });

  test('does not reach what was put to another holder alone', async () => {
    const exchange = await asked({}, { datasets: ['tidewater-sales'] });
    expect((await propose({ exchange, parts: 'whole' })).code).toBe('erasure/unknown');
  });

  test('is listed for the officers of the partner and for auditors', async () => {
    const { text } = await officers.get(p, 'pia.lund', '/v1/erasures');
    const { erasures }: { erasures: { state: string; proposer: string }[] } = JSON.parse(text);
    expect(new Set(erasures.map((one) => one.state))).toEqual(new Set(['proposed', 'done']));
    expect((await officers.get(p, 'hanna.sorel', '/v1/erasures')).status).toBe(403);
  });
});

describe('a legal hold', () => {
  test.each(['exchange', 'case', 'agreement'])('by %s blocks erasure until two persons lift it', async (scope) => {
    const exchange = await asked({ case: 'KP-2027-CD' });
    const value = { exchange, case: 'KP-2027-CD', agreement: 'vehicle-tracing' }[scope] ?? '';
    const early = await propose({ exchange, parts: 'whole' });
    const set = await hold(scope, value);
    expect(set).toMatchObject({ status: 201, state: 'set' });
    expect((await approve(early.erasure)).code).toBe('erasure/held');
    expect((await propose({ exchange, parts: 'subject' })).code).toBe('erasure/held');
    expect(await lift(set.hold, 'lars.berg')).toMatchObject({ status: 200, state: 'lifting' });
    expect((await approve(early.erasure)).code).toBe('erasure/held');
    expect((await lift(set.hold, 'lars.berg')).code).toBe('people/same-person');
    expect(await lift(set.hold, 'greta.holm')).toMatchObject({ status: 200, state: 'lifted' });
    expect((await lift(set.hold, 'greta.holm')).code).toBe('hold/state');
    expect((await approve(early.erasure)).status).toBe(200);
    const events = p
      .entries()
      .filter((e) => e.kind === 'legal-hold')
      .slice(-3)
      .map((e) => e.details['event']);
    expect(events).toEqual(['set', 'lifting', 'lifted']);
  });

  test('is for officers, of what they reach, and survives a restart', async () => {
    const exchange = await asked();
    expect((await hold('exchange', exchange, 'hanna.sorel')).code).toBe('people/not-entitled');
    expect((await hold('exchange', exchange, 'pia.lund')).code).toBe('people/not-entitled');
    expect((await hold('agreement', 'another')).code).toBe('hold/unknown');
    expect((await hold('exchange', '01K00000000000000000000000')).code).toBe('hold/unknown');
    expect((await hold('street', 'x')).code).toBe('request/malformed');
    expect((await lift('01K00000000000000000000000', 'lars.berg')).code).toBe('hold/unknown');
    const set = await hold('exchange', exchange);
    await p.running().stop();
    await p.restart();
    expect((await propose({ exchange, parts: 'subject' })).code).toBe('erasure/held');
    const { text } = await officers.get(p, 'pia.lund', '/v1/holds');
    expect(JSON.parse(text).holds).toContainEqual(expect.objectContaining({ hold: set.hold, state: 'set' }));
    expect(text).not.toContain('KP-');
  });
});

describe('what is asked of erasure', () => {
  test('is done once it is recorded, also where the index of the log cannot forget it yet', async () => {
    const [first, second] = [await asked(), await asked()];
    // Whoever forgot lets the index go, and opens it anew for the next.
    expect((await approve((await propose({ exchange: first, parts: 'whole' })).erasure)).status).toBe(200);
    removeSearchFile(searchPath(p.state));
    mkdirSync(searchPath(p.state));
    onTestFinished(() => rmSync(searchPath(p.state), { recursive: true }));
    const done = await approve((await propose({ exchange: second, parts: 'whole' })).erasure);
    expect(done).toMatchObject({ status: 200, state: 'done' });
    expect(detailsOf(second).every((d) => d?.accountability === null)).toBe(true);
  });

  test('is limited for each officer', async () => {
    // More than two minutes' worth, should a minute end meanwhile.
    for (let i = 0, last = 0; last !== 429; i++) {
      expect(i).toBeLessThan(400);
      last = (await officers.get(p, 'pia.lund', i % 2 === 0 ? '/v1/holds' : '/v1/erasures')).status;
    }
    expect((await officers.get(p, 'lars.berg', '/v1/holds')).status).toBe(200);
  }, 60_000);
});
