import { calculateJwkThumbprint, decodeJwt, decodeProtectedHeader } from 'jose';
import { z } from 'zod';
import { UnknownCaller } from '../../domain/unknown-caller.ts';

/** JWS algorithms that a proof may be signed with; asymmetric ones only (RFC 9449 section 11.6). */
export const PROOF_ALGORITHMS: readonly string[] = ['ES256', 'ES384', 'PS256', 'EdDSA', 'Ed25519'];

/** Room for an RSA key of 4096 bits and its signature. */
export const MAX_PROOF_BYTES = 4_096;
const COMPACT_JWS = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** Public members by key type, RFC 7518 section 6 and RFC 8037 section 2: what does not stand here is not read. */
const PUBLIC_KEY = z.discriminatedUnion('kty', [
  z.object({ kty: z.literal('EC'), crv: z.string(), x: z.string(), y: z.string() }),
  z.object({ kty: z.literal('OKP'), crv: z.string(), x: z.string() }),
  z.object({ kty: z.literal('RSA'), n: z.string(), e: z.string() }),
]);
/** RFC 7518 sections 6.2.2, 6.3.2 and 6.4: who sends one of these has given its key away. */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

const HEADER = z.looseObject({ typ: z.literal('dpop+jwt'), alg: z.string(), jwk: z.looseObject({}) });
const CLAIMS = z.looseObject({
  jti: z.string().min(1).max(128),
  htm: z.string(),
  htu: z.string(),
  iat: z.number(),
  ath: z.string(),
  nonce: z.string().optional(),
});
export type ProofClaims = Readonly<z.infer<typeof CLAIMS>>;

/** The key of a proof. */
export interface ProofKey {
  readonly alg: string;
  readonly jwk: z.infer<typeof PUBLIC_KEY>;
  /** RFC 7638, SHA-256: what `cnf.jkt` of the token must say. */
  readonly thumbprint: string;
}

function refuse(what: string): never {
  throw new UnknownCaller('dpop/mismatch', what);
}

/**
 * The one proof of a request, if it may be one at all.
 * @param header values of the `DPoP` header lines. @throws UnknownCaller 'dpop/missing', 'dpop/mismatch'
 */
export function proofIn(header: readonly string[]): string {
  const [proof, ...more] = header;
  if (proof === undefined) throw new UnknownCaller('dpop/missing');
  if (more.length > 0) refuse('Expected one DPoP header.');
  if (proof.length > MAX_PROOF_BYTES || !COMPACT_JWS.test(proof)) refuse('Expected a signed JWT.');
  return proof;
}

/** The header of a proof as it stands in it, encoded: the same in all proofs that one client makes with one key. */
export function headerPart(proof: string): string {
  return proof.slice(0, proof.indexOf('.'));
}

/**
 * Reads which key a proof claims to be made with (RFC 9449 section 4.2). Nothing is verified yet.
 * @throws UnknownCaller 'dpop/mismatch'
 */
export async function readProofKey(proof: string): Promise<ProofKey> {
  const header = HEADER.safeParse(decoded(() => decodeProtectedHeader(proof))).data;
  // RFC 7515 section 4.1.11: no extension is understood.
  if (header === undefined || Object.hasOwn(header, 'crit'))
    return refuse('Expected the header typ dpop+jwt, alg, jwk.');
  if (!PROOF_ALGORITHMS.includes(header.alg)) refuse(`Expected alg to be one of ${PROOF_ALGORITHMS.join(', ')}.`);
  if (PRIVATE_MEMBERS.some((name) => Object.hasOwn(header.jwk, name))) refuse('Expected jwk to be a public key alone.');
  const jwk = PUBLIC_KEY.safeParse(header.jwk).data;
  if (jwk === undefined) return refuse('Expected jwk to be a public key.');
  return { alg: header.alg, jwk, thumbprint: await calculateJwkThumbprint(jwk, 'sha256') };
}

/** Reads the claims of a proof. @throws UnknownCaller 'dpop/mismatch' */
export function readProofClaims(proof: string): ProofClaims {
  const claims = CLAIMS.safeParse(decoded(() => decodeJwt(proof))).data;
  return claims ?? refuse('Expected the claims jti (1 to 128 characters), htm, htu, iat and ath.');
}

function decoded(decode: () => unknown): unknown {
  try {
    return decode();
  } catch {
    return refuse('It cannot be read.');
  }
}
