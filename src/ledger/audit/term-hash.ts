import { createHmac, createSecretKey, hkdfSync } from 'node:crypto';
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
  const secret = createSecretKey(key);
  return ({ attribute, value }) =>
    createHmac('sha256', secret).update(`${attribute}\n${value}`).digest().subarray(0, TERM_BYTES);
}

/** Hashes of terms that come again, such as persons and rules. */
const REMEMBERED = 20_000;

/** As `termHash`, remembering what comes again. Identifiers are never remembered: each is looked for once, and is personal. */
export function rememberingTermHash(key: Uint8Array): TermHash {
  const hash = termHash(key);
  const known = new Map<string, Buffer>();
  return (term) => {
    if (term.attribute === 'identifier') return hash(term);
    const name = `${term.attribute}\n${term.value}`;
    const found = known.get(name);
    if (found !== undefined) return found;
    const made = hash(term);
    if (known.size >= REMEMBERED) known.clear();
    known.set(name, made);
    return made;
  };
}

/** What shows that an index was made with this key; says nothing of any term. */
export function keyCheck(key: Uint8Array): Buffer {
  return createHmac('sha256', key).update('five-safes search index').digest().subarray(0, TERM_BYTES);
}
