import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadKeys } from '../../src/adapters/sqlite/keys-file.ts';
import { openLedger } from '../../src/adapters/sqlite/ledger.ts';
import { dispatch } from '../../src/cli/dispatch.ts';
import { digestOf } from '../../src/domain/digest.ts';
import { type Receipt, receiptFor } from '../../src/ledger/receipt.ts';
import { draftsOf, fiveSafes, idOf, initialised, temporary, writeLedger } from './command.ts';

const BODY = '{"vehicle":"WVWZZZ1KZ8W386001"}\n';

let root: string;
let state: string;
let key: string;
let receipt: Receipt;
beforeAll(async () => {
  ({ root, state, key } = await initialised());
  await writeLedger(state, draftsOf(1));
  receipt = await answered(2, BODY);
});

/** Both entries of an exchange that was answered with this. */
async function answered(number: number, body: string): Promise<Receipt> {
  const { origin, signingKey, kek } = loadKeys(join(state, 'keys'));
  const ledger = await openLedger({ directory: state, origin, signingKey, kek, node: 'test' });
  const [asked, outcome] = draftsOf(number);
  if (asked === undefined || outcome === undefined) throw new Error('no drafts');
  await ledger.append(asked);
  const written = await ledger.append({ ...outcome, answer: digestOf(body) });
  await ledger.close();
  return receiptFor(written, digestOf(body));
}

/** The command in this process: there are many of them here, and what they share is the log. */
const run = async (...args: string[]) => {
  let [out, err] = ['', ''];
  const code = await dispatch([...args, '--json'], {
    env: {},
    directory: root,
    terminal: false,
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
  });
  return { code, out, err, json: out === '' ? null : JSON.parse(out) };
};
const exportTo = (directory: string, ...more: string[]) => run('log', 'export', directory, '--state', 'state', ...more);
const verify = (place: string, ...more: string[]) => run('verify', place, '--key', key, ...more);
const filesIn = (directory: string) =>
  readdirSync(join(root, directory), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(root, directory).length + 1))
    .toSorted();

describe('exported', () => {
  test('a log is verified in its directory as in its database, details or not', async () => {
    const { code, json } = await exportTo('plain');
    expect(code).toBe(0);
    expect(json).toMatchObject({ size: 4, files: 3, details: false });
    expect(filesIn('plain')).toEqual(['checkpoint', 'tile/0/000.p/4', 'tile/entries/000.p/4']);
    expect((await exportTo('sealed', '--details')).json).toMatchObject({ files: 4, details: true });
    expect(filesIn('sealed')).toContain('details/000.p/4');
    const expected = (await verify('state')).json;
    expect(expected).toMatchObject({ verified: true, entries: 4, root: json.root });
    for (const directory of ['plain', 'sealed']) {
      expect(await verify(directory)).toMatchObject({ code: 0, json: expected, err: '' });
    }
    const demanded = await verify('plain', '--details');
    expect(demanded).toMatchObject({ code: 1, json: { firstBad: { index: 0, code: 'details/missing' } } });
    expect((await verify('sealed', '--details')).code).toBe(0);
    const { err } = await fiveSafes(['verify', 'sealed', '--key', key], root);
    expect(err).toContain('details checked');
  });

  test('nothing sealed is opened, and nothing is written about a reading', async () => {
    await exportTo('quiet', '--details');
    for (const file of filesIn('quiet')) {
      expect(readFileSync(join(root, 'quiet', file), 'latin1')).not.toMatch(/mara|WVW|found/);
    }
    expect((await verify('state')).json.entries).toBe(4);
  });

  test('what was altered in it is found', async () => {
    await exportTo('altered');
    const path = join(root, 'altered/tile/entries/000.p/4');
    writeFileSync(path, readFileSync(path, 'latin1').replace('"kind":"outcome"', '"kind":"reading"'), 'latin1');
    expect(await verify('altered')).toMatchObject({ code: 1, json: { firstBad: { index: 1, code: 'entry/altered' } } });
  });

  test('it is brought up to date, with what was left out the first time', async () => {
    const copy = join(temporary(), 'state');
    cpSync(state, copy, { recursive: true });
    const grown = (...more: string[]) => run('log', 'export', 'grown', '--state', copy, ...more);
    await grown();
    await writeLedger(copy, draftsOf(3));
    expect((await grown('--details')).json).toMatchObject({ size: 6, files: 4 });
    expect(await verify('grown', '--details')).toMatchObject({ code: 0, json: { entries: 6 } });
    // The ledger is now behind what the directory holds: an older copy must not take its place.
    expect(await exportTo('grown')).toMatchObject({ code: 1, out: '' });
    expect(await verify('grown')).toMatchObject({ code: 0, json: { entries: 6 } });
  });

  test('changes of the signing key are published beside it, and looked at', async () => {
    const copy = join(temporary(), 'state');
    cpSync(state, copy, { recursive: true });
    writeFileSync(join(copy, 'log-keys'), 'no change that anybody signed\n');
    await run('log', 'export', 'keys', '--state', copy);
    expect(readFileSync(join(root, 'keys/log-keys'), 'utf8')).toBe('no change that anybody signed\n');
    expect(await verify('keys')).toMatchObject({ code: 1, json: { firstBad: { index: 0, code: 'log-key/altered' } } });
  });

  test('what holds another log, or something else, is left alone', async () => {
    const other = await initialised();
    await writeLedger(other.state, draftsOf(1));
    await exportTo('mine');
    const ended = await run('log', 'export', 'mine', '--state', other.state);
    expect(ended).toMatchObject({ code: 1, out: '', err: expect.stringContaining('Nothing was written') });
    expect((await verify('mine')).code).toBe(0);
    const before = readdirSync(join(root, 'config'));
    expect((await exportTo('config')).code).toBe(1);
    expect(readdirSync(join(root, 'config'))).toEqual(before);
    expect(existsSync(join(root, 'config/tile'))).toBe(false);
  });

  test('an empty ledger or none is a fault', async () => {
    const empty = await initialised();
    await writeLedger(empty.state, []);
    expect((await run('log', 'export', 'none', '--state', empty.state)).code).toBe(3);
    expect((await run('log', 'export', 'none', '--state', temporary())).code).toBe(3);
    expect(existsSync(join(root, 'none'))).toBe(false);
  });
});

