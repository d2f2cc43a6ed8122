import { createHmac, hkdfSync } from 'node:crypto';
import type { Term } from './terms.ts';

/** Bytes that a term is known by: 2^64 terms before two are likely to meet, and a meeting costs one false find. */
export const TERM_BYTES = 16;

/** Term to the bytes it is indexed under. */
export type TermHash = (term: Term) => Buffer;

/** Key of the index, of use for nothing else. @param kek key-encryption key, 32 bytes. */
export function indexKey(kek: Uint8Array): Buffer {
  return Buffer.from(hkdfSync('sha256', kek, '', 'five-safes/search-index/v1', 32));
}

/**
 * HMAC-SHA-256 (RFC 2104), truncated. Plates and VINs can all be tried out: without the key a bare hash of one would be as
 * good as the value itself.
 */
export function termHash(key: Uint8Array): TermHash {
  return ({ attribute, value }) =>
    createHmac('sha256', key).update(`${attribute}\n${value}`).digest().subarray(0, TERM_BYTES);
}

/** What shows that an index was made with this key; says nothing of any term. */
export function keyCheck(key: Uint8Array): Buffer {
  return createHmac('sha256', key).update('five-safes search index').digest().subarray(0, TERM_BYTES);
}
