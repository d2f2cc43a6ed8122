import { createHmac } from 'node:crypto';

/** Version of keys and of the way pseudonyms are made; stands in front of each. A later one gives other pseudonyms. */
export const PSEUDONYM_VERSION = 1;

/** 120 bits: no two values of a project are ever given one pseudonym by chance. */
const BYTES = 15;

/** The key of one project: 32 bytes, the same at each call. */
export type PseudonymKey = (project: string, version: number) => Uint8Array;

/**
 * HMAC-SHA-256 (RFC 2104), cut to 120 bits. A bare hash would not do: plates, dates and telephone numbers can all be
 * tried. The value counts in Unicode form NFC without blanks around it, so that one name typed on two systems is one.
 * @returns `p1-` and 20 characters of base64url, or null where nothing is left of the value.
 */
export function pseudonym(value: string, key: Uint8Array): string | null {
  const canonical = value.normalize('NFC').trim();
  if (canonical === '') return null;
  const digest = createHmac('sha256', key).update(canonical, 'utf8').digest();
  return `p${PSEUDONYM_VERSION}-${digest.subarray(0, BYTES).toString('base64url')}`;
}
