import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Partnership, question, startPartnership } from '../gateway/partnership.ts';
import { proofLines } from '../gateway/proof-lines.ts';

let p: Partnership;
beforeAll(async () => {
  p = await startPartnership({ 'gateway.yaml': [['unverifiedPerMinute: 60', 'unverifiedPerMinute: 1000']] });
});
afterAll(() => p.stop());

/** Writes bytes to the real listener and reads until it closes. */
function raw(text: string): Promise<string> {
  const { hostname, port } = new URL(p.gateway.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(text, 'latin1'));
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
    socket.setTimeout(5_000, () => socket.destroy(new Error(`left open after ${answer.slice(0, 200)}`)));
  });
}

function statusesIn(answer: string): readonly number[] {
  return [...answer.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));
}

const HOST = 'Host: gateway.example\r\n';
const SECOND = 'GET /v1/me HTTP/1.1\r\nHost: gateway.example\r\nConnection: close\r\n\r\n';

describe('what could be read as one request or as two is read as none', () => {
  const requests: readonly (readonly [string, string])[] = [
    [
      'Content-Length and Transfer-Encoding',
      `POST /v1/exchanges HTTP/1.1\r\n${HOST}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SECOND}`,
    ],
    [
      'two lengths',
      `POST /v1/exchanges HTTP/1.1\r\n${HOST}Content-Length: 0\r\nContent-Length: ${SECOND.length}\r\n\r\n${SECOND}`,
    ],
    ['two lengths in one line', `POST /v1/exchanges HTTP/1.1\r\n${HOST}Content-Length: 0, 5\r\n\r\n${SECOND}`],
    ['a length with a sign', `POST /v1/exchanges HTTP/1.1\r\n${HOST}Content-Length: +5\r\n\r\n${SECOND}`],
    [
      'another encoding after chunked',
      `POST /v1/exchanges HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${SECOND}`,
    ],
    [
      'chunked with a control character',
      `POST /v1/exchanges HTTP/1.1\r\n${HOST}Transfer-Encoding: \u000bchunked\r\n\r\n0\r\n\r\n${SECOND}`,
    ],
    ['a blank before the colon', `POST /v1/exchanges HTTP/1.1\r\n${HOST}Content-Length : 5\r\n\r\n${SECOND}`],
    ['a folded header', `GET /v1/me HTTP/1.1\r\n${HOST}X-A: b\r\n Content-Length: 5\r\n\r\n${SECOND}`],
    ['lines that end in LF alone', `GET /v1/me HTTP/1.1\nHost: gateway.example\nX-A: b\n\n${SECOND}`],
    ['a lone CR in a header', `GET /v1/me HTTP/1.1\r\n${HOST}X-A: b\rContent-Length: 5\r\n\r\n${SECOND}`],
    ['NUL in a header', `GET /v1/me HTTP/1.1\r\n${HOST}X-A: b\0c\r\n\r\n${SECOND}`],
    ['a blank in the path', `GET /v1/me x HTTP/1.1\r\n${HOST}\r\n${SECOND}`],
    ['no HTTP', `\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03${SECOND}`],
  ];

  test.each(requests)('%s', async (_, bytes) => {
    const answer = await raw(bytes);
    expect(statusesIn(answer)).toEqual([400]);
    expect(answer).toContain('Connection: close');
    expect(answer).toContain('"code":"request/malformed"');
  });

  test('a size of a chunk that is no number ends the connection, whatever was answered before', async () => {
    const head = `POST /v1/exchanges HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n`;
    const statuses = statusesIn(await raw(`${head}zz\r\n${SECOND}`));
    expect(statuses.filter((status) => status === 400 || status === 401)).toEqual(statuses);
    expect(statuses.length).toBeLessThanOrEqual(2);
    expect(p.dealer.calls).toEqual([]);
  });
});

test('a head that is too large is a 431', async () => {
  const answer = await raw(`GET /v1/me HTTP/1.1\r\n${HOST}X-Long: ${'x'.repeat(20_000)}\r\n\r\n`);
  expect(statusesIn(answer)).toEqual([431]);
  expect(answer).toContain('"code":"request/head-too-large"');
  expect(answer).toContain('Connection: close');
});

