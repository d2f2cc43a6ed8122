import { hash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';
import type { JsonValue } from './json.ts';
import type { Digest } from './versions.ts';

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
