import { spawn } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newDpopJwk } from '../../demo/parties/possession.ts';
import { signInAtPage } from '../../demo/parties/sign-in.ts';
import { SOLD } from '../gateway/dealer.ts';
import { type Partnership, startPartnership } from '../gateway/partnership.ts';
import { type Ended, inThisProcess, temporary } from './command.ts';

const COMMAND = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
const QUESTION = [
  ...['ask', '--dataset', 'dealer-sales', '--by', `vin=${SOLD}`, '--project', 'op-gearbox', '--output', 'hit'],
  ...[
    '--purpose',
    'SuspectedCrimeInvestigation',
    '--case',
    'KP-2026-AB',
    '--justification',
    'engine found without a car',
  ],
];

let p: Partnership;
let home: string;
beforeAll(async () => {
  p = await startPartnership();
});
afterAll(() => p.stop());

/** Runs the command, and does with the address that it prints what a person would, or something else. */
async function login(args: readonly string[], visit: (address: URL) => Promise<unknown>): Promise<Ended> {
  home = temporary();
  const child = spawn(process.execPath, [COMMAND, 'login', ...args], {
    cwd: home,
    env: { PATH: process.env['PATH'] ?? '', HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<unknown>((resolve) => child.once('close', resolve));
  let err = '';
  const printed = new Promise<URL | null>((resolve) => {
    child.stderr.on('data', (part: Buffer) => {
      err += part.toString('utf8');
      const [address] = /http\S+\n/.exec(err) ?? [];
      if (address !== undefined && err.includes('Open this address')) resolve(new URL(address.trim()));
    });
    void ended.then(() => resolve(null));
  });
  const out = text(child.stdout);
  const address = await printed;
  if (address !== null) await visit(address);
  return { code: await ended, out: await out, err };
}

const signIn = (subject: string) => (address: URL) => signInAtPage(address, subject);
const file = () => join(home, '.local/state/five-safes/login.json');

describe('five-safes login', () => {
  test('signs in, keeps token and key to itself, and ask uses them', async () => {
    const { code, out, err } = await login(
      ['--issuer', p.issuers.kestrel, '--gateway', p.gateway.url],
      signIn('mara.lindqvist'),
    );
    expect([code, err]).toEqual([0, expect.stringContaining('Signed in at')]);
    const told = JSON.parse(out);
    expect(told).toMatchObject({ login: 'ok', issuer: p.issuers.kestrel, gateway: p.gateway.url, file: file() });
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(statSync(join(file(), '..')).mode & 0o777).toBe(0o700);
    const kept = JSON.parse(readFileSync(file(), 'utf8'));
    expect(decodeJwt(kept.token)).toMatchObject({ sub: 'mara.lindqvist', cnf: { jkt: expect.any(String) } });
    expect(out + err).not.toContain(kept.token);
    expect(out + err).not.toContain(kept.key.d);

    const asked = await inThisProcess(QUESTION, home, { HOME: home });
    expect([asked.code, JSON.parse(asked.out).outcome]).toEqual([0, 'released']);
    // Without the key the token is worth nothing.
    const stolen = await inThisProcess(QUESTION, home, {
      FIVE_SAFES_TOKEN: kept.token,
      FIVE_SAFES_GATEWAY: p.gateway.url,
    });
    expect([stolen.code, JSON.parse(stolen.out).reason]).toEqual([1, 'dpop/missing']);
  });

  test('--print saves nothing, and prints what a shell takes', async () => {
    const { code, out } = await login(['--issuer', p.issuers.kestrel, '--print'], signIn('mara.lindqvist'));
    expect(code).toBe(0);
    expect(existsSync(file())).toBe(false);
    const [, token = '', key = ''] =
      /^export FIVE_SAFES_TOKEN='([^']+)'\nexport FIVE_SAFES_DPOP_KEY='([^']+)'\n$/.exec(out) ?? [];
    const env = { FIVE_SAFES_TOKEN: token, FIVE_SAFES_GATEWAY: p.gateway.url };
    expect((await inThisProcess(QUESTION, home, { ...env, FIVE_SAFES_DPOP_KEY: key })).code).toBe(0);
    writeFileSync(join(home, 'key.json'), key);
    expect((await inThisProcess(QUESTION, home, { ...env, FIVE_SAFES_DPOP_KEY: 'key.json' })).code).toBe(0);
    const foreign = await inThisProcess(QUESTION, home, { ...env, FIVE_SAFES_DPOP_KEY: JSON.stringify(newDpopJwk()) });
    expect([foreign.code, JSON.parse(foreign.out).reason]).toEqual([1, 'dpop/mismatch']);
    for (const odd of ['nowhere.json', '{}', '{"kty":"oct","k":"AAAA"}'])
      expect((await inThisProcess(QUESTION, home, { ...env, FIVE_SAFES_DPOP_KEY: odd })).code, odd).toBe(2);
  });

  test('a redirect that nobody asked for changes nothing; a refusal ends it', async () => {
    const statuses: number[] = [];
    const { code, err } = await login(['--issuer', p.issuers.kestrel], async (address) => {
      const back = new URL(address.searchParams.get('redirect_uri') ?? '');
      const visit = async (query: Record<string, string>, path = back.pathname) => {
        const at = new URL(path, back);
        at.search = new URLSearchParams(query).toString();
        statuses.push((await fetch(at)).status);
      };
      const state = address.searchParams.get('state') ?? '';
      await visit({ code: 'forged', state: 'forged' });
      await visit({ code: 'forged' });
      await visit({ code: 'forged', state, iss: 'https://evil.example' });
      await visit({ code: 'forged', state });
      await visit({ code: 'forged', state, iss: p.issuers.kestrel }, '/elsewhere');
      await visit({ error: 'access_denied', error_description: 'no \u001b[2J', state, iss: p.issuers.kestrel });
    });
    expect(statuses).toEqual([400, 400, 400, 400, 404, 200]);
    expect([code, err]).toEqual([3, expect.stringContaining('refused: no \\u{1b}[2J')]);
    expect(existsSync(file())).toBe(false);
  });

  test('asks for what it should: PKCE, a state, and the code bound to the key', async () => {
    const { code } = await login(
      ['--issuer', p.issuers.kestrel, '--timeout', '1', '--resource', 'https://gateway.example'],
      async (address) => {
        expect(Object.fromEntries(address.searchParams)).toMatchObject({
          response_type: 'code',
          client_id: 'five-safes',
          redirect_uri: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/callback$/),
          scope: 'openid',
          state: expect.stringMatching(/^[\w-]{22}$/),
          code_challenge: expect.stringMatching(/^[\w-]{43}$/),
          code_challenge_method: 'S256',
          dpop_jkt: expect.stringMatching(/^[\w-]{43}$/),
          resource: 'https://gateway.example',
        });
      },
    );
    // Nobody signed in.
    expect(code).toBe(3);
  });
});

describe('a provider that', () => {
  let server: Server;
  let url: string;
  const requests: { dpop: string | undefined; form: URLSearchParams }[] = [];
  let answers: { status: number; body: object; headers?: Record<string, string> }[] = [];
  beforeAll(async () => {
    server = createServer(async (request, response) => {
      if (request.url?.startsWith('/.well-known/openid-configuration')) {
        const metadata = { issuer: url, authorization_endpoint: `${url}/auth`, token_endpoint: `${url}/token` };
        return void response.end(JSON.stringify(metadata));
      }
      requests.push({ dpop: request.headersDistinct['dpop']?.join(), form: new URLSearchParams(await text(request)) });
      const { status, body, headers } = answers.shift() ?? { status: 500, body: {} };
      response.writeHead(status, headers).end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  });
  afterAll(() => void server.close());

  const comeBack = async (address: URL) => {
    const back = new URL(address.searchParams.get('redirect_uri') ?? '');
    back.search = new URLSearchParams({ code: 'c1', state: address.searchParams.get('state') ?? '' }).toString();
    expect((await fetch(back)).status).toBe(200);
  };
  const token = { access_token: 'a.b.c', token_type: 'DPoP', expires_in: 60 };

  test('wants a nonce gets one, once', async () => {
    requests.length = 0;
    const wanted = { status: 400, body: { error: 'use_dpop_nonce' }, headers: { 'dpop-nonce': 'n1' } };
    answers = [wanted, { status: 200, body: token }];
    expect((await login(['--issuer', url], comeBack)).code).toBe(0);
    expect(requests.map(({ dpop }) => decodeJwt(dpop ?? '')['nonce'])).toEqual([undefined, 'n1']);
    expect(requests.map(({ form }) => form.get('code'))).toEqual(['c1', 'c1']);
    expect(decodeJwt(requests[1]?.dpop ?? '')).toMatchObject({ htm: 'POST', htu: `${url}/token` });
    answers = [wanted, wanted, { status: 200, body: token }];
    expect((await login(['--issuer', url], comeBack)).code).toBe(3);
  });

  test('gives a bearer token, or none, is told off', async () => {
    answers = [{ status: 200, body: { ...token, token_type: 'Bearer' } }];
    const bearer = await login(['--issuer', url], comeBack);
    expect([bearer.code, bearer.err]).toEqual([3, expect.stringContaining('not bound to the key')]);
    answers = [{ status: 400, body: { error: 'invalid_grant' } }];
    expect((await login(['--issuer', url], comeBack)).err).toContain('invalid_grant');
    expect(existsSync(file())).toBe(false);
  });

  test('gives what is no token gives nothing that a shell could be made to run', async () => {
    const odd = ["a'; touch pwned; echo '", 'a b', 'a\nexport PATH=/tmp', '', 'x'.repeat(16_385)];
    for (const access_token of odd) {
      answers = [{ status: 200, body: { ...token, access_token } }];
      const { code, out, err } = await login(['--issuer', url, '--print'], comeBack);
      expect([code, out]).toEqual([3, '']);
      expect(err).toContain('gave no token that can be used');
    }
    answers = [{ status: 200, body: { ...token, expires_in: 1e300 } }];
    const endless = await login(['--issuer', url], comeBack);
    expect([endless.code, endless.err]).toEqual([3, expect.stringContaining('gave no token that can be used')]);
    expect(existsSync(file())).toBe(false);
  });
});

describe('what was kept', () => {
  test('is not used when it has ended, is open to others, or is no login', async () => {
    await login(['--issuer', p.issuers.kestrel], signIn('mara.lindqvist'));
    const kept = JSON.parse(readFileSync(file(), 'utf8'));
    const ask = () => inThisProcess([...QUESTION, '--gateway', p.gateway.url], home, { HOME: home });
    expect((await ask()).code).toBe(0);
    chmodSync(file(), 0o644);
    expect(await ask()).toMatchObject({ code: 2, err: expect.stringContaining('open to others') });
    chmodSync(file(), 0o600);
    writeFileSync(file(), JSON.stringify({ ...kept, expires: 1 }));
    expect(await ask()).toMatchObject({ code: 2, err: expect.stringContaining('has ended') });
    writeFileSync(file(), '{"issuer":"x"}');
    expect(await ask()).toMatchObject({ code: 2, err: expect.stringContaining('not a login') });
  });

  test('nothing is asked of a provider over an open line', async () => {
    const { code, err } = await login(['--issuer', 'http://id.example'], async () => undefined);
    expect([code, err]).toEqual([2, expect.stringContaining('--issuer: expected https://')]);
  });
});
