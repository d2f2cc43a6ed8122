import type { Credentials } from '../domain/caller.ts';
import type { UnknownCallerReason } from '../domain/unknown-caller.ts';

/** RFC 9449 section 8.1. */
export const NONCE_HEADER = 'DPoP-Nonce';

function asDpop({ authorization }: Credentials): boolean {
  return /^dpop( |$)/i.test(authorization?.trim() ?? '');
}

/** Whether the sender is a client that makes proofs, and wants to know the next nonce (RFC 9449 section 8.2). */
export function speaksOfDpop(sent: Credentials): boolean {
  return sent.dpop.length > 0 || asDpop(sent);
}

/**
 * `WWW-Authenticate` of a 401: what is wrong and how to do better (RFC 6750 section 3, RFC 9449 sections 7.1 and 9).
 * @param algorithms that proofs may be signed with.
 */
export function challenge(reason: UnknownCallerReason, sent: Credentials, algorithms: readonly string[]): string {
  const ofProof = reason.startsWith('dpop/');
  if (!ofProof && !asDpop(sent)) return 'Bearer error="invalid_token"';
  // A token that is bound and was sent as bearer is itself what was misused: there is no proof to find fault with.
  const badProof = reason === 'dpop/nonce' ? 'use_dpop_nonce' : 'invalid_dpop_proof';
  const error = ofProof && asDpop(sent) ? badProof : 'invalid_token';
  return `DPoP error="${error}", algs="${algorithms.join(' ')}"`;
}
