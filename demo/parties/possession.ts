import { createHash, createPrivateKey, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { z } from 'zod';

/** A private key on P-256, as its owner keeps it (RFC 7518 section 6.2). */
export const DPOP_JWK = z.strictObject({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string(),
  y: z.string(),
  d: z.string(),
});
export type DpopJwk = Readonly<z.infer<typeof DPOP_JWK>>;

/** What somebody asks with. */
export interface Access {
  readonly token: string;
  /** The key to which the token is bound; null: a bearer token. */
  readonly dpopJwk: DpopJwk | null;
}

export function newDpopJwk(): DpopJwk {
  return DPOP_JWK.parse(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }));
}

/** What a proof is for. */
export interface ProofOf {
  readonly method: string;
  readonly url: string;
  /** Left out towards the provider, which has yet to give the token. */
  readonly token?: string;
  readonly nonce?: string;
}

/** A DPoP proof (RFC 9449 section 4.2), made with nothing of the gateway's own code. @param now epoch ms */
export function dpopProof(jwk: DpopJwk, { method, url, token, nonce }: ProofOf, now: number = Date.now()): string {
  const { kty, crv, x, y } = jwk;
  const claims = {
    jti: randomUUID(),
    htm: method,
    htu: url.replace(/[?#].*$/, ''),
    iat: Math.floor(now / 1_000),
    ...(token === undefined ? {} : { ath: createHash('sha256').update(token).digest('base64url') }),
    ...(nonce === undefined ? {} : { nonce }),
  };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ typ: 'dpop+jwt', alg: 'ES256', jwk: { kty, crv, x, y } })}.${part(claims)}`;
  const key = createPrivateKey({ key: { ...jwk }, format: 'jwk' });
  return `${text}.${sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

/** The nonce that each server gave last (RFC 9449 section 8.2). */
const nonces = new Map<string, string>();

/** The nonce that the server at this address gave last. */
export function lastNonce(url: string): string | undefined {
  return nonces.get(new URL(url).origin);
}

/**
 * `fetch` with somebody's access: bearer, or with a proof for each request. Where the server wants a nonce, or another
 * one, it is asked again with the one it gave.
 * @param address how the server is called in public, where that differs from where it is reached.
 */
export async function fetchAs(
  { token, dpopJwk }: Access,
  url: string,
  init: RequestInit = {},
  address: string = url,
): Promise<Response> {
  const headers = new Headers(init.headers);
  if (dpopJwk === null) {
    headers.set('authorization', `Bearer ${token}`);
    return fetch(url, { ...init, headers });
  }
  const { origin } = new URL(url);
  const send = async () => {
    const nonce = nonces.get(origin);
    const proof = { method: init.method ?? 'GET', url: address, token, ...(nonce === undefined ? {} : { nonce }) };
    headers.set('authorization', `DPoP ${token}`);
    headers.set('dpop', dpopProof(dpopJwk, proof));
    const response = await fetch(url, { ...init, headers });
    const next = response.headers.get('dpop-nonce');
    if (next !== null) nonces.set(origin, next);
    return response;
  };
  const response = await send();
  if (!/error="use_dpop_nonce"/.test(response.headers.get('www-authenticate') ?? '')) return response;
  await response.body?.cancel();
  return send();
}