test('without Host, with two, or asking to be a tunnel: no', async () => {
  expect(statusesIn(await raw('GET /v1/me HTTP/1.1\r\nConnection: close\r\n\r\n'))).toEqual([400]);
  const tunnel = await raw(`CONNECT 127.0.0.1:22 HTTP/1.1\r\n${HOST}\r\n`);
  expect(statusesIn(tunnel).filter((status) => status < 400)).toEqual([]);
  const upgrade = await raw(`GET /v1/me HTTP/1.1\r\n${HOST}Connection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n`);
  expect(statusesIn(upgrade)).toEqual([401]);
});

test('of two credentials the second does not count, and neither is joined with the first', async () => {
  const token = await p.token('mara.lindqvist');
  const head = `GET /v1/me HTTP/1.1\r\n${HOST}Connection: close\r\n`;
  const first = await raw(`${head}Authorization: Bearer nobody\r\nAuthorization: Bearer ${token}\r\n\r\n`);
  expect(statusesIn(first)).toEqual([401]);
  const joined = await raw(`${head}Authorization: Bearer ${token}, Bearer ${token}\r\n\r\n`);
  expect(statusesIn(joined)).toEqual([401]);
});

test('the path counts as it is sent: no other spelling reaches a route', async () => {
  const token = await p.token('mara.lindqvist');
  const statusOf = async (path: string) => {
    const head = `GET ${path} HTTP/1.1\r\n${HOST}Connection: close\r\nAuthorization: Bearer ${token}\r\n\r\n`;
    return statusesIn(await raw(head))[0];
  };
  expect(await statusOf('/v1/me')).toBe(200);
  for (const path of [
    '//v1/me',
    '/v1//me',
    '/v1/./me',
    '/x/../v1/me',
    '/v1%2fme',
    '/v1/me/',
    '/v1/me;x',
    '/v1/ME',
    '/v1\\me',
  ]) {
    expect([path, await statusOf(path)]).toEqual([path, 404]);
  }
  expect(await statusOf('/v1/me?project=op-slipway')).toBe(200);
});

test('a body that is longer than its length leaves the rest to be read as a request of nobody', async () => {
  const lines = await proofLines(p, 'mara.lindqvist', 'POST', '/v1/exchanges');
  const body = JSON.stringify(question({}, { output: 'hit' }));
  const head = `POST /v1/exchanges HTTP/1.1\r\n${HOST}${lines.join('\r\n')}\r\nContent-Type: application/json\r\n`;
  const answer = await raw(`${head}Content-Length: ${body.length}\r\n\r\n${body}${SECOND}`);
  expect(statusesIn(answer)).toEqual([200, 401]);
});

test.each(['/v1/exchanges', '/v1/explain'])(
  'behind a chunked body that is too large, what follows is read: %s',
  async (path) => {
    const lines = await proofLines(p, 'mara.lindqvist', 'POST', path);
    const head = `POST ${path} HTTP/1.1\r\n${HOST}${lines.join('\r\n')}\r\nContent-Type: application/json\r\n`;
    const chunks = `8000\r\n${'x'.repeat(0x8000)}\r\n`.repeat(100);
    const answer = await raw(`${head}Transfer-Encoding: chunked\r\n\r\n${chunks}0\r\n\r\n${SECOND}`);
    expect(statusesIn(answer)).toEqual([413, 401]);
  },
);

test('what the parser refused is counted, by network and reason', async () => {
  await p.gateway.stop();
  const counted = p.entries().filter((entry) => entry.kind === 'unverified');
  const reasons = new Set(counted.map((entry) => entry.details['reason']));
  expect(reasons).toEqual(new Set(['request/malformed', 'request/head-too-large', 'token/missing', 'token/malformed']));
  const malformed = counted.filter((entry) => entry.details['reason'] === 'request/malformed');
  expect(malformed.reduce((sum, entry) => sum + Number(entry.details['count']), 0)).toBeGreaterThanOrEqual(13);
});
