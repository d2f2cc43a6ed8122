import { type CryptoKey, compactVerify, importJWK } from 'jose';
import type { Credentials } from '../../domain/caller.ts';
import { sha256 } from '../../domain/digest.ts';
import { Fault } from '../../domain/faults.ts';
import { type Instant, MINUTE, SECOND } from '../../domain/time.ts';
import { UnknownCaller } from '../../domain/unknown-caller.ts';
import type { Nonces } from './nonce.ts';
import { headerPart, type ProofKey, proofIn, readProofClaims, readProofKey } from './proof.ts';
import { normalized, requestUrl } from './target.ts';

/** A proof counts for so long before and after the time it says it was made, for clocks differ and networks delay. */
export const PROOF_WINDOW = MINUTE;
const KEYS_REMEMBERED = 2_000;

/**
 * Marks a proof as used. False: it was used before, or that cannot be ruled out.
 * @param id hash of key and `jti`. @param until when the proof stops counting by itself, so that it may be forgotten.
 * Throws where the mark cannot be kept: then the proof must not count.
 */
export type UseProof = (id: Uint8Array, until: Instant, now: Instant) => Promise<boolean>;

export interface PossessionOptions {
  /** Public origin of the gateway, as callers write it. */
  readonly origin: string;
  readonly nonces: Nonces;
  /** Whether a proof must hold a nonce. One that it holds must always be current. */
  readonly nonceRequired: boolean;
  readonly useProof: UseProof;
}

/** Throws UnknownCaller 'dpop/…' unless the request proves that its sender holds the key that `cnf` names. */
export type ProvePossession = (token: string, cnf: unknown, sent: Credentials, now: Instant) => Promise<void>;

interface KnownKey extends Pick<ProofKey, 'alg' | 'thumbprint'> {
  readonly key: CryptoKey | Uint8Array;
}

/**
 * DPoP, RFC 9449 section 4.3: what the proof says is compared first, the signature is checked next, and the proof is
 * marked as used last, so that only who holds the key can fill the store. Keys are remembered by the proof's header, so
 * that a caller's later proofs cost their signature check alone.
 */
export function possession(options: PossessionOptions): ProvePossession {
  const known = new Map<string, KnownKey>();

  const keyOf = async (proof: string, part: string, thumbprint: string): Promise<KnownKey> => {
    const remembered = known.get(part);
    if (remembered !== undefined) return compared(remembered, thumbprint);
    const read = compared(await readProofKey(proof), thumbprint);
    try {
      const key = await importJWK(read.jwk, read.alg);
      return { alg: read.alg, thumbprint: read.thumbprint, key };
    } catch {
      throw new UnknownCaller('dpop/mismatch', 'Expected jwk to be a key for alg.');
    }
  };
  const remember = (part: string, key: KnownKey) => {
    known.delete(part);
    known.set(part, key);
    const [oldest] = known.keys();
    if (known.size > KEYS_REMEMBERED && oldest !== undefined) known.delete(oldest);
  };

  return async (token, cnf, sent, now) => {
    const proof = proofIn(sent.dpop);
    const thumbprint = thumbprintIn(cnf);
    const part = headerPart(proof);
    const key = await keyOf(proof, part, thumbprint);
    const { jti, iat, nonce } = checkClaims(proof, token, sent, options, now);
    try {
      await compactVerify(proof, key.key, { algorithms: [key.alg] });
    } catch {
      throw new UnknownCaller('dpop/mismatch', 'It is not signed with the key in its header.');
    }
    remember(part, key);
    // After the signature: who is sent for a nonce has shown the key, and asks again at once.
    if (nonce === undefined ? options.nonceRequired : !options.nonces.accepts(nonce, now))
      throw new UnknownCaller('dpop/nonce');
    if (!(await use(options.useProof, sha256(`${thumbprint}\n${jti}`), iat * SECOND + PROOF_WINDOW, now))) {
      throw new UnknownCaller('dpop/replayed');
    }
  };
}

async function use(useProof: UseProof, id: Uint8Array, until: Instant, now: Instant): Promise<boolean> {
  try {
    return await useProof(id, until, now);
  } catch (thrown) {
    throw new Fault('identity/unavailable', 'used proofs cannot be recorded', { cause: thrown });
  }
}

/**
 * RFC 9449 section 6.1. Other confirmation methods, such as a certificate, are not understood: what cannot be enforced
 * is refused rather than passed over.
 */
function thumbprintIn(cnf: unknown): string {
  const { jkt, ...others } = typeof cnf === 'object' && cnf !== null && 'jkt' in cnf ? cnf : { jkt: undefined };
  if (typeof jkt === 'string' && Object.keys(others).length === 0) return jkt;
  throw new UnknownCaller('dpop/mismatch', 'The token is not bound by the thumbprint of a key (cnf.jkt).');
}

function compared<K extends Pick<ProofKey, 'thumbprint'>>(key: K, thumbprint: string): K {
  if (key.thumbprint === thumbprint) return key;
  throw new UnknownCaller('dpop/mismatch', 'The token is bound to another key.');
}

function checkClaims(proof: string, token: string, sent: Credentials, options: PossessionOptions, now: Instant) {
  const claims = readProofClaims(proof);
  const refuse = (what: string): never => {
    throw new UnknownCaller('dpop/mismatch', what);
  };
  if (claims.htm !== sent.method) refuse('Expected htm to be the method of the request.');
  const target = requestUrl(options.origin, sent.path);
  if (target === undefined || normalized(claims.htu) !== target)
    refuse(`Expected htu to be the address of the request at ${options.origin}.`);
  if (claims.ath !== sha256(token).toString('base64url')) refuse('Expected ath to be the hash of the token.');
  if (!(Math.abs(now - claims.iat * SECOND) <= PROOF_WINDOW))
    refuse(`Expected iat to be within ${PROOF_WINDOW / SECOND} seconds of the time here.`);
  return claims;
}
