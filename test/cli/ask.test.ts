import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SOLD } from '../gateway/dealer.ts';
import { type Partnership, type Subject, startPartnership } from '../gateway/partnership.ts';
import { inThisProcess, temporary } from './command.ts';

const GOLF = 'WVWZZZ1KZ8W386001';
/** A question, option by option; a test changes what it is about. */
const QUESTION = {
  dataset: ['tidewater-sales'],
  by: `vin=${GOLF}`,
  project: 'op-gearbox',
  purpose: 'SuspectedCrimeInvestigation',
  case: 'KP-2026-AB',
  justification: 'engine found without a car',
  output: 'records',
};
type Changes = Readonly<Record<string, string | readonly string[] | null>>;

function argumentsOf(changes: Changes): string[] {
  const options: Changes = { ...QUESTION, ...changes };
  return Object.entries(options).flatMap(([name, value]) =>
    value === null ? [] : [value].flat().flatMap((text) => [`--${name}`, text]),
  );
}

describe('through a real gateway', () => {
  let partnership: Partnership;
  let root: string;
  beforeAll(async () => {
    root = temporary();
    partnership = await startPartnership();
  });
  afterAll(() => partnership.stop());

  async function ask(changes: Changes, as: Subject | null = 'mara.lindqvist', ...more: string[]) {
    const { token, dpopJwk } = as === null ? { token: 'not.a.token', dpopJwk: null } : await partnership.access(as);
    return inThisProcess(['ask', ...argumentsOf(changes), ...more], root, {
      FIVE_SAFES_TOKEN: token,
      ...(dpopJwk === null ? {} : { FIVE_SAFES_DPOP_KEY: JSON.stringify(dpopJwk) }),
      FIVE_SAFES_GATEWAY: partnership.gateway.url,
    });
  }

  test('an answer: findings, records, fields, terms, receipt; exit 0', async () => {
    const { code, out, err } = await ask({});
    expect(code).toBe(0);
    const answer = JSON.parse(out);
    expect(answer).toMatchObject({ outcome: 'released', legs: [{ state: 'released', hit: true }] });
    expect(err).toContain(`Exchange ${answer.exchange}: released`);
    expect(err).toMatch(/^tidewater-sales of tidewater-cars: released$/m);
    for (const row of ['people +allow +P1', 'projects +allow +J1', 'settings +allow +S1', 'outputs +allow +O1'])
      expect(err).toMatch(new RegExp(`^  ${row} +\\S`, 'm'));
    expect(err).toMatch(/^ {2}Record 1 of 1$/m);
    expect(err).toMatch(/^ {6}name: Oda Fennimore$/m);
    expect(err).toMatch(/^ {6}born: 1979$/m);
    expect(err).toMatch(/^ {4}buyer\.born +year +D26$/m);
    expect(err).toMatch(/Withheld fields: .*sale\.price/);
    expect(err).toMatch(/keep<=30d +the asker erases the answer/);
    expect(err).toMatch(
      new RegExp(`^Receipt: entry ${answer.receipt.index} of the log, under a checkpoint over \\d+ entries`, 'm'),
    );
    expect(err).not.toContain('What would change it');
  });

  test('several datasets, told apart; --json tells programs alone', async () => {
    const { code, out, err } = await ask(
      { dataset: ['tidewater-sales', 'dealer-sales'], by: `vin=${SOLD}` },
      undefined,
      '--json',
    );
    expect([code, err]).toEqual([0, '']);
    const { legs } = JSON.parse(out);
    expect(legs).toMatchObject([
      { dataset: 'tidewater-sales', state: 'none' },
      { dataset: 'dealer-sales', state: 'released' },
    ]);
  });

  test('a hit', async () => {
    expect((await ask({ output: 'hit' })).err).toContain('  Hit: there is a record.');
    expect((await ask({ output: 'hit', by: 'vin=1M8GDM9AXKP042788' })).err).toContain('  No hit: ');
  });

  test('a refusal says which Safe, and what would change it; exit 1', async () => {
    const { code, out, err } = await ask({ case: null }, 'tomas.brandt');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ status: 403, code: 'exchange/refused', outcome: 'refused' });
    expect(err).toMatch(/^ {2}projects +refuse +J1 +The case reference is missing/m);
    expect(err).toMatch(/^ {2}settings +refuse +S1 +You did not sign in with a second factor/m);
    expect(err).toMatch(/What would change it:\n {4}projects +Give the case reference.*\n {4}settings +Sign in again/);
    expect(err).toContain('Receipt: entry');
  });

  test('a bad question and an unknown caller; exit 1', async () => {
    const bad = await ask({ by: 'vin=IOQ' });
    expect(bad.code).toBe(1);
    expect(bad.err).toMatch(/ask\.by\.vin +expected: a VIN/);
    const unknown = await ask({}, null);
    expect(unknown.code).toBe(1);
    expect(JSON.parse(unknown.out)).toMatchObject({ status: 401, code: 'people/unknown' });
    expect(unknown.err).toMatch(/^ {2}Reason: token\//m);
  });

  test('a replay tells how it stands, and its outcome is the exit code', async () => {
    const first = await ask({ 'idempotency-key': 'k1' });
    const again = await ask({ 'idempotency-key': 'k1' });
    expect([first.code, again.code]).toEqual([0, 0]);
    const told = JSON.parse(again.out);
    expect(told).toMatchObject({ exchange: JSON.parse(first.out).exchange, outcome: 'released' });
    expect(again.out + again.err).not.toContain('Fennimore');
    expect(again.err).toContain('asked before under the same idempotency key');
    expect(first.err).not.toContain('asked before');
    // What is told of it later is not the answer that the receipt is for.
    await ask({ 'idempotency-key': 'k1', receipt: 'again.json' });
    expect(JSON.parse(readFileSync(join(root, 'again.json'), 'utf8'))).toEqual(told.receipt);
    const kept = await inThisProcess(
      ['verify', partnership.state, '--key', partnership.keys.verifierKey, '--receipt', 'again.json'],
      root,
    );
    expect([kept.code, kept.err]).toEqual([0, expect.stringContaining('and the receipt with it')]);
    const refused = { case: null, 'idempotency-key': 'k2' };
    expect([(await ask(refused)).code, (await ask(refused)).code]).toEqual([1, 1]);
    expect((await ask({ project: 'op-slipway', 'idempotency-key': 'k1' })).code).toBe(1);
  });

  test('--receipt keeps what came, for verify; a changed answer no longer verifies', async () => {
    const { out, err } = await ask({ receipt: 'answer.json' }, undefined);
    const path = join(root, 'answer.json');
    expect(readFileSync(path, 'utf8')).toBe(out.trimEnd());
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(err).toContain('Saved in answer.json');
    const verify = () =>
      inThisProcess(
        ['verify', partnership.state, '--key', partnership.keys.verifierKey, '--receipt', 'answer.json'],
        root,
      );
    const whole = await verify();
    expect([whole.code, JSON.parse(whole.out)]).toMatchObject([0, { verified: true, firstBad: null }]);
    expect(whole.err).toContain('Verified, and the receipt with it.');

    const refused = await ask({ receipt: 'answer.json' });
    expect([refused.code, refused.out]).toEqual([2, '']);
    expect(refused.err).toContain('receipts are not overwritten');

    writeFileSync(path, out.replace('Oda', 'Ida'));
    const changed = await verify();
    expect([changed.code, JSON.parse(changed.out)]).toMatchObject([
      1,
      { verified: false, firstBad: { code: 'receipt/digest' } },
    ]);

    const nothing = await ask({ receipt: 'refused.json' }, null);
    expect(nothing.err).toContain('has no receipt, so nothing was saved');
    expect(existsSync(join(root, 'refused.json'))).toBe(false);
  });
});

