import { createHash, randomUUID } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import type { Credentials } from '../../../src/domain/caller.ts';
import { NOW, ORIGIN, sent } from './builders.ts';

export const PATH = '/v1/exchanges';

/** A client that holds a key and makes proofs with it, good ones and others. */
export async function prover(alg = 'ES256') {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = await exportJWK(publicKey);
  const claims = (token: string, changes: JWTPayload = {}): JWTPayload => ({
    jti: randomUUID(),
    htm: 'POST',
    htu: `${ORIGIN}${PATH}`,
    iat: NOW / 1_000,
    ath: createHash('sha256').update(token).digest('base64url'),
    ...changes,
  });
  const proof = (token: string, changes: JWTPayload = {}, header: Readonly<Record<string, unknown>> = {}) =>
    new SignJWT(claims(token, changes)).setProtectedHeader({ alg, typ: 'dpop+jwt', jwk, ...header }).sign(privateKey);
  return {
    alg,
    jwk,
    privateJwk: await exportJWK(privateKey),
    thumbprint: await calculateJwkThumbprint(jwk),
    claims,
    proof,
    /** A request with the token and a proof for it. */
    request: async (token: string, changes: JWTPayload = {}, header = {}, request: Partial<Credentials> = {}) =>
      sent(`DPoP ${token}`, { dpop: [await proof(token, changes, header)], ...request }),
  };
}
export type Prover = Awaited<ReturnType<typeof prover>>;
