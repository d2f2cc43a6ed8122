import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SOLD, sendJson } from '../gateway/dealer.ts';
import { type Partnership, startPartnership } from '../gateway/partnership.ts';
import { proofLines } from '../gateway/proof-lines.ts';

/** What the dealer was sent, with every header. */
let seen: string[] = [];
let p: Partnership;
beforeAll(async () => {
  p = await startPartnership();
  p.dealer.answerWith((request, response) => {
    seen.push(JSON.stringify([request.method, request.url, request.rawHeaders]));
    sendJson(response, { sales: [] });
  });
});
beforeEach(() => {
  seen = [];
});
afterAll(() => p.stop());

const WHY = [
  'Five-Safes-Project: op-gearbox',
  'Five-Safes-Purpose: SuspectedCrimeInvestigation',
  'Five-Safes-Case: KP-2026-AB',
  'Five-Safes-Justification: engine found without a car',
  'Five-Safes-Output: hit',
];

/** Writes a request as bytes: other clients refuse to send such headers. */
async function raw(headers: readonly string[], options: { readonly method?: string; readonly body?: string } = {}) {
  const { hostname, port } = new URL(p.gateway.url);
  const { method = 'GET', body = '' } = options;
  const path = method === 'GET' ? `sales/by-vin/${SOLD}` : 'sales/search';
  const lines = [
    `${method} /proxy/dealer-sales/${path} HTTP/1.1`,
    'Host: gateway.example',
    'Connection: close',
    ...(await proofLines(p, 'mara.lindqvist', method, `/proxy/dealer-sales/${path}`)),
    ...headers,
  ];
  return new Promise<{ readonly status: number; readonly text: string }>((resolve, reject) => {
    const socket = connect(Number(port), hostname, () =>
      socket.write(Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`, 'latin1')),
    );
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    socket.on('close', () => resolve({ status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]), text }));
    socket.on('error', reject);
    socket.setTimeout(5_000, () => socket.destroy(new Error('left open')));
  });
}

function without(name: string): readonly string[] {
  return WHY.filter((line) => !line.startsWith(name));
}

test('headers that steer proxies, hosts, methods and caches steer nothing', async () => {
  const plain = await raw(WHY);
  const [usual] = seen;
  const headers = [
    'X-Forwarded-Host: evil.example',
    'X-Original-URL: /admin',
    'X-Rewrite-URL: /admin',
    'X-HTTP-Method-Override: DELETE',
    'Forwarded: host=evil.example;proto=https',
    'Proxy-Authorization: Basic c2VzYW1l',
    'Cookie: session=sesame',
    'Range: bytes=0-1',
    'If-None-Match: *',
    'Accept: text/html',
    'Accept-Encoding: gzip',
    'Max-Forwards: 0',
    'TE: trailers',
    'Via: 1.1 sesame',
    'Origin: https://evil.example',
    'Five-Safes-Exchange: 01ARZ3NDEKTSV4RRFFQ69G5FAV',
    'Five-Safes-Receipt: e30',
    'Five-Safes-Dataset: tidewater-sales',
    'X-Five-Safes-Project: op-slipway',
  ];
  const answer = await raw([...WHY, ...headers, 'Connection: Five-Safes-Project, Authorization, close']);
  expect([plain.status, answer.status]).toEqual([200, 200]);
  expect(seen).toHaveLength(2);
  const masked = (call: string | undefined) =>
    call?.replace(/"five-safes-(exchange|receipt)","[^"]*"/g, '"five-safes-$1","…"');
  expect(masked(seen[1])).toBe(masked(usual));
  for (const word of ['evil', 'sesame', '01ARZ3NDEK', 'slipway', 'mara', 'DPoP', 'eyJ'])
    expect(seen.map(masked).join()).not.toContain(word);
});

describe('who asks for what is said once, and in one way', () => {
  test.each([
    'Project: op-slipway',
    'Purpose: CrimePrevention',
    'Case: KP-2026-AC',
    'Justification: other',
    'Output: records',
  ])('a second Five-Safes-%s is refused, not joined and not chosen from', async (second) => {
    for (const headers of [
      [...WHY, `Five-Safes-${second}`],
      [`five-safes-${second}`, ...WHY],
    ]) {
      const { status, text } = await raw(headers);
      expect(status).toBe(400);
      expect(text).toContain('"code":"request/malformed"');
    }
    expect(seen).toEqual([]);
  });

  test.each([
    ['bytes beyond ASCII', 'm\u00fcde'],
    ['a tabulator', 'a\tb'],
    ['an encoded line end', "UTF-8''a%0D%0AFive-Safes-Project:%20op-slipway"],
    ['an encoded NUL', "UTF-8''a%00b"],
    ['half a surrogate', "UTF-8''%ED%A0%80"],
    ['an overlong slash', "UTF-8''%C0%AF"],
    ['an unfinished escape', "UTF-8''100%2"],
    ['a character that RFC 8187 wants encoded', "UTF-8''a b"],
    ['too much of it', 'x'.repeat(4_097)],
    ['nothing', ''],
  ])('a justification of %s is refused', async (_, value) => {
    const { status, text } = await raw([...without('Five-Safes-Justification'), `Five-Safes-Justification: ${value}`]);
    expect(status).toBe(400);
    expect(text).toContain('Five-Safes-Justification');
    expect(seen).toEqual([]);
  });

  test('another spelling of a name is the same header; a name with a blank or a lone CR is no request', async () => {
    expect((await raw([...without('Five-Safes-Case'), 'FIVE-SAFES-CASE: KP-2026-AB'])).status).toBe(200);
    expect((await raw([...without('Five-Safes-Case'), 'Five-Safes-Case : KP-2026-AB'])).status).toBe(400);
    expect((await raw([...without('Five-Safes-Case'), 'Five-Safes-Case: KP\r-2026-AB'])).status).toBe(400);
    expect((await raw([...without('Five-Safes-Case'), 'Five_Safes_Case: KP-2026-AB'])).text).toContain('projects/case');
  });

  test('what a header says is data: it ends no line of the log and names no other field', async () => {
    const value = 'a","outcome":"released","x":"%{jndi:ldap://evil.example}';
    const { status, text } = await raw([...without('Five-Safes-Justification'), `Five-Safes-Justification: ${value}`]);
    expect(status).toBe(200);
    const exchange = /five-safes-exchange: (\w+)/i.exec(text)?.[1];
    const entry = (kind: string) => p.entries().find((e) => e.exchange === exchange && e.kind === kind);
    expect(entry('asked')?.details).toMatchObject({ justification: value });
    expect(entry('outcome')?.details).toMatchObject({ outcome: 'none' });
    expect(text).not.toContain('evil.example');
    expect(p.log()).not.toContain('evil.example');
  });
});

describe('a look-up by POST', () => {
  const body = `{"vin":"${SOLD}"}`;
  const json = 'Content-Type: application/json';

  test('is one request with one length', async () => {
    const length = `Content-Length: ${body.length}`;
    expect((await raw([...WHY, json, length], { method: 'POST', body })).status).toBe(200);
    const chunked = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
    const transfer = 'Transfer-Encoding: chunked';
    expect((await raw([...WHY, json, transfer], { method: 'POST', body: chunked })).status).toBe(200);
    seen = [];
    for (const both of [
      [length, transfer],
      [length, 'Content-Length: 0'],
      ['Transfer-Encoding: gzip, chunked', length],
    ])
      expect((await raw([...WHY, json, ...both], { method: 'POST', body: chunked })).status).toBe(400);
    expect(seen).toEqual([]);
  });

  test('is not read from a trailer, nor from a GET with a body', async () => {
    const trailer = '2\r\n{}\r\n0\r\nFive-Safes-Output: records\r\n\r\n';
    const asked = await raw([...WHY, json, 'Transfer-Encoding: chunked', 'Trailer: Five-Safes-Output'], {
      method: 'POST',
      body: trailer,
    });
    expect([asked.status, asked.text.includes('request/path')]).toEqual([400, true]);
    for (const framing of [`Content-Length: ${body.length}`, 'Transfer-Encoding: chunked']) {
      const sent = framing.startsWith('C') ? body : `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
      expect((await raw([...WHY, json, framing], { body: sent })).status).toBe(400);
    }
    expect(seen).toEqual([]);
  });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/json; charset=utf-16',
    'application/json, text/plain',
    '',
  ])('of type "%s" is refused', async (type) => {
    const headers = [...WHY, `Content-Type: ${type}`, `Content-Length: ${body.length}`];
    const { status, text } = await raw(headers, { method: 'POST', body });
    expect([status, text.includes('request/media-type')]).toEqual([415, true]);
    expect(seen).toEqual([]);
  });
});
