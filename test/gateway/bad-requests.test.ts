import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Answer } from './answer.ts';
import { SOLD } from './dealer.ts';
import { type Partnership, question, startPartnership } from './partnership.ts';

let p: Partnership;
beforeAll(async () => {
  p = await startPartnership();
});
afterAll(() => p.stop());

/** What every bad request of a verified caller must be: a problem that gives nothing away, and one entry in the log. */
async function tried(work: () => Promise<Answer>): Promise<Answer> {
  const [entries, calls] = [p.entries().length, p.dealer.calls.length];
  const answer = await work();
  expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect(answer.body.type).toBe(`urn:five-safes:problem:${answer.body.code}`);
  expect(answer.body.status).toBe(answer.status);
  expect(answer.text).not.toMatch(/node_modules|\.ts\b|\bat [A-Z]|Error:|\/work|\/home|\/tmp/);
  const added = p.entries().slice(entries);
  expect(added.map((entry) => entry.kind)).toEqual(['bad-request']);
  expect(added[0]).toMatchObject({
    exchange: answer.body.exchange,
    details: { who: { person: 'mara-lindqvist', address: '127.0.0.1' }, code: answer.body.code },
  });
  expect(p.dealer.calls.length).toBe(calls);
  return answer;
}

describe('a body that is not an enquiry', () => {
  const bodies: readonly [string, unknown, string, string][] = [
    ['no JSON', '{"project": op}', 'request/malformed', ''],
    ['an empty body', '', 'request/malformed', ''],
    ['a list', [], 'request/malformed', ''],
    ['a text', '"ask"', 'request/malformed', ''],
    ['a field more', question({ urgent: true }), 'request/unknown-field', ''],
    ['a field more inside', question({}, { limit: 1 }), 'request/unknown-field', 'ask'],
    ['a number for a text', question({ project: 7 }), 'request/malformed', 'project'],
    ['nothing for a text', question({ justification: undefined }), 'request/malformed', 'justification'],
    ['an empty justification', question({ justification: '' }), 'request/malformed', 'justification'],
    ['one dataset for a list', question({}, { datasets: 'dealer-sales' }), 'request/malformed', 'ask.datasets'],
    ['no dataset', question({}, { datasets: [] }), 'request/malformed', 'ask.datasets'],
    [
      'a dataset twice',
      question({}, { datasets: ['dealer-sales', 'dealer-sales'] }),
      'request/malformed',
      'ask.datasets',
    ],
    ['an unknown dataset', question({}, { datasets: ['sales'] }), 'request/unknown-dataset', 'ask.datasets.0'],
    ['an unknown scheme', question({}, { by: { chassis: SOLD } }), 'request/unknown-scheme', 'ask.by'],
    ['two identifiers', question({}, { by: { vin: SOLD, registration: 'AB' } }), 'request/malformed', 'ask.by'],
    ['no identifier', question({}, { by: {} }), 'request/malformed', 'ask.by'],
    ['a malformed identifier', question({}, { by: { vin: 'O0' } }), 'request/malformed', 'ask.by.vin'],
    ['an unknown output level', question({}, { output: 'all' }), 'request/malformed', 'ask.output'],
    ['an unknown purpose', question({ purpose: 'Curiosity' }), 'request/malformed', 'purpose'],
  ];

  test.each(bodies)('%s', async (_, body, code, path) => {
    const answer = await tried(() => p.ask('mara.lindqvist', body));
    expect(answer.status).toBe(400);
    expect(answer.body.code).toBe(code);
    if (path !== '') expect(answer.body.errors?.map((e) => e.path)).toContain(path);
    expect(answer.text).not.toContain(SOLD);
  });

  test('where nothing in it can be named, the detail says what is wrong with the whole', async () => {
    for (const body of ['{"project": op}', '"ask"'])
      expect((await p.ask('mara.lindqvist', body)).body.detail).toBe('The body is no JSON object or list.');
  });

  test('too large', async () => {
    const answer = await tried(() => p.ask('mara.lindqvist', question({ justification: 'x'.repeat(70_000) })));
    expect([answer.status, answer.body.code]).toEqual([413, 'request/too-large']);
  });

  test('compressed, or of another type', async () => {
    const post = (body: string | Uint8Array<ArrayBuffer>, headers: Readonly<Record<string, string>>) => () =>
      p.send('/v1/exchanges', 'mara.lindqvist', { method: 'POST', body, headers });
    const text = JSON.stringify(question());
    const answers = [
      await tried(post(gzipSync(text), { 'content-type': 'application/json', 'content-encoding': 'gzip' })),
      await tried(post(text, { 'content-type': 'text/plain' })),
      await tried(post(text, { 'content-type': 'application/json; charset=utf-16' })),
      await tried(post(text, { 'content-type': 'application/x-www-form-urlencoded' })),
    ];
    for (const { status, body } of answers) expect([status, body.code]).toEqual([415, 'request/media-type']);
  });
});

describe('a request for nothing that is here', () => {
  test.each([
    ['/v1/exchanges', 'GET', 'POST'],
    ['/v1/exchanges', 'DELETE', 'POST'],
    ['/v1/exchanges/01ARZ3NDEKTSV4RRFFQ69G5FAV', 'PUT', 'GET'],
    ['/v1/me', 'POST', 'GET'],
    ['/v1/datasets', 'OPTIONS', 'GET'],
  ])('%s does not take %s', async (path, method, allowed) => {
    const answer = await tried(() => p.send(path, 'mara.lindqvist', { method }));
    expect([answer.status, answer.body.code]).toEqual([405, 'request/method']);
    expect(answer.headers.get('allow')).toBe(allowed);
  });

  test.each(['/', '/v1', '/v1/me/', '/V1/me', '/v1/exchanges/a/b', '/readyz', '/v1/__proto__', '/.env'])(
    '%s',
    async (path) => {
      const answer = await tried(() => p.send(path, 'mara.lindqvist'));
      expect([answer.status, answer.body.code]).toEqual([404, 'request/not-found']);
    },
  );

  test('a path that does not decode', async () => {
    const answer = await tried(() => p.send('/v1/exchanges/%E0%A4%A', 'mara.lindqvist'));
    expect([answer.status, answer.body.code]).toEqual([400, 'request/path']);
  });
});
