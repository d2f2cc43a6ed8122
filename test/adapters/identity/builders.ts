import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { createIdentifier, type Identify, type IssuerOptions } from '../../../src/adapters/identity/identify.ts';
import { createNonces } from '../../../src/adapters/identity/nonce.ts';
import type { PossessionOptions } from '../../../src/adapters/identity/possession.ts';
import type { Caller, Credentials } from '../../../src/domain/caller.ts';
import { Fault, type FaultCode } from '../../../src/domain/faults.ts';
import type { Instant } from '../../../src/domain/time.ts';
import { UnknownCaller, type UnknownCallerReason } from '../../../src/domain/unknown-caller.ts';

export const AUDIENCE = 'https://gateway.example';
/** 20 November 2026, noon UTC */
export const NOW: Instant = Date.UTC(2026, 10, 20, 12);

export async function keyPair(kid: string, alg = 'ES256') {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid, use: 'sig' };
  return { kid, alg, privateKey, publicKey, jwk };
}
export type KeyPair = Awaited<ReturnType<typeof keyPair>>;

/**
 * An issuer made of two documents on a real server: its metadata and its keys. Both can be exchanged or made to fail
 * while it runs, and `fetches` counts how often the keys were asked for.
 */
export async function issuerOf(...published: readonly object[]) {
  const state = { keys: published, fetches: 0, up: true };
  let answer = (request: IncomingMessage, response: ServerResponse): void => {
    if (!state.up) return void request.socket.destroy();
    if (request.url === '/.well-known/openid-configuration') {
      return void response.end(JSON.stringify({ issuer: url, jwks_uri: `${url}/jwks` }));
    }
    if (request.url !== '/jwks') return void response.writeHead(404).end();
    state.fetches += 1;
    response.end(JSON.stringify({ keys: state.keys }));
  };
  const server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const url = `http://127.0.0.1:${address.port}`;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  const answerWith = (listener: typeof answer) => {
    answer = listener;
  };
  return { url, state, close, answerWith };
}

export const ORIGIN = 'https://gateway.example:8443';

/** Keeps used proofs in memory, as the store proper does in its file. */
export function possessionOptions(changes: Partial<PossessionOptions> = {}): PossessionOptions {
  const used = new Set<string>();
  const useProof = async (id: Uint8Array) => {
    const name = Buffer.from(id).toString('hex');
    return !used.has(name) && used.add(name).has(name);
  };
  return { origin: ORIGIN, nonces: createNonces(Buffer.alloc(32, 7)), nonceRequired: false, useProof, ...changes };
}

export function identifier(
  issuer: string,
  changes: Partial<IssuerOptions> = {},
  possession: Partial<PossessionOptions> = {},
): Identify {
  const issuers = [{ issuer, audience: AUDIENCE, algorithms: ['ES256'], ...changes }];
  return createIdentifier({ issuers, possession: possessionOptions(possession) });
}

/** A request without a proof. */
export function sent(authorization: string | undefined, changes: Partial<Credentials> = {}): Credentials {
  return { authorization, dpop: [], method: 'POST', path: '/v1/exchanges', ...changes };
}

/** Claims of a token that is good at NOW, for ten minutes. */
export function claims(issuer: string, changes: JWTPayload = {}): JWTPayload {
  const iat = NOW / 1_000;
  return { iss: issuer, aud: AUDIENCE, sub: 'i.ashdown', client_id: 'app', jti: 't1', iat, exp: iat + 600, ...changes };
}

export function token(
  key: KeyPair,
  payload: JWTPayload,
  header: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const all = { alg: key.alg, typ: 'at+jwt', kid: key.kid, ...header };
  return new SignJWT(payload).setProtectedHeader(all).sign(key.privateKey);
}

/** Three parts as anybody can write them, whatever stands in them. */
export function forged(header: object, payload: object, signature = ''): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part(header)}.${part(payload)}.${signature}`;
}

/** Who it is, or why nobody, or the fault. @param of a token, a whole `Authorization` header, or a whole request */
export async function told(
  identify: Identify,
  of: string | Credentials | undefined,
  now: Instant = NOW,
): Promise<Caller | UnknownCallerReason | FaultCode> {
  try {
    if (typeof of === 'object') return await identify(of, now);
    return await identify(sent(of === undefined || !/^[^ ]+\.[^ ]*$/.test(of) ? of : `Bearer ${of}`), now);
  } catch (error) {
    if (error instanceof UnknownCaller) return error.reason;
    if (error instanceof Fault) return error.code;
    throw error;
  }
}
