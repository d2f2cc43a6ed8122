import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Officers, type Person, startOfficers } from '../gateway/officers.ts';
import { type Partnership, question, startPartnership } from '../gateway/partnership.ts';

/** Mara Lindqvist, who asks, is made a compliance officer as well: nothing else stands between her and her own trace. */
const CERTIFICATE = '    accreditations:\n      - { name: vehicle-crime, source: certificate VC-2041';
const APPOINTED =
  '      - { name: compliance-officer, source: letter, approver: piet-verhoeven, from: 2020-01-01, until: 2099-01-01 }\n';

let officers: Officers;
let p: Partnership;
beforeAll(async () => {
  officers = await startOfficers({ 'partners.yaml': [[CERTIFICATE, `${APPOINTED}${CERTIFICATE}`]] });
  p = await startPartnership(officers.edits);
});
afterAll(async () => {
  await p.stop();
  await officers.stop();
});

const REASON = { reason: 'routine' };
const WHOLE = { parts: 'whole', ground: 'order', ...REASON };

async function asMara(path: string, body: unknown) {
  const headers = { 'content-type': 'application/json' };
  const { status, text } = await p.send(path, 'mara.lindqvist', {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  return { status, ...JSON.parse(text) };
}
async function as(person: Person, path: string, body: unknown) {
  const { status, text } = await officers.post(p, person, path, body);
  return { status, ...JSON.parse(text) };
}
async function asked() {
  return String((await p.ask('mara.lindqvist', question())).body.exchange);
}
const erasedSoFar = async () => (await p.verify()).erased;

test('who asked neither proposes nor approves the erasure of the question, however it is chosen', async () => {
  const exchange = await asked();
  const before = new Date(Date.now() + 1_000).toISOString();
  for (const chosen of [{ exchange }, { agreement: 'vehicle-tracing', before }])
    expect((await asMara('/v1/erasures', { ...chosen, ...WHOLE })).code).toBe('people/same-person');
  const { erasure } = await as('greta.holm', '/v1/erasures', { exchange, ...WHOLE });
  expect((await asMara(`/v1/erasures/${erasure}/approve`, REASON)).code).toBe('people/same-person');
  expect(await erasedSoFar()).toBe(0);
});

test('one person alone erases nothing, not even by two requests at once', async () => {
  const exchange = await asked();
  const { erasure } = await as('greta.holm', '/v1/erasures', { exchange, ...WHOLE });
  const alone = await Promise.all([1, 2, 3].map(() => as('greta.holm', `/v1/erasures/${erasure}/approve`, REASON)));
  expect(new Set(alone.map((one) => one.code))).toEqual(new Set(['people/same-person']));
  expect(await erasedSoFar()).toBe(0);
});

test('nothing under a hold goes, and who asked does not lift the hold', async () => {
  const exchange = await asked();
  const hold = { scope: 'exchange', value: exchange, ...REASON };
  const { erasure } = await as('greta.holm', '/v1/erasures', { exchange, ...WHOLE });
  const set = await as('lars.berg', '/v1/holds', hold);
  expect((await asMara(`/v1/holds/${set.hold}/lift`, REASON)).code).toBe('people/same-person');
  expect((await as('greta.holm', `/v1/holds/${set.hold}/lift`, REASON)).state).toBe('lifting');
  expect((await asMara(`/v1/holds/${set.hold}/lift`, REASON)).code).toBe('people/same-person');
  expect((await as('lars.berg', `/v1/erasures/${erasure}/approve`, REASON)).code).toBe('erasure/held');
  expect(await erasedSoFar()).toBe(0);
});

test('every attempt stands in the log', async () => {
  const refused = p.entries().filter((e) => e.kind === 'bad-request');
  expect(refused.filter((e) => e.details['code'] === 'people/same-person').length).toBeGreaterThanOrEqual(7);
});
