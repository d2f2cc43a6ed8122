import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { JsonValue } from './json.ts';
import type { Digest } from './versions.ts';

/** RFC 8785 canonical JSON text. Throws on what JSON cannot say (NaN, undefined). */
export function canonicalJson(value: JsonValue): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('value has no JSON form');
  return text;
}

/** SHA-256 of bytes, or of text as UTF-8. */
export function sha256(bytes: Uint8Array | string): Buffer {
  return hash('sha256', bytes, 'buffer');
}

export function digestOf(bytes: Uint8Array | string): Digest {
  return `sha256:${hash('sha256', bytes, 'hex')}`;
}

/** Digest of a value's canonical JSON. */
export function digestOfJson(value: JsonValue): Digest {
  return digestOf(canonicalJson(value));
}
