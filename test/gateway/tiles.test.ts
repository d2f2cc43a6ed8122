import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { httpPaths } from '../../src/adapters/mirror/http.ts';
import { openCheckpoint } from '../../src/ledger/checkpoint.ts';
import { leafHash } from '../../src/ledger/merkle.ts';
import { type NoteVerifier, parseVerifierKey } from '../../src/ledger/note.ts';
import { verifyConsistency, verifyInclusion } from '../../src/ledger/proof.ts';
import { tileSource } from '../../src/ledger/tile-source.ts';
import { tileLimit, tilePath } from '../../src/ledger/tiles.ts';
import { unpackEntries } from '../../src/ledger/tiles-bundle.ts';
import { tileProver } from '../../src/ledger/tiles-proof.ts';
import { verifyLedger } from '../../src/ledger/verify.ts';
import { answerOf } from './answer.ts';
import { type Partnership, question, startPartnership } from './partnership.ts';

let p: Partnership;
let verifier: NoteVerifier;
beforeAll(async () => {
  p = await startPartnership();
  const parsed = parseVerifierKey(p.gateway.key);
  if (parsed === undefined) throw new Error('no verifier key');
  verifier = parsed;
});
afterAll(() => p.stop());

const get = (path: string, method = 'GET') => fetch(`${p.gateway.url}${path}`, { method });

async function newest() {
  const checkpoint = openCheckpoint(await (await get('/checkpoint')).text(), verifier);
  if (checkpoint === undefined) throw new Error('no checkpoint of this log');
  return checkpoint;
}

describe('everybody', () => {
  test('gets the checkpoint, as a text that is asked for anew each time', async () => {
    const { status, headers } = await get('/checkpoint');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(headers.get('cache-control')).toBe('no-cache');
    expect((await newest()).size).toBeGreaterThan(0);
  });

  test('gets entries and tiles that fit it, to be kept for ever', async () => {
    const { size, root } = await newest();
    const bundle = await get(`/tile/entries/000.p/${size}`);
    const tile = await get(`/tile/0/000.p/${size}`);
    for (const { status, headers } of [bundle, tile]) {
      expect(status).toBe(200);
      expect(headers.get('content-type')).toBe('application/octet-stream');
      expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    }
    const { items, bad } = unpackEntries(Buffer.from(await bundle.arrayBuffer()), size);
    expect(bad).toBeNull();
    const hashes = Buffer.from(await tile.arrayBuffer());
    expect(hashes).toEqual(Buffer.concat(items.map(leafHash)));
    const prover = tileProver(size, async () => hashes);
    const leaf = leafHash(items[0] ?? Buffer.alloc(0));
    expect(verifyInclusion(leaf, 0, size, await prover.inclusion(0), root)).toBe(true);
  });

  test('gets the same head with HEAD, and nothing with another method', async () => {
    const { size } = await newest();
    for (const path of ['/checkpoint', `/tile/0/000.p/${size}`]) {
      const [head, whole] = [await get(path, 'HEAD'), await get(path)];
      expect(head.status).toBe(200);
      expect(await head.text()).toBe('');
      for (const name of ['content-type', 'content-length', 'cache-control']) {
        expect(head.headers.get(name), name).toBe(whole.headers.get(name));
      }
      const posted = await answerOf(await get(path, 'POST'), 'POST');
      expect([posted.status, posted.body.code, posted.headers.get('allow')]).toEqual([405, 'request/method', 'GET']);
    }
  });

  test('gets nothing that is not there, nor is told to keep that', async () => {
    const { size } = await newest();
    for (const path of [
      '/tile/0/000',
      `/tile/0/000.p/${size + 1}`,
      '/tile/1/000.p/1',
      '/tile/entries/x001/000',
      '/tile/63/000',
    ]) {
      const { status, body, headers } = await answerOf(await get(path), 'GET');
      expect([status, body.code, headers.get('cache-control')], path).toEqual([404, 'request/not-found', 'no-store']);
    }
  });

  test.each([
    '/checkpoint?x',
    '/tile/0/000?x',
    '/tile/0/0',
    '/tile/0/%30%30%30',
    '/tile/00/000',
    '/tile/0/000.p/256',
    '/tile/0/x000/000',
    '/tile/details/000',
    '/tile//0/000',
    '/tile',
    '/tile/',
  ])('%s is no path', async (path) => {
    const { status, body } = await answerOf(await get(path));
    expect([status, body.code]).toEqual([400, 'request/path']);
  });

  test.each(['/details/000', '/tiles/0/000', '/checkpoint/', '/log-keys/../checkpoint%2f'])(
    '%s is not open to everybody',
    async (path) => expect((await get(path)).status).toBe(401),
  );

  test('can have a path with dots in it for nothing but a refusal', async () => {
    // fetch would resolve them before they are sent.
    const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
    request(`${p.gateway.url}`, { path: '/tile/../v1/me' }, (res) => resolve(res.resume().statusCode))
      .on('error', reject)
      .end();
    expect(await promise).toBe(400);
  });
});

test('a mirror with nothing but the address sees the log grow, and verifies it', async () => {
  const read = httpPaths(p.gateway.url);
  const before = await newest();
  await p.ask('mara.lindqvist', question());
  await p.ask('mara.lindqvist', question());
  const after = await newest();
  expect(after.size).toBeGreaterThan(before.size);
  const prover = tileProver(after.size, (tile) => read(tilePath(tile), tileLimit(tile)));
  const proof = await prover.consistency(before.size);
  expect(verifyConsistency(before.size, before.root, after.size, after.root, proof)).toBe(true);
  const source = await tileSource(read, verifier, 'leave');
  if (source === null) throw new Error('no log');
  expect(source.details).toBe(false);
  expect(await verifyLedger(source, verifier)).toMatchObject({ verified: true, entries: after.size });
});

test('nothing of this is an attempt of somebody unknown, nor a reading of the log', () => {
  const kinds = new Set(p.entries().map(({ kind }) => kind));
  expect(kinds).not.toContain('reading');
  expect(kinds).not.toContain('bad-request');
});
