import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { httpPaths } from '../../../src/adapters/mirror/http.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** A server of this one answer. @returns its address */
async function serving(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}

test('asks for a path below the address, with GET and nothing that names it', async () => {
  const asked: string[] = [];
  const url = await serving((req, res) => {
    asked.push(`${req.method} ${req.url} ${Object.keys(req.headers).toSorted().join(',')}`);
    res.end('abc');
  });
  for (const prefix of [`${url}/logs/one`, `${url}/logs/one/`]) {
    expect(await httpPaths(prefix)('tile/0/x001/067.p/5', 3)).toEqual(Buffer.from('abc'));
  }
  const expected = 'GET /logs/one/tile/0/x001/067.p/5 accept-encoding,connection,host';
  expect(asked).toEqual([expected, expected]);
});

test('what is not there is nothing; any other answer is a failure, a redirect too', async () => {
  const url = await serving((req, res) => {
    res.statusCode = Number(req.url?.slice(1));
    res.setHeader('Location', '/200');
    res.end('abc');
  });
  for (const status of ['401', '403', '404', '410']) expect(await httpPaths(url)(status, 10), status).toBeNull();
  for (const status of ['301', '302', '206', '204', '500', '503']) {
    await expect(httpPaths(url)(status, 10)).rejects.toThrow(`${url}/${status}: status ${status}, expected 200`);
  }
});

test('reads no more than it may, told beforehand or not, packed or not', async () => {
  const url = await serving((req, res) => {
    if (req.url === '/endless') return void setInterval(() => res.write(Buffer.alloc(1024)), 1).unref();
    const packed = req.url !== '/large';
    if (packed) res.setHeader('Content-Encoding', req.url === '/odd' ? 'br' : 'gzip');
    res.end(packed ? gzipSync(Buffer.alloc(1000)) : Buffer.alloc(1000));
  });
  expect(await httpPaths(url)('packed', 1000)).toEqual(Buffer.alloc(1000));
  await expect(httpPaths(url)('packed', 999)).rejects.toThrow(`${url}/packed: `);
  await expect(httpPaths(url)('large', 999)).rejects.toThrow('more than 999 bytes');
  await expect(httpPaths(url)('endless', 4096)).rejects.toThrow('more than 4096 bytes');
  await expect(httpPaths(url)('odd', 1000)).rejects.toThrow('an encoding that was not asked for');
});

test('does not wait for ever, for a head or for the rest of a body', async () => {
  const url = await serving((req, res) => {
    if (req.url === '/body') res.write('a');
  });
  await expect(httpPaths(url, 40)('head', 10)).rejects.toThrow('no answer within 40 ms');
  await expect(httpPaths(url, 40)('body', 10)).rejects.toThrow('no answer within 40 ms');
});

test.each(['ftp://log.example', 'http://user:word@log.example', 'https://log.example/?a', 'https://log.example/#a'])(
  '%s is no address of a log',
  (prefix) => expect(() => httpPaths(prefix)).toThrow(TypeError),
);