describe('served by any web server', () => {
  let url: string;
  const server = createServer((req, res) => {
    const path = join(root, 'served', req.url ?? '');
    if (!existsSync(path)) res.writeHead(404).end();
    else res.end(readFileSync(path));
  });
  beforeAll(async () => {
    await exportTo('served', '--details');
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  test('it is verified by its address', async () => {
    expect(await verify(url)).toMatchObject({ code: 0, json: { verified: true, entries: 4 } });
    expect(await verify(`${url}/`, '--details')).toMatchObject({ code: 0 });
    rmSync(join(root, 'served/tile/0'), { recursive: true });
    expect(await verify(url)).toMatchObject({ code: 1, json: { firstBad: { index: 0, code: 'tile/missing' } } });
  });

  test('no log, no server and no address are told apart from a log that is not whole', async () => {
    const nothing = await verify(`${url}/elsewhere`);
    expect(nothing).toMatchObject({ code: 3, out: '', err: expect.stringContaining('holds no checkpoint') });
    expect((await verify('http://127.0.0.1:1')).code).toBe(3);
    expect((await verify('ftp://127.0.0.1/log')).code).toBe(2);
  });
});

describe('a receipt of /proxy', () => {
  test('holds with the bytes it came with, and with no others', async () => {
    await exportTo('evidence');
    // As the header has it, and as JSON.
    writeFileSync(join(root, 'receipt.txt'), `${Buffer.from(JSON.stringify(receipt)).toString('base64url')}\n`);
    writeFileSync(join(root, 'receipt.json'), JSON.stringify(receipt));
    writeFileSync(join(root, 'body.json'), BODY);
    writeFileSync(join(root, 'other.json'), `${BODY} `);
    for (const file of ['receipt.txt', 'receipt.json']) {
      for (const place of ['state', 'evidence']) {
        expect((await verify(place, '--receipt', file, '--body', 'body.json')).json.verified).toBe(true);
      }
    }
    expect(await verify('evidence', '--receipt', 'receipt.txt', '--body', 'other.json')).toMatchObject({
      code: 1,
      json: { firstBad: { index: receipt.index, code: 'receipt/digest' } },
    });
    const without = await verify('evidence', '--body', 'body.json');
    expect(without).toMatchObject({ code: 2, err: expect.stringContaining('--body goes with --receipt') });
    expect(receipt.entry).toContain(idOf(2));
  });
});
