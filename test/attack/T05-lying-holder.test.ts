import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ABSENT, type Listener, SOLD, sale, sendJson } from '../gateway/dealer.ts';
import { type Partnership, question, startPartnership } from '../gateway/partnership.ts';

let p: Partnership;
beforeAll(async () => {
  p = await startPartnership({ 'datasets.yaml': [['timeoutMs: 5000', 'timeoutMs: 300']] });
});
afterEach(() => p.dealer.answerWith());
afterAll(() => p.stop());

async function answeredWith(listener: Listener) {
  p.dealer.answerWith(listener);
  const { status, body, text } = await p.ask('mara.lindqvist', question());
  return { status, text, leg: body.legs?.[0], outcome: body.outcome };
}

const jsonText =
  (text: string): Listener =>
  (_, response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(text);

test('records other than those asked for do not leave', async () => {
  const others = [sale(ABSENT, { customer: { fullName: 'Somebody Else' } }), sale('WVWZZZ1KZ8W386001')];
  const mixed = await answeredWith((_, response) => sendJson(response, { sales: [...others, sale(SOLD), ...others] }));
  expect(mixed.leg?.records).toHaveLength(1);
  expect(mixed.text).not.toContain('Somebody Else');
  const only = await answeredWith((_, response) => sendJson(response, { sales: others }));
  expect(only.outcome).toBe('none');
});

test('a record in which the identifier was made to match by look-alikes does not count', async () => {
  const cyrillic = SOLD.replace('E', '\u0415');
  const { outcome } = await answeredWith((_, response) => sendJson(response, { sales: [sale(cyrillic)] }));
  expect(outcome).toBe('none');
});

test('fields that nobody declared do not leave, wherever they stand', async () => {
  const record = sale(SOLD, { secret: 'S3CRET', previousOwners: [{ name: 'A', secret: 'S3CRET' }] });
  const nested = { ...record, vehicle: { ...record.vehicle, secret: 'S3CRET' }, customer: { secret: 'S3CRET' } };
  const { status, text, leg } = await answeredWith((_, response) =>
    sendJson(response, { sales: [nested], s: 'S3CRET' }),
  );
  expect(status).toBe(200);
  expect(leg?.records).toHaveLength(1);
  expect(text).not.toContain('S3CRET');
});

test('prototype keys neither pollute nor leave', async () => {
  const hostile = JSON.stringify({ sales: [sale(SOLD)] }).replaceAll('{', '{"__proto__":{"polluted":"S3CRET"},');
  const { leg, text } = await answeredWith(jsonText(hostile));
  expect(leg?.records).toHaveLength(1);
  expect(text).not.toContain('S3CRET');
  expect(Object.keys(Object.prototype)).toEqual([]);
  const hidden = await answeredWith(jsonText(`{"__proto__":{"sales":[${JSON.stringify(sale(SOLD))}]}}`));
  expect(hidden.leg).toMatchObject({ state: 'fault', code: 'holder/shape' });
});

const faults: readonly (readonly [string, string, Listener])[] = [
  ['HTML', 'holder/not-json', (_, r) => r.writeHead(200, { 'content-type': 'text/html' }).end('<h1>S3CRET</h1>')],
  ['JSON that is cut off', 'holder/not-json', jsonText('{"sales":[{"S3CRET":')],
  [
    'a compressed body',
    'holder/not-json',
    (_, r) => r.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end('S3CRET'),
  ],
  ['more than is accepted', 'holder/too-large', jsonText(`{"sales":[],"pad":"${'S3CRET'.repeat(500_000)}"}`)],
  [
    'a list without end of owners of whom nothing is said',
    'holder/too-large',
    (_, r) => sendJson(r, { sales: [sale(SOLD, { previousOwners: Array.from({ length: 300_000 }, () => null) })] }),
  ],
  ['a status of its own', 'holder/status', (_, r) => sendJson(r, { error: 'S3CRET' }, 503)],
  ['a redirect', 'holder/status', (_, r) => r.writeHead(302, { location: 'http://127.0.0.1:1/S3CRET' }).end()],
  ['no answer', 'holder/timeout', () => undefined],
  [
    'a body that drips',
    'holder/timeout',
    (_, r) => {
      r.writeHead(200, { 'content-type': 'application/json' });
      const drip = setInterval(() => r.write(' '), 20);
      r.on('close', () => clearInterval(drip));
    },
  ],
  ['a closed connection', 'holder/unreachable', (q) => q.socket.destroy()],
  ['something else than HTTP', 'holder/not-json', (q) => q.socket.end('S3CRET\r\n\r\n')],
  ['no records at all', 'holder/shape', jsonText('{"cars":["S3CRET"]}')],
  ['a text for a record', 'holder/shape', jsonText('{"sales":["S3CRET"]}')],
  [
    'a list for a name',
    'holder/shape',
    (_, r) => sendJson(r, { sales: [sale(SOLD, { customer: { fullName: ['S3CRET'] } })] }),
  ],
  ['a text for a price', 'holder/shape', (_, r) => sendJson(r, { sales: [sale(SOLD, { price: 'S3CRET' })] })],
  [
    'a filter that cannot be read',
    'holder/shape',
    (_, r) => sendJson(r, { sales: [sale(SOLD, { status: { S3CRET: 1 } })] }),
  ],
];

test.each(faults)('%s is %s, and nothing of it leaves or is logged', async (_, code, listener) => {
  const { status, text, leg } = await answeredWith(listener);
  expect(status).toBe(502);
  expect(leg).toMatchObject({ state: 'fault', code });
  expect(leg).not.toHaveProperty('records');
  expect(text).not.toContain('S3CRET');
  expect(p.log()).not.toContain('S3CRET');
});

test('what the holder sees is the Permit: path, and nothing of the asker', async () => {
  const heads: string[] = [];
  p.dealer.answerWith((request, response) => {
    heads.push(JSON.stringify([request.method, request.url, request.headers]));
    sendJson(response, { sales: [] });
  });
  await p.ask('mara.lindqvist', question(), { 'x-evil': 'S3CRET', cookie: 'S3CRET', 'user-agent': 'S3CRET' });
  expect(heads).toHaveLength(1);
  expect(heads[0]).toContain(`/api/sales/by-vin/${SOLD}`);
  for (const word of ['S3CRET', 'lindqvist', 'authorization', 'KP-2026']) expect(heads[0]).not.toContain(word);
});

test('the log holds after all of it, and no exchange is open', async () => {
  expect(await p.verify()).toMatchObject({ verified: true, open: 0 });
});
