import { createHash, randomBytes } from 'node:crypto';
import { KEY_BYTES, openBytes, type RandomBytes, sealBytes } from './sealing.ts';

/**
 * Data keys lie in pages: so many keys wrapped as one, bound to the page's number and to which of its keys were
 * destroyed. A page fits one page of 4096 bytes of the file it lies in. Pages count from 1.
 */
export const KEYS_PER_PAGE = 120;
/** One bit a key, the first key in the lowest bit of the first byte. */
export const DESTROYED_BYTES = KEYS_PER_PAGE / 8;
const PAGE_BYTES = KEYS_PER_PAGE * KEY_BYTES;

/**
 * What wraps pages of data keys. The key itself need not be in this process: a key management service that encrypts and
 * decrypts a few kilobytes under associated data can stand behind it, asked by the writer's thread and never by requests.
 */
export interface KeyEncryption {
  /** Names the key without telling of it; written beside what it wrapped. */
  readonly id: string;
  wrap(context: Uint8Array, keys: Uint8Array): Buffer;
  /** Undefined where another key wrapped it, or bytes or context were changed. */
  unwrap(context: Uint8Array, wrapped: Uint8Array): Buffer | undefined;
}

/** The key-encryption key in this process's memory: AES-256-GCM under a random nonce. @param kek 32 bytes. */
export function localKeyEncryption(kek: Uint8Array, random: RandomBytes = randomBytes): KeyEncryption {
  return {
    id: createHash('sha256').update('five-safes key-encryption key v1\n').update(kek).digest('hex').slice(0, 32),
    wrap: (context, keys) => sealBytes(kek, context, keys, random),
    unwrap: (context, wrapped) => openBytes(kek, context, wrapped),
  };
}

export function pageOf(slot: number): number {
  return Math.floor(slot / KEYS_PER_PAGE);
}

export function positionOf(slot: number): number {
  return slot % KEYS_PER_PAGE;
}

/** A page whose keys all stand. */
export function noneDestroyed(): Buffer {
  return Buffer.alloc(DESTROYED_BYTES);
}

export function isDestroyed(destroyed: Uint8Array, position: number): boolean {
  return (((destroyed[position >> 3] ?? 0xff) >> (position & 7)) & 1) === 1;
}

/** @param keys of the page, one after the other. */
export function wrapPage(kek: KeyEncryption, page: number, destroyed: Uint8Array, keys: Uint8Array): Buffer {
  return kek.wrap(pageContext(page, destroyed), keys);
}

/** The keys of the page, one after the other, or undefined where key-encryption key, number, marks or bytes do not fit. */
export function unwrapPage(
  kek: KeyEncryption,
  page: number,
  destroyed: Uint8Array,
  wrapped: Uint8Array,
): Buffer | undefined {
  const keys = kek.unwrap(pageContext(page, destroyed), wrapped);
  return keys?.length === PAGE_BYTES ? keys : undefined;
}

/** The key at a position: a view of the page's bytes. */
export function keyAt(keys: Buffer, position: number): Buffer {
  return keys.subarray(position * KEY_BYTES, (position + 1) * KEY_BYTES);
}

/** Zeroes the keys at these positions in place. @returns the marks with theirs set. */
export function destroyKeys(keys: Buffer, destroyed: Uint8Array, positions: readonly number[]): Buffer {
  const marks = Buffer.from(destroyed);
  for (const position of positions) {
    keyAt(keys, position).fill(0);
    marks[position >> 3] = (marks[position >> 3] ?? 0) | (1 << (position & 7));
  }
  return marks;
}

function pageContext(page: number, destroyed: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`five-safes key page v1\n${page}\n`), destroyed]);
}
