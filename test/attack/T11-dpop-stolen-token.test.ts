import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { calculateJwkThumbprint } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dpopProof, newDpopJwk } from '../../demo/parties/possession.ts';
import { type Answer, answerOf } from '../gateway/answer.ts';
import { forger } from '../gateway/forger.ts';
import { type Partnership, question, startPartnership } from '../gateway/partnership.ts';

/** Whoever reads a token off a log, a proxy or a browser must not be able to ask with it. */
let p: Partnership;
beforeAll(async () => {
  p = await startPartnership({ 'gateway.yaml': [['unverifiedPerMinute: 60', 'unverifiedPerMinute: 1000']] });
});
afterAll(() => p.stop());

const PATH = '/v1/exchanges';
const address = () => `${p.gateway.config.origin}${PATH}`;

async function mara() {
  const { token, dpopJwk } = await p.access('mara.lindqvist');
  if (dpopJwk === null) throw new Error('the token is not bound');
  return { token, dpopJwk };
}

/** Sends header lines as they are given; a name may stand twice. */
async function send(
  headers: Readonly<Record<string, string | string[]>>,
  method = 'POST',
  path = PATH,
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Response>();
  const all = { 'content-type': 'application/json', ...headers };
  const sent = request(`${p.running().url}${path}`, { method, headers: all }, (message) => {
    const chunks: Buffer[] = [];
    message.on('data', (chunk: Buffer) => chunks.push(chunk));
    message.on('end', () => {
      const told = Object.entries(message.headers).map(([name, value]): [string, string] => [name, String(value)]);
      resolve(new Response(Buffer.concat(chunks), { status: message.statusCode ?? 0, headers: told }));
    });
  });
  sent.on('error', reject);
  sent.end(method === 'POST' ? JSON.stringify(question()) : undefined);
  return answerOf(await promise);
}

/** The nonce in force, as a client learns it: from the answer to a proof without one. */
async function nonce(): Promise<string> {
  const { token, dpopJwk } = await mara();
  const proof = dpopProof(dpopJwk, { method: 'POST', url: address(), token });
  const { status, headers, body } = await send({ authorization: `DPoP ${token}`, dpop: proof });
  expect([status, body['reason']]).toEqual([401, 'dpop/nonce']);
  expect(headers.get('www-authenticate')).toMatch(/^DPoP error="use_dpop_nonce", algs="ES256 [^"]+"$/);
  return headers.get('dpop-nonce') ?? '';
}

async function reasonOf(answer: Promise<Answer>): Promise<readonly unknown[]> {
  const { status, body, headers } = await answer;
  expect(headers.get('dpop-nonce')).toMatch(/^[\w-]{22}$/);
  return [status, body['reason'], headers.get('www-authenticate')?.replace(/, algs=.*/, '')];
}

test('a question with a proof is answered, and the answer brings the next nonce', async () => {
  const { token, dpopJwk } = await mara();
  const proof = dpopProof(dpopJwk, { method: 'POST', url: address(), token, nonce: await nonce() });
  const { status, headers, body } = await send({ authorization: `DPoP ${token}`, dpop: proof });
  expect([status, body.outcome]).toEqual([200, 'released']);
  expect(headers.get('dpop-nonce')).toMatch(/^[\w-]{22}$/);
});

