import helmet from 'helmet';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listen } from '../../demo/parties/party.ts';
import { fetchAs } from '../../demo/parties/possession.ts';
import { HELMET } from '../../src/gateway/security-headers.ts';
import { ABSENT } from './dealer.ts';
import { type Partnership, question, startPartnership } from './partnership.ts';

/** What helmet itself makes an answer bear. */
async function helmetsOwn(): Promise<ReadonlyMap<string, string>> {
  const protect = helmet(HELMET);
  const server = await listen(0, () => (req, res) => protect(req, res, () => res.end()));
  const { headers } = await fetch(server.url);
  await server.stop();
  const everyones = new Set(['connection', 'content-length', 'date', 'keep-alive']);
  return new Map([...headers].filter(([name]) => !everyones.has(name)));
}

let p: Partnership;
let expected: ReadonlyMap<string, string>;
beforeAll(async () => {
  p = await startPartnership();
  expected = await helmetsOwn();
});
afterAll(() => p.stop());

interface Request {
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** How the caller shows who it is; default with a proof of possession. */
  readonly as?: 'bound' | 'bearer' | 'nobody';
}

async function post(path: string, { body = JSON.stringify(question()), headers = {}, as = 'bound' }: Request) {
  const json = { 'content-type': 'application/json', ...headers };
  const url = `${p.gateway.url}${path}`;
  if (as === 'bound') return fetchAs(await p.access('mara.lindqvist'), url, { method: 'POST', body, headers: json });
  const bearer = as === 'bearer' ? { authorization: `Bearer ${await p.token('mara.lindqvist')}` } : {};
  return fetch(url, { method: 'POST', body, headers: { ...json, ...bearer } });
}

function securityOf({ headers }: Response): ReadonlyMap<string, string | null> {
  return new Map([...expected.keys()].map((name) => [name, headers.get(name)]));
}

/** Every header's name; of those that tell of this answer alone, the value as well. */
function shapeOf({ status, headers }: Response) {
  const told = [...headers].map(([name, value]) =>
    /^content-(type|security)|allow|cache/.test(name) ? `${name}: ${value}` : name,
  );
  return [status, ...told.sort()];
}

test('helmet has something to say', () => {
  expect(expected.get('content-security-policy')).toBe("default-src 'none';frame-ancestors 'none'");
  expect(expected.size).toBeGreaterThan(10);
});

describe('an answer at POST /v1/exchanges bears what helmet sets, and so does the same question by the router', () => {
  test.each<readonly [status: number, what: string, request: Request]>([
    [200, 'released', {}],
    [200, 'none', { body: JSON.stringify(question({}, { by: { vin: ABSENT } })) }],
    [403, 'refused, to a bearer', { as: 'bearer' }],
    [401, 'unknown', { as: 'nobody' }],
    [400, 'malformed', { body: '{' }],
    [400, 'a field too many', { body: JSON.stringify(question({ more: 1 })), as: 'bearer' }],
    [413, 'too large', { body: ' '.repeat(100_000), as: 'bearer' }],
    [415, 'no JSON', { headers: { 'content-type': 'text/plain' }, as: 'bearer' }],
  ])('%i: %s', async (status, _what, request) => {
    const [atDoor, byRouter] = [await post('/v1/exchanges', request), await post('/v1/exchanges?by=router', request)];
    expect(atDoor.status).toBe(status);
    for (const answer of [atDoor, byRouter]) {
      expect(securityOf(answer)).toEqual(expected);
      expect(answer.headers.get('cache-control')).toBe('no-store');
    }
    expect(shapeOf(atDoor)).toEqual(shapeOf(byRouter));
    const members = async (answer: Response) => Object.keys(JSON.parse(await answer.text()));
    expect(await members(atDoor)).toEqual(await members(byRouter));
  });

  test('a question put twice', async () => {
    const request = { headers: { 'idempotency-key': 'once' } };
    await post('/v1/exchanges', request);
    const again = await post('/v1/exchanges', request);
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([200, 'true']);
    expect(securityOf(again)).toEqual(expected);
  });
});

test.each([
  ['GET', '/v1/exchanges', 401],
  ['GET', '/v1/nothing', 401],
  ['GET', '/openapi.json', 200],
  ['POST', '/openapi.json', 405],
  ['GET', '/checkpoint', 200],
  ['GET', '/tile/0/nonsense', 400],
  ['GET', '/proxy/dealer-sales/%2f', 401],
])('%s %s bears it', async (method, path, status) => {
  const answer = await fetch(`${p.gateway.url}${path}`, { method });
  expect(answer.status).toBe(status);
  expect(securityOf(answer)).toEqual(expected);
  expect(answer.headers.get('cache-control')).toBe(path === '/checkpoint' ? 'no-cache' : 'no-store');
});
