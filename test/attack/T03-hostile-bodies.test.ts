import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { SOLD } from '../gateway/dealer.ts';
import { type Partnership, question, startPartnership } from '../gateway/partnership.ts';

let p: Partnership;
beforeAll(async () => {
  p = await startPartnership();
});
afterEach(() => {
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});
afterAll(() => p.stop());

const GOOD = JSON.stringify(question());

test.each([
  GOOD.replace('{', '{"__proto__":{"polluted":true},'),
  GOOD.replace('"ask":{', '"ask":{"__proto__":{"polluted":true},'),
  GOOD.replace('"by":{', '"by":{"__proto__":{"polluted":true},'),
])('a member called __proto__ is none at all: %s', async (body) => {
  const answer = await p.ask('mara.lindqvist', body);
  expect([answer.status, answer.body.code]).toEqual([400, 'request/malformed']);
});

test.each([
  GOOD.replace('{', '{"constructor":{"prototype":{"polluted":true}},'),
  GOOD.replace('"ask":{', '"ask":{"toString":"x",'),
])('prototype keys are unknown fields: %s', async (body) => {
  const answer = await p.ask('mara.lindqvist', body);
  expect([answer.status, answer.body.code]).toEqual([400, 'request/unknown-field']);
});

test.each(['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'])('%s is no scheme', async (key) => {
  const alone = await p.ask('mara.lindqvist', GOOD.replace(`{"vin":"${SOLD}"}`, `{"${key}":"A"}`));
  expect(alone.status).toBe(400);
});

test.each(['__proto__', 'constructor', 'valueOf'])('%s is no dataset, project or purpose', async (key) => {
  expect((await p.ask('mara.lindqvist', question({}, { datasets: [key] }))).body.code).toBe('request/unknown-dataset');
  expect((await p.ask('mara.lindqvist', question({ purpose: key }))).body.code).toBe('request/malformed');
  const { body } = await p.ask('mara.lindqvist', question({ project: key }));
  expect(body.legs?.[0]?.code).toBe('projects/unknown');
});

test.each([
  ['lists', '['.repeat(30_000) + ']'.repeat(30_000)],
  ['objects', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`],
  ['lists that never end', '['.repeat(60_000)],
  ['lists inside a field', GOOD.replace(`"${SOLD}"`, '['.repeat(20_000) + ']'.repeat(20_000))],
])('depth: %s', async (_, body) => {
  const began = performance.now();
  const answer = await p.ask('mara.lindqvist', body);
  expect([answer.status, answer.body.code]).toEqual([400, 'request/malformed']);
  expect(performance.now() - began).toBeLessThan(1_000);
});

test('size: many keys, many datasets, long texts', async () => {
  const keys = Object.fromEntries(Array.from({ length: 4_000 }, (_, i) => [`k${i}`, 1]));
  const many = await p.ask('mara.lindqvist', question(keys));
  expect([many.status, many.body.code]).toEqual([400, 'request/unknown-field']);
  expect(many.text.length).toBeLessThan(5_000);
  const datasets = Array.from({ length: 1_001 }, (_, i) => `d${i}`);
  expect((await p.ask('mara.lindqvist', question({}, { datasets }))).status).toBe(400);
  const wrong = Object.fromEntries(Array.from({ length: 3_000 }, (_, i) => [`scheme${i}`, 1]));
  const errors = await p.ask('mara.lindqvist', question({}, { by: wrong }));
  expect(errors.status).toBe(400);
  expect(errors.body.errors?.length).toBeLessThanOrEqual(20);
  expect((await p.ask('mara.lindqvist', question({ justification: 'x'.repeat(1_001) }))).status).toBe(400);
  expect((await p.ask('mara.lindqvist', ' '.repeat(65_536) + GOOD)).status).toBe(413);
});

test('numbers, bytes and duplicates that parsers differ on', async () => {
  const bodies = [
    GOOD.replace('"records"', '1e999'),
    GOOD.replace('"records"', 'NaN'),
    `\ufeff${GOOD}\u0000`,
    GOOD.replace('"records"', '"records","output":"everything"'),
    `${GOOD}${GOOD}`,
  ];
  for (const body of bodies) expect((await p.ask('mara.lindqvist', body)).status).toBe(400);
  const bytes = Buffer.from(GOOD.replace('found', 'fo\xffnd'), 'latin1');
  const headers = { 'content-type': 'application/json' };
  const invalid = await p.send('/v1/exchanges', 'mara.lindqvist', { method: 'POST', headers, body: bytes });
  // Bytes that are not UTF-8 become U+FFFD before anything reads them, and are recorded as such.
  const entry = p.entries().findLast((e) => e.exchange === invalid.body.exchange);
  expect(invalid.status === 400 || String(entry?.details['justification']).includes('\ufffd')).toBe(true);
});

test('the gateway still answers, and the log holds', async () => {
  expect((await p.ask('mara.lindqvist', question())).status).toBe(200);
  expect(await p.verify()).toMatchObject({ verified: true, open: 0 });
});