describe('a stolen token', () => {
  test('sent as bearer, or without a proof', async () => {
    const { token } = await mara();
    const bearer = reasonOf(send({ authorization: `Bearer ${token}` }));
    expect(await bearer).toEqual([401, 'dpop/missing', 'DPoP error="invalid_token"']);
    const bare = reasonOf(send({ authorization: `DPoP ${token}` }));
    expect(await bare).toEqual([401, 'dpop/missing', 'DPoP error="invalid_dpop_proof"']);
  });

  test('with a proof of the thief’s own key', async () => {
    const { token } = await mara();
    const proof = dpopProof(newDpopJwk(), { method: 'POST', url: address(), token, nonce: await nonce() });
    const outcome = reasonOf(send({ authorization: `DPoP ${token}`, dpop: proof }));
    expect(await outcome).toEqual([401, 'dpop/mismatch', 'DPoP error="invalid_dpop_proof"']);
  });

  test('with a proof that was used before, also by its owner, and also after a restart', async () => {
    const { token, dpopJwk } = await mara();
    const proof = dpopProof(dpopJwk, { method: 'POST', url: address(), token, nonce: await nonce() });
    const headers = { authorization: `DPoP ${token}`, dpop: proof };
    expect((await send(headers)).status).toBe(200);
    const calls = p.dealer.calls.length;
    expect(await reasonOf(send(headers))).toEqual([401, 'dpop/replayed', 'DPoP error="invalid_dpop_proof"']);
    await p.running().stop();
    await p.restart();
    expect(await reasonOf(send(headers))).toEqual([401, 'dpop/replayed', 'DPoP error="invalid_dpop_proof"']);
    expect(p.dealer.calls.length).toBe(calls);
  });

  test('with a proof for another path or method', async () => {
    const { token, dpopJwk } = await mara();
    const proof = (url: string, method = 'POST', of = token) =>
      nonce().then((fresh) => dpopProof(dpopJwk, { method, url, token: of, nonce: fresh }));
    for (const dpop of [await proof(`${p.gateway.config.origin}/v1/me`), await proof(address(), 'GET')]) {
      const outcome = await reasonOf(send({ authorization: `DPoP ${token}`, dpop }));
      expect(outcome.slice(0, 2)).toEqual([401, 'dpop/mismatch']);
    }
    const me = await send(
      { authorization: `DPoP ${token}`, dpop: await proof(`${p.gateway.config.origin}/v1/me`, 'GET') },
      'GET',
      '/v1/me',
    );
    expect(me.status).toBe(200);
  });

  test('with two proofs, one of which is good', async () => {
    const { token, dpopJwk } = await mara();
    const fresh = await nonce();
    const proof = () => dpopProof(dpopJwk, { method: 'POST', url: address(), token, nonce: fresh });
    const outcome = await reasonOf(send({ authorization: `DPoP ${token}`, dpop: [proof(), proof()] }));
    expect(outcome.slice(0, 2)).toEqual([401, 'dpop/mismatch']);
  });

  test('with a proof that was made for another server, whatever the request says its host is', async () => {
    const { token, dpopJwk } = await mara();
    const elsewhere = `https://evil.example${PATH}`;
    const forwarded = {
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      forwarded: 'host=evil.example;proto=https',
    };
    for (const headers of [{ host: 'evil.example' }, forwarded, { ...forwarded, host: 'evil.example' }]) {
      const proof = dpopProof(dpopJwk, { method: 'POST', url: elsewhere, token, nonce: await nonce() });
      const outcome = await reasonOf(send({ authorization: `DPoP ${token}`, dpop: proof, ...headers }));
      expect(outcome.slice(0, 2)).toEqual([401, 'dpop/mismatch']);
      // And one that was made for us counts, however the request came here.
      const ours = dpopProof(dpopJwk, { method: 'POST', url: address(), token, nonce: await nonce() });
      expect((await send({ authorization: `DPoP ${token}`, dpop: ours, ...headers })).status).toBe(200);
    }
  });

  test('with proofs that were made ahead, or long ago', async () => {
    const { token, dpopJwk } = await mara();
    for (const off of [-120_000, 120_000, 86_400_000]) {
      const of = { method: 'POST', url: address(), token, nonce: await nonce() };
      const outcome = await reasonOf(
        send({ authorization: `DPoP ${token}`, dpop: dpopProof(dpopJwk, of, Date.now() + off) }),
      );
      expect(outcome.slice(0, 2)).toEqual([401, 'dpop/mismatch']);
    }
    const stale = { method: 'POST', url: address(), token, nonce: 'AAAAAAAAAAAAAAAAAAAAAA' };
    const outcome = await reasonOf(send({ authorization: `DPoP ${token}`, dpop: dpopProof(dpopJwk, stale) }));
    expect(outcome).toEqual([401, 'dpop/nonce', 'DPoP error="use_dpop_nonce"']);
  });
});

describe('what was not bound by the provider', () => {
  test('does not become so by a proof', async () => {
    const dpopJwk = newDpopJwk();
    const token = await p.token('mara.lindqvist');
    const proof = dpopProof(dpopJwk, { method: 'POST', url: address(), token, nonce: await nonce() });
    const outcome = await reasonOf(send({ authorization: `DPoP ${token}`, dpop: proof }));
    expect(outcome.slice(0, 2)).toEqual([401, 'dpop/mismatch']);
  });

  test('a token bound by what the gateway cannot check is refused', async () => {
    const dpopJwk = newDpopJwk();
    const { d: _, ...publicJwk } = dpopJwk;
    const jkt = await calculateJwkThumbprint(publicJwk);
    const sendBoundBy = async (cnf: object) => {
      const token = await forger(p).signed({ cnf, jti: randomUUID() });
      const proof = dpopProof(dpopJwk, { method: 'POST', url: address(), token, nonce: await nonce() });
      return send({ authorization: `DPoP ${token}`, dpop: proof });
    };
    expect((await sendBoundBy({ jkt })).status).toBe(200);
    for (const cnf of [{ jkt, 'x5t#S256': 'x' }, { 'x5t#S256': 'x' }, {}])
      expect((await sendBoundBy(cnf)).status).toBe(401);
  });
});

test('nonces are no attempts: whoever holds the key is not turned away for asking for one', async () => {
  const before = p.entries().length;
  for (let i = 0; i < 5; i++) await nonce();
  await p.running().stop();
  const reasons = p
    .entries()
    .slice(before)
    .filter((entry) => entry.kind === 'unverified')
    .map((entry) => entry.details['reason']);
  expect(reasons).not.toContain('dpop/nonce');
  await p.restart();
});
