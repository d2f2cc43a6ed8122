import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { connectHolders } from '../../../src/adapters/holders/connect.ts';
import { ConfigurationError } from '../../../src/domain/configuration-error.ts';
import type { HttpConnector } from '../../../src/domain/dataset.ts';
import { openCheckpoint } from '../../../src/ledger/checkpoint.ts';
import { parseEntry } from '../../../src/ledger/compose.ts';
import { leafHash } from '../../../src/ledger/merkle.ts';
import { verifyInclusion } from '../../../src/ledger/proof.ts';
import { ask, dataset, LOG_KEY, permit, VIN, withService } from './builders.ts';

const BY_VIN = permit('vin', VIN);
const FOUND = { items: [{ vin: VIN, make: 'Tessel', buyer: 'Testwood' }] };

function json(body: unknown, status = 200, type = 'application/json') {
  return (_: IncomingMessage, response: ServerResponse) => {
    response.writeHead(status, { 'content-type': type }).end(typeof body === 'string' ? body : JSON.stringify(body));
  };
}
const answerTo = (listener: (q: IncomingMessage, s: ServerResponse) => void, changes = {}) =>
  withService(listener, changes, (holders) => ask(holders, BY_VIN));

/** Reads what a holder is shown, as RFC 9651 has it: a dictionary of an Integer, Byte Sequences and an Inner List of them. */
function readAskedHeader(header: string) {
  const [index = '', entry = '', proof = '', checkpoint = '', ...more] = header.split(', ').map((member, i) => {
    const [name, ...value] = member.split('=');
    expect(name).toBe(['index', 'entry', 'proof', 'checkpoint'][i]);
    return value.join('=');
  });
  expect(more).toEqual([]);
  expect(index).toMatch(/^\d+$/);
  const bytes = (item: string) => {
    expect(item).toMatch(/^:(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?:$/);
    return Buffer.from(item.slice(1, -1), 'base64');
  };
  const steps = /^\((.*)\)$/.exec(proof)?.[1];
  if (steps === undefined) throw new Error('the proof is no list');
  return {
    index: Number(index),
    entry: bytes(entry).toString(),
    proof: steps === '' ? [] : steps.split(' ').map(bytes),
    checkpoint: bytes(checkpoint).toString(),
  };
}

describe('the question', () => {
  test('is built from the Permit and the configuration alone', async () => {
    const seen: IncomingMessage[] = [];
    const listener = (request: IncomingMessage, response: ServerResponse) => {
      seen.push(request);
      json(FOUND)(request, response);
    };
    const records = await withService(
      listener,
      { base: '/api/v2/', tokenEnv: 'DEALER_TOKEN' },
      (holders) => ask(holders, BY_VIN),
      { DEALER_TOKEN: 'abc.def' },
    );
    expect(records).toStrictEqual([{ make: 'Tessel' }]);
    expect(seen.map(({ method, url }) => [method, url])).toEqual([['GET', `/api/v2/sales?vin=${VIN}`]]);
    expect(seen[0]?.headers).toEqual({
      host: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      connection: 'keep-alive',
      accept: 'application/json',
      'accept-encoding': 'identity',
      'user-agent': 'five-safes-gateway',
      'five-safes-exchange': BY_VIN.exchange,
      'five-safes-receipt': expect.any(String),
      authorization: 'Bearer abc.def',
    });
  });

  test('shows the holder that it was in the log before', async () => {
    let header = '';
    await answerTo((request, response) => {
      header = String(request.headers['five-safes-receipt']);
      json(FOUND)(request, response);
    });
    const { index, entry, checkpoint, proof } = readAskedHeader(header);
    expect(parseEntry(entry)).toMatchObject({ kind: 'asked', exchange: BY_VIN.exchange });
    const head = openCheckpoint(checkpoint, LOG_KEY);
    if (head === undefined) throw new Error('the checkpoint is not signed by the log');
    const included = (leaf: string) => verifyInclusion(leafHash(Buffer.from(leaf)), index, head.size, proof, head.root);
    expect(included(entry)).toBe(true);
    expect(included(entry.replace('asked', 'askes'))).toBe(false);
  });

  test('is put once, even where the connection breaks', async () => {
    let calls = 0;
    const outcome = await answerTo((request) => {
      calls += 1;
      request.socket.destroy();
    });
    expect([outcome, calls]).toEqual(['holder/unreachable', 1]);
  });
});

describe('the answer', () => {
  test('may be an array in a place, the array itself, or one record', async () => {
    const [record] = FOUND.items;
    expect(await answerTo(json({ data: { list: [record] } }), { records: 'data.list' })).toEqual([{ make: 'Tessel' }]);
    expect(await answerTo(json([record, record]), { records: '' })).toHaveLength(2);
    expect(await answerTo(json(record), { records: '' })).toHaveLength(1);
    expect(await answerTo(json({ items: null }))).toEqual([]);
    expect(await answerTo(json({ items: [] }))).toEqual([]);
    expect(await answerTo(json(FOUND, 200, 'application/hal+json; charset=utf-8'))).toHaveLength(1);
  });

  test('leaves out records that were not asked for', async () => {
    const other = { vin: 'WP0ZZZ99ZTS392124', make: 'Other' };
    expect(await answerTo(json({ items: [other, ...FOUND.items, {}] }))).toEqual([{ make: 'Tessel' }]);
  });

  test('404 says that there is no record', async () => {
    expect(await answerTo(json({ error: 'Testwood' }, 404))).toEqual([]);
  });

  test('with prototype-named keys is data like any other', async () => {
    const text = `{"items":[{"vin":"${VIN}","make":null,"__proto__":{"make":"evil"},"constructor":{"prototype":{"x":1}}}]}`;
    expect(await answerTo(json(text))).toStrictEqual([{ make: null }]);
    expect(await answerTo(json(`{"__proto__":{"items":[{"vin":"${VIN}"}]}}`))).toBe('holder/shape');
  });
});

describe('faults', () => {
  test.each([
    ['an error', json({ error: 'Testwood' }, 500), 'holder/status'],
    ['another success', json(FOUND, 206), 'holder/status'],
    ['a page', json('<p>Testwood</p>', 200, 'text/html'), 'holder/not-json'],
    ['a page called JSON', json('<p>Testwood</p>'), 'holder/not-json'],
    ['JSON of another type', json(FOUND, 200, 'text/plain'), 'holder/not-json'],
    ['half an answer', json('{"items":[{"vin":"Testwood'), 'holder/not-json'],
    ['an empty answer', json(''), 'holder/not-json'],
    ['another place', json({ results: [] }), 'holder/shape'],
    ['something else than records', json({ items: ['Testwood'] }), 'holder/shape'],
    ['a misshapen field', json({ items: [{ vin: VIN, make: { x: 'Testwood' } }] }), 'holder/shape'],
  ] as const)('%s', async (_, listener, code) => {
    expect(await answerTo(listener)).toBe(code);
  });

  test('a redirect is not followed', async () => {
    let calls = 0;
    const outcome = await answerTo((_, response) => {
      calls += 1;
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    expect([outcome, calls]).toEqual(['holder/status', 1]);
  });

  test('bytes that are not UTF-8, or packed, or too many', async () => {
    const raw = (bytes: Buffer, headers = {}) =>
      answerTo((_, response) => {
        response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(bytes);
      });
    expect(await raw(Buffer.from('{"items":[],"x":"Citro\xebn"}', 'latin1'))).toBe('holder/not-json');
    expect(await raw(Buffer.from('{"items":[]}'), { 'content-encoding': 'gzip' })).toBe('holder/not-json');
    const blanks = ' '.repeat(2 * 1024 * 1024 - 12);
    expect(await raw(Buffer.from(`{"items":[]}${blanks}`))).toEqual([]);
    expect(await raw(Buffer.from(`{"items":[]}${blanks} `))).toBe('holder/too-large');
  });

  test('an endless answer is given up, and the connection with it', async () => {
    const gone = await new Promise<boolean>((resolve, reject) => {
      answerTo((_, response) => {
        response.on('close', () => resolve(true));
        response.writeHead(200, { 'content-type': 'application/json' });
        const pour = () => {
          while (response.write('['.repeat(65_536)) && !response.destroyed);
        };
        response.on('drain', pour);
        pour();
      }).then((outcome) => outcome !== 'holder/too-large' && reject(new Error(String(outcome))), reject);
    });
    expect(gone).toBe(true);
  });

  test('a head too large', async () => {
    const outcome = await answerTo((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'x-much': 'x'.repeat(20_000) }).end('{}');
    });
    expect(outcome).toBe('holder/too-large');
  });

  test('no head in time, and a body that trickles', async () => {
    expect(await answerTo(() => undefined, { timeoutMs: 60 })).toBe('holder/timeout');
    const trickle = await answerTo(
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        const timer = setInterval(() => response.write(' '), 10);
        response.on('close', () => clearInterval(timer));
      },
      { timeoutMs: 60 },
    );
    expect(trickle).toBe('holder/timeout');
  });

  test.each([
    ['no head', { headMs: 40 }, () => undefined],
    [
      'a head that trickles',
      { headMs: 40 },
      (request: IncomingMessage) => {
        request.socket.write('HTTP/1.1 200 OK\r\n');
        const timer = setInterval(() => request.socket.write('x-a: b\r\n'), 5);
        request.socket.on('close', () => clearInterval(timer));
      },
    ],
    [
      'a body that trickles',
      { bodyMs: 40 },
      (_: IncomingMessage, response: ServerResponse) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        const timer = setInterval(() => response.write(' '), 5);
        response.on('close', () => clearInterval(timer));
      },
    ],
  ] as const)('%s within its own limit, long before the whole', async (_, timeouts, listener) => {
    const began = performance.now();
    expect(await answerTo(listener, { timeouts, timeoutMs: 20_000 })).toBe('holder/timeout');
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  test('a body limit does not cut short a head that takes its time', async () => {
    const slow = (request: IncomingMessage, response: ServerResponse) => {
      setTimeout(() => json(FOUND)(request, response), 120);
    };
    expect(await answerTo(slow, { timeouts: { bodyMs: 60 } })).toHaveLength(1);
  });

  test('packed without saying so, or said in another header', async () => {
    const packed = gzipSync(JSON.stringify(FOUND));
    const raw = (headers: object) =>
      answerTo((_, response) => {
        response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(packed);
      });
    expect(await raw({})).toBe('holder/not-json');
    expect(await raw({ 'content-encoding': 'br, gzip' })).toBe('holder/not-json');
    expect(await raw({ 'transfer-encoding': 'gzip, chunked' })).toBe('holder/not-json');
  });

  test('a content-length that lies, either way', async () => {
    const raw = (length: number, body: string) =>
      answerTo((request) => {
        const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;
        request.socket.end(head + body);
      });
    const body = JSON.stringify(FOUND);
    expect(await raw(body.length, body)).toHaveLength(1);
    expect(['holder/not-json', 'holder/unreachable']).toContain(await raw(body.length + 10, body));
    expect(await raw(body.length - 10, body)).toBe('holder/not-json');
  });

  test('something that does not speak HTTP, and nobody at all', async () => {
    const server = createServer((socket) => socket.once('data', () => socket.end('220 Testwood mail\r\n')));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const of = dataset({
      connector: { kind: 'http', baseUrl: `http://127.0.0.1:${port}`, lookups: { vin: '/{value}' }, records: '' },
    });
    const holders = await connectHolders([of]);
    expect(await ask(holders, BY_VIN)).toBe('holder/not-json');
    await new Promise<void>((resolve) => server.close(() => resolve()));
    expect(await ask(holders, BY_VIN)).toBe('holder/unreachable');
    await holders.close();
  });

  test('a scheme without a look-up', async () => {
    const identifiers = { vin: 'vin', registration: 'reg' };
    const outcome = await withService(json(FOUND), { identifiers }, (h) => ask(h, permit('registration', 'AB12CDE')));
    expect(outcome).toBe('holder/unavailable');
  });
});

describe('refuses to start', () => {
  test.each([
    [{ baseUrl: 'ftp://dealer.example' }, 'baseUrl'],
    [{ baseUrl: 'https://user:secret@dealer.example' }, 'baseUrl'],
    [{ baseUrl: 'https://dealer.example/?key=1' }, 'baseUrl'],
    [{ lookups: { vin: '/sales' } }, '{value} once'],
    [{ lookups: { vin: 'sales/{value}' } }, 'begins with /'],
    [{ lookups: { vin: '//elsewhere.example/{value}' } }, 'begins with /'],
    [{ baseUrl: 'https://10.1.2.3/' }, 'privateAddress'],
    [{ baseUrl: 'https://[fd00::1]/' }, 'privateAddress'],
    [{ baseUrl: 'https://169.254.169.254/', privateAddress: true }, 'baseUrl'],
    [{ baseUrl: 'https://192.0.2.1/', family: 6 }, 'family: expected 4'],
    [{ lookups: { vin: '/a/../{value}' } }, 'lookups.vin'],
    [{ lookups: { registration: '/{value}' } }, 'identifiers.registration'],
    [{ records: 'items[]' }, 'records'],
    [{ tokenEnv: 'NOT_SET' }, 'NOT_SET'],
    [{ tokenEnv: 'BROKEN' }, 'BROKEN'],
  ] as const)('%j', async (change, expected) => {
    const connector: HttpConnector = {
      kind: 'http',
      baseUrl: 'https://dealer.example',
      lookups: { vin: '/sales?vin={value}' },
      records: 'items',
      ...change,
    };
    const error: unknown = await connectHolders([dataset({ connector })], { BROKEN: 'a\r\nx: y' }).catch(
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(String(error)).toContain(expected);
    expect(String(error)).not.toContain('x: y');
  });
});
