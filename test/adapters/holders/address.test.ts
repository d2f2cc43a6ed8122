import { createServer, type LookupFunction } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mayReach, reachOf } from '../../../src/adapters/holders/address.ts';
import { connectHolders } from '../../../src/adapters/holders/connect.ts';
import type { HttpConnector } from '../../../src/domain/dataset.ts';
import { ask, dataset, permit, serving, VIN } from './builders.ts';

const BY_VIN = permit('vin', VIN);

/** A server that counts connections, whatever is said on them. */
async function counting(host = '127.0.0.1') {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { port: address.port, connections: () => connections, close };
}

const names =
  (...addresses: readonly string[]): LookupFunction =>
  (_, __, callback) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );

async function askThrough(baseUrl: string, lookup: LookupFunction, changes: Partial<HttpConnector> = {}) {
  const connector: HttpConnector = { kind: 'http', baseUrl, lookups: { vin: '/{value}' }, records: '', ...changes };
  const holders = await connectHolders(
    [dataset({ connector, timeoutMs: 3_000, fields: { make: { from: 'make', type: 'text' } } })],
    {},
    { lookup },
  );
  try {
    return await ask(holders, BY_VIN);
  } finally {
    await holders.close();
  }
}

describe('a name that points into the gateway’s own network', () => {
  test.each([
    ['loopback', '127.0.0.1'],
    ['another loopback', '127.9.9.9'],
    ['loopback in IPv6 dress', '::ffff:127.0.0.1'],
    ['loopback of IPv6', '::1'],
    ['any address', '0.0.0.0'],
    ['the metadata service of a cloud', '169.254.169.254'],
    ['a private network', '10.0.0.1'],
  ])('%s is not connected to', async (_, address) => {
    const server = await counting();
    for (const privateAddress of [false, ...(address.startsWith('10.') ? [] : [true])]) {
      const outcome = await askThrough(`http://dealer.example:${server.port}`, names(address), { privateAddress });
      expect(outcome).toBe('holder/unreachable');
    }
    expect(server.connections()).toBe(0);
    await server.close();
  });

  test('is judged anew at each connecting, and on every address the name has', async () => {
    const server = await counting();
    let asked = 0;
    const rebinding: LookupFunction = (host, options, callback) => {
      asked += 1;
      names(...(asked === 1 ? ['169.254.0.1'] : ['::1', '127.0.0.1', '10.0.0.1']))(host, options, callback);
    };
    const url = `http://dealer.example:${server.port}`;
    expect(await askThrough(url, rebinding)).toBe('holder/unreachable');
    expect(await askThrough(url, rebinding)).toBe('holder/unreachable');
    expect([asked, server.connections()]).toEqual([2, 0]);
    await server.close();
  });

  test('a name that nobody knows, and one that is this machine although it should not be', async () => {
    const unknown: LookupFunction = (_, __, callback) => callback(new Error('ENOTFOUND'), '');
    expect(await askThrough('http://dealer.example:1', unknown)).toBe('holder/unreachable');
    const server = await counting();
    expect(await askThrough(`http://127.0.0.1.example:${server.port}`, names('127.0.0.1'))).toBe('holder/unreachable');
    expect(server.connections()).toBe(0);
    await server.close();
  });
});

describe('this very machine', () => {
  const listener = serving.bind(null, (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(`[{"vin":"${VIN}","make":"Tessel"}]`);
  });

  test('is reached where the configuration names it, by name or number', async () => {
    const service = await listener();
    const port = new URL(service.url).port;
    expect(await askThrough(`http://localhost:${port}`, names('127.0.0.1'))).toEqual([{ make: 'Tessel' }]);
    expect(await askThrough(`http://localhost:${port}`, names('10.0.0.1', '127.0.0.1'))).toEqual([{ make: 'Tessel' }]);
    expect(await askThrough(service.url, names('10.0.0.1'), { family: 4 })).toEqual([{ make: 'Tessel' }]);
    expect(await askThrough(`http://localhost:${port}`, names('10.0.0.1'))).toBe('holder/unreachable');
    await service.close();
  });

  test('a redirect leads nowhere, whoever it names', async () => {
    const elsewhere = await counting();
    for (const status of [301, 302, 303, 307, 308]) {
      const service = await serving((_, response) => {
        response.writeHead(status, { location: `http://127.0.0.1:${elsewhere.port}/`, 'alt-svc': 'h2="127.0.0.1"' });
        response.end();
      });
      expect(await askThrough(service.url, names('127.0.0.1'))).toBe('holder/status');
      await service.close();
    }
    expect(elsewhere.connections()).toBe(0);
    await elsewhere.close();
  });
});

describe('what may be reached', () => {
  test.each([
    ['192.0.2.7', 'reserved'],
    ['100.64.0.1', 'private'],
    ['10.255.0.1', 'private'],
    ['172.16.0.1', 'private'],
    ['192.168.1.1', 'private'],
    ['fd00::1', 'private'],
    ['::ffff:10.0.0.1', 'private'],
    ['fec0::1', 'none'],
    ['fe80::1', 'none'],
    ['64:ff9b::a00:1', 'none'],
    ['2002:a00:1::', 'none'],
    ['224.0.0.1', 'none'],
    ['255.255.255.255', 'none'],
    ['::', 'none'],
    ['127.1', 'none'],
    ['0x7f000001', 'none'],
    ['dealer.example', 'none'],
  ])('%s', (address, kind) => {
    expect(mayReach(address, 'public')).toBe(false);
    expect(mayReach(address, 'private')).toBe(kind === 'private');
    expect(mayReach(address, 'loopback')).toBe(false);
  });

  test('public addresses, where nothing else is said', () => {
    for (const address of ['8.8.8.8', '2606:4700::1111']) {
      expect([mayReach(address, 'public'), mayReach(address, 'private')]).toEqual([true, true]);
      expect(mayReach(address, 'loopback')).toBe(false);
    }
    expect(mayReach(undefined, 'public')).toBe(false);
  });

  test('loopback never stands for a host elsewhere, in any of its spellings', () => {
    fc.assert(
      fc.property(fc.nat(0xff), fc.nat(0xff), fc.nat(0xff), fc.boolean(), (a, b, c, mapped) => {
        const address = `${mapped ? '::ffff:' : ''}127.${a}.${b}.${c}`;
        expect(mayReach(address, 'loopback')).toBe(true);
        expect(mayReach(address, 'public') || mayReach(address, 'private')).toBe(false);
      }),
    );
  });

  test('follows from the host that the configuration names', () => {
    expect(reachOf('localhost', {})).toBe('loopback');
    expect(reachOf('[::1]', { privateAddress: true })).toBe('loopback');
    expect(reachOf('localhost.example', {})).toBe('public');
    expect(reachOf('dealer.example', { privateAddress: true })).toBe('private');
  });
});
