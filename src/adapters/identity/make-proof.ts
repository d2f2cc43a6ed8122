import { randomUUID } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import { z } from 'zod';
import { sha256 } from '../../domain/digest.ts';
import { type Instant, SECOND } from '../../domain/time.ts';

/** A private key on P-256, as a client keeps it (RFC 7518 section 6.2). */
const KEY = z.object({ kty: z.literal('EC'), crv: z.literal('P-256'), x: z.string(), y: z.string(), d: z.string() });
export type ProofKeyJwk = Readonly<z.infer<typeof KEY>>;

/** What a proof is for. */
export interface ProofSubject {
  readonly method: string;
  readonly url: string;
  /** Left out towards the provider, which has yet to give the token. */
  readonly token?: string;
  readonly nonce?: string;
}

/** The key if `value` is one that proofs can be made with, else undefined. */
export function parseProofKey(value: unknown): ProofKeyJwk | undefined {
  return KEY.safeParse(value).data;
}

export async function newProofKey(): Promise<ProofKeyJwk> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  return KEY.parse(await exportJWK(privateKey));
}

/** Makes a client's DPoP proof, RFC 9449 section 4.2, signed with ES256. @throws Error where the key is none. */
export async function makeProof(key: ProofKeyJwk, subject: ProofSubject, now: Instant): Promise<string> {
  const { method, url, token, nonce } = subject;
  const { kty, crv, x, y } = key;
  const jwk: JWK = { kty, crv, x, y };
  const claims = {
    jti: randomUUID(),
    htm: method,
    htu: url.replace(/[?#].*$/, ''),
    iat: Math.floor(now / SECOND),
    ...(token === undefined ? {} : { ath: sha256(token).toString('base64url') }),
    ...(nonce === undefined ? {} : { nonce }),
  };
  return new SignJWT(claims)
    .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk })
    .sign(await importJWK({ ...key }, 'ES256'));
}

/** RFC 7638, SHA-256: the name by which a token is bound to the key. */
export function proofKeyThumbprint({ kty, crv, x, y }: ProofKeyJwk): Promise<string> {
  return calculateJwkThumbprint({ kty, crv, x, y }, 'sha256');
}
