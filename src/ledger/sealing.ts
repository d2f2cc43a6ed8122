import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { EntryKind } from './entry.ts';

/**
 * Details are sealed with AES-256-GCM (NIST SP 800-38D): nonce of 12 bytes, ciphertext, tag of 16. The nonce is
 * random; a data key seals the few entries of one exchange, so that two nonces never meet. What is sealed says what it
 * belongs to: bytes moved to another entry, part or format do not open.
 */
export const PARTS = ['accountability', 'subject'] as const;
export type Part = (typeof PARTS)[number];

/** What sealed bytes belong to. */
export interface Binding {
  readonly kind: EntryKind;
  readonly exchange: string;
  readonly part: Part;
}

/** Bytes from a source nobody can predict. */
export type RandomBytes = (count: number) => Uint8Array;

export const KEY_BYTES = 32;
/** The nonce stands first in what was sealed. */
export const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const TAGGED = { authTagLength: TAG_BYTES } as const;

/** @param key data key, 32 bytes. @param plaintext JSON text. */
export function sealDetails(
  key: Uint8Array,
  binding: Binding,
  plaintext: string,
  random: RandomBytes = randomBytes,
): Buffer {
  return sealBytes(key, detailsContext(binding), plaintext, random);
}

/** The JSON text, or undefined where key, binding or bytes are not those that were sealed. */
export function openSealed(key: Uint8Array, binding: Binding, sealed: Uint8Array): string | undefined {
  return openBytes(key, detailsContext(binding), sealed)?.toString('utf8');
}

function detailsContext(binding: Binding): Buffer {
  return Buffer.from(`five-safes details v1\n${binding.kind}\n${binding.exchange}\n${binding.part}\n`);
}

/** Seals under a fresh nonce; text as UTF-8. @param context what the bytes belong to: they do not open for anything else. */
export function sealBytes(
  key: Uint8Array,
  context: Uint8Array,
  plaintext: Uint8Array | string,
  random: RandomBytes,
): Buffer {
  const nonce = random(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, TAGGED);
  cipher.setAAD(context);
  const body = typeof plaintext === 'string' ? cipher.update(plaintext, 'utf8') : cipher.update(plaintext);
  cipher.final();
  const sealed = Buffer.allocUnsafe(NONCE_BYTES + body.length + TAG_BYTES);
  sealed.set(nonce);
  sealed.set(body, NONCE_BYTES);
  sealed.set(cipher.getAuthTag(), NONCE_BYTES + body.length);
  return sealed;
}

/** What was sealed, or undefined where key, context or bytes are not those of the sealing. */
export function openBytes(key: Uint8Array, context: Uint8Array, sealed: Uint8Array): Buffer | undefined {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) return undefined;
  const end = sealed.length - TAG_BYTES;
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(context);
  decipher.setAuthTag(sealed.subarray(end));
  try {
    const opened = decipher.update(sealed.subarray(NONCE_BYTES, end));
    // A stream cipher: nothing is left for `final` but to compare the tag, and it throws where another one is due.
    decipher.final();
    return opened;
  } catch {
    return undefined;
  }
}
