import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Instant, MINUTE } from '../../domain/time.ts';

/** A nonce is given out for so long, and taken for as long again. */
const BUCKET = MINUTE;
const BYTES = 16;

/** Nonces for DPoP proofs (RFC 9449 sections 8 and 9), which nobody needs to store. */
export interface Nonces {
  /** The one to be used from `now` on; the same for all callers within a minute. */
  issue(now: Instant): string;
  /** Whether `nonce` was given out in this minute or the one before. */
  accepts(nonce: string, now: Instant): boolean;
}

/**
 * A nonce is the HMAC of its minute: nobody without the key can make proofs for a time to come, and every node that has
 * the key takes the nonces of the others, also after a restart.
 * @param key 32 secret bytes, used for nothing else.
 */
export function createNonces(key: Uint8Array): Nonces {
  const made = new Map<number, string>();
  const of = (bucket: number): string => {
    const known = made.get(bucket);
    if (known !== undefined) return known;
    const nonce = createHmac('sha256', key).update(String(bucket)).digest().subarray(0, BYTES).toString('base64url');
    if (made.size > 2) made.clear();
    made.set(bucket, nonce);
    return nonce;
  };
  const same = (a: string, b: string) =>
    a.length === b.length && timingSafeEqual(Buffer.from(a, 'latin1'), Buffer.from(b, 'latin1'));
  return {
    issue: (now) => of(Math.floor(now / BUCKET)),
    accepts: (nonce, now) => {
      const bucket = Math.floor(now / BUCKET);
      return same(nonce, of(bucket)) || same(nonce, of(bucket - 1));
    },
  };
}