describe('through something else', () => {
  const servers: Server[] = [];
  afterAll(() => {
    for (const server of servers) server.close().closeAllConnections();
  });

  async function serve(listener: RequestListener): Promise<string> {
    const server = createServer(listener);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (typeof address !== 'object' || address === null) throw new Error('no port');
    return `http://127.0.0.1:${address.port}`;
  }

  const root = temporary();
  const ask = (gateway: string, changes: Changes = {}, token = 'token') =>
    inThisProcess(
      ['ask', ...argumentsOf({ gateway, ...changes })],
      root,
      token === '' ? {} : { FIVE_SAFES_TOKEN: token },
    );

  test('escapes in an answer do not reach the terminal', async () => {
    const leg = {
      dataset: 'd\u001b]0;owned\u0007',
      holder: 'h',
      state: 'released\r',
      records: [{ name: 'Oda\u001b[2K\u009b31m', 'k\u202eey': 'a\nb' }],
      terms: ['x\u001b[8m'],
      findings: { people: { verdict: 'allow', rule: 'P1\u0000', code: 'c', say: 'fine\u001b[1A' } },
    };
    const url = await serve((_, res) => res.end(JSON.stringify({ exchange: 'e', outcome: 'released', legs: [leg] })));
    const { code, err } = await ask(url);
    expect(code).toBe(0);
    expect(err.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(err).toContain('name: Oda\\u{1b}[2K\\u{9b}31m');
    expect(err).toContain('a\\u{a}b');
  });

  test.each([
    ['a page', 200, '<html>\u001b[2J</html>'],
    ['JSON that is no answer', 200, '{"ok":true}'],
    ['an answer of another shape', 200, '{"outcome":"released","legs":[7]}'],
    ['a page that says no', 403, 'forbidden'],
    ['bytes that are no text', 200, Buffer.from([0x22, 0xff, 0x22])],
    ['nothing', 502, ''],
  ])('%s is a fault, and is not shown', async (_, status, body) => {
    const url = await serve((_req, res) => res.writeHead(status).end(body));
    const { code, out, err } = await ask(url, { receipt: 'none.json' });
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toContain(url);
    expect(err).not.toContain('html');
    expect(existsSync(join(root, 'none.json'))).toBe(false);
  });

  test.each([
    [503, 'ledger/unavailable', 3],
    [502, 'holder/fault', 3],
    [429, 'request/too-many', 3],
    [422, 'idempotency/mismatch', 1],
  ])('problem %i %s: exit %i', async (status, problem, exit) => {
    const url = await serve((_, res) =>
      res.writeHead(status).end(JSON.stringify({ status, code: problem, title: 'No.' })),
    );
    const { code, out, err } = await ask(url);
    expect([code, JSON.parse(out)]).toMatchObject([exit, { code: problem }]);
    expect(err).toContain(`No. (${problem})`);
  });

  test('what is asked is what was said, and the token goes nowhere else', async () => {
    const elsewhere: unknown[] = [];
    const other = await serve((req, res) => {
      elsewhere.push(req.headers.authorization);
      res.end();
    });
    const seen: unknown[] = [];
    const url = await serve((req, res) => {
      let body = '';
      req.on('data', (chunk) => {
        body += String(chunk);
      });
      req.on('end', () => {
        seen.push([req.method, req.url, req.headers.authorization, req.headers['idempotency-key'], JSON.parse(body)]);
        res.writeHead(307, { location: `${other}/v1/exchanges` }).end();
      });
    });
    const changes = { dataset: ['a', 'b'], by: 'engine-number=X=1', case: null, 'idempotency-key': 'k' };
    const { code } = await ask(`${url}/base`, changes, 'secret');
    expect([code, elsewhere]).toEqual([3, []]);
    const { project, purpose, justification, output } = QUESTION;
    const body = {
      project,
      purpose,
      justification,
      ask: { datasets: ['a', 'b'], by: { 'engine-number': 'X=1' }, output },
    };
    expect(seen).toEqual([['POST', '/base/v1/exchanges', 'Bearer secret', 'k', body]]);
  });

  test('no gateway, or one that says nothing: exit 3', async () => {
    const url = await serve(() => undefined);
    const silent = await ask(url, { timeout: '1' });
    expect([silent.code, silent.out]).toEqual([3, '']);
    expect(silent.err).toContain('no answer within 1 seconds');
    const gone = await serve(() => undefined);
    await new Promise((resolve) => servers.pop()?.close(resolve));
    const unreachable = await ask(gone);
    expect([unreachable.code, unreachable.out]).toEqual([3, '']);
    expect(unreachable.err).toContain('ECONNREFUSED');
  });

  test.each<[string, Changes, string, string]>([
    ['no token', {}, '', 'FIVE_SAFES_TOKEN is not set'],
    ['a token with a line end', {}, 'abc\ndef', 'FIVE_SAFES_TOKEN: expected an access token'],
    ['no dataset', { dataset: [] }, 't', '--dataset is required'],
    ['no project', { project: null }, 't', '--project is required'],
    ['no justification', { justification: '' }, 't', '--justification is required'],
    ['an identifier without scheme', { by: GOLF }, 't', '--by: expected SCHEME=VALUE'],
    ['an output level that is none', { output: 'all' }, 't', '--output: expected hit or records'],
    ['a gateway in the clear', { gateway: 'http://gateway.example' }, 't', '--gateway: expected https'],
    ['a gateway that is no URL', { gateway: 'gateway' }, 't', '--gateway: expected https'],
    ['no time', { timeout: '0' }, 't', '--timeout: expected a whole number'],
  ])('%s: exit 2', async (_, changes, token, says) => {
    const { code, out, err } = await ask('http://127.0.0.1:9', changes, token);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(says);
    expect(err).not.toContain('abc');
  });
});
