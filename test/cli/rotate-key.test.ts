import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ledgerPaths } from '../../src/adapters/sqlite/files.ts';
import { standingReader } from '../../src/adapters/sqlite/standing.ts';
import type { ExchangeId } from '../../src/domain/ids.ts';
import { bundleShape, verifyBundle } from '../../src/ledger/bundle.ts';
import { parseVerifierKey } from '../../src/ledger/note.ts';
import { type RealLog, realLog } from '../ledger/export/real-log.ts';
import { draftsOf, inThisProcess, writeLedger } from './command.ts';

/** A log of one exchange, whose key was changed by the command, and of another one after that. */
let log: RealLog;
let exchange: ExchangeId;
let before: string;
let after: string;
let prepared: Awaited<ReturnType<typeof command>>;
let rotated: typeof prepared;
beforeAll(async () => {
  log = await realLog();
  exchange = (await log.ask()).exchange;
  await log.ledger.close();
  before = log.keys.verifierKey;
  prepared = await command('log', 'rotate-key', '--prepare', '--state', 'state');
  rotated = await command('log', 'rotate-key', '--state', 'state');
  after = JSON.parse(rotated.out).after;
  await writeLedger(log.state, draftsOf(3));
});
afterAll(() => log.close());

const command = (...args: string[]) => inThisProcess(args, log.root);
const verified = async (place: string, key: string, ...more: string[]) =>
  JSON.parse((await command('verify', place, '--key', key, '--json', ...more)).out);
const keyOf = (text: string) => {
  const key = parseVerifierKey(text);
  if (key === undefined) throw new Error('no key');
  return key;
};

test('the next key is shown before it signs; the change is an entry, and the old private key is gone', async () => {
  expect([prepared.code, JSON.parse(prepared.out)]).toEqual([0, { next: after }]);
  expect(prepared.err).toContain('not in use yet');
  expect([rotated.code, JSON.parse(rotated.out)]).toEqual([0, { index: 2, before, after }]);
  expect(rotated.err).toContain('Entry 2 of the log records the change');
  expect(after).not.toBe(before);
  expect(readFileSync(join(log.state, 'keys/verifier-key'), 'utf8')).toBe(`${after}\n`);
  expect(existsSync(join(log.state, 'keys/signing-key.next.pem'))).toBe(false);
  const wrong = await command('log', 'rotate-key', 'now', '--state', 'state');
  expect([wrong.code, wrong.out]).toEqual([2, '']);
});

test('an exchange of before the change still has its receipt, under the checkpoint of the old key', async () => {
  const reader = standingReader(ledgerPaths(log.state), log.keys.kek, keyOf(after));
  const receipt = reader.byId(exchange)?.receipt;
  reader.close();
  expect(receipt?.index).toBe(1);
  writeFileSync(join(log.root, 'receipt.json'), JSON.stringify(receipt));
  for (const key of [before, after]) {
    expect(await verified('state', key, '--receipt', 'receipt.json')).toMatchObject({ verified: true, entries: 5 });
  }
});

test('and its proof and crate, which lead from either key to it', async () => {
  const proof = await command('log', 'proof', exchange, '--state', 'state', '--json');
  expect(proof.code, proof.err).toBe(0);
  const bundle = bundleShape.parse(JSON.parse(proof.out));
  const stated = ['--state', 'state', '--use', 'lawfulness', '--reason', 'complaint 31'];
  const crate = await command('log', 'crate', exchange, '--out', 'crate', ...stated);
  expect(crate.code, crate.err).toBe(0);
  const inCrate = bundleShape.parse(JSON.parse(readFileSync(join(log.root, 'crate/data/evidence.json'), 'utf8')));
  expect(inCrate.answer).not.toBeNull();
  const { keyChanges, ...without } = bundle;
  expect(keyChanges).toContain(`old ${before}\nnew ${after}\n`);
  for (const key of [before, after]) {
    for (const each of [bundle, inCrate]) expect(verifyBundle(each, keyOf(key))).toMatchObject({ verified: true });
  }
  // Without what both keys signed, only the key that signed the checkpoint speaks for it.
  expect(verifyBundle(without, keyOf(after)).firstBad?.code).toBe('proof/checkpoint');
});

test('a mirror, in a directory or at an address, is checked with either key, and not without the change', async () => {
  expect((await command('log', 'export', 'mirror', '--details', '--state', 'state')).code).toBe(0);
  let hidden = false;
  const server = createServer((req, res) => {
    const path = join(log.root, 'mirror', req.url ?? '');
    if (!existsSync(path) || (hidden && req.url === '/log-keys')) res.writeHead(404).end();
    else res.end(readFileSync(path));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const expected = await verified('state', after);
    expect(expected).toMatchObject({ verified: true, firstBad: null });
    for (const key of [before, after]) {
      for (const place of ['mirror', url]) expect(await verified(place, key)).toMatchObject({ ...expected, erased: 0 });
    }
    hidden = true;
    expect(await verified(url, before)).toMatchObject({ verified: false, firstBad: { code: 'checkpoint/unsigned' } });
    expect(await verified(url, after)).toMatchObject({ firstBad: { index: 2, code: 'log-key/missing' } });
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
