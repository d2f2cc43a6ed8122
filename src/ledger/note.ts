import { createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto';
import { fromBase64 } from './base64.ts';

/** Signed notes and their keys: C2SP signed-note, signature type 0x01 (Ed25519, RFC 8032). */

/** Who signs: the name in the signature line, and the keys. */
export interface NoteSigner {
  readonly name: string;
  readonly privateKey: KeyObject;
  readonly keyId: Buffer;
}

export interface NoteVerifier {
  readonly name: string;
  readonly publicKey: KeyObject;
  readonly keyId: Buffer;
}

const ED25519 = 0x01;
/** No space of any script, no plus: the name ends at the first of them. */
const NAME = /^[^\s+]+$/u;
/** The bytes that stand before a raw Ed25519 key in SubjectPublicKeyInfo (RFC 8410 Section 4). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** `name+8 hex digits+base64(0x01 || key)`, as verifiers take it. Throws `TypeError` on a name that a note cannot carry. */
export function verifierKey(name: string, key: KeyObject): string {
  const raw = rawPublicKey(name, key);
  return `${name}+${keyId(name, raw).toString('hex')}+${Buffer.concat([Buffer.of(ED25519), raw]).toString('base64')}`;
}

/** Parses what `verifierKey` writes. Undefined for anything else: another algorithm, a key id that does not belong to the key. */
export function parseVerifierKey(text: string): NoteVerifier | undefined {
  const match = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/u.exec(text);
  if (match === null) return undefined;
  const [, name = '', id = '', encoded = ''] = match;
  const bytes = fromBase64(encoded, 33);
  if (bytes === undefined || bytes[0] !== ED25519) return undefined;
  const raw = bytes.subarray(1);
  const expected = keyId(name, raw);
  if (expected.toString('hex') !== id) return undefined;
  const publicKey = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: 'der', type: 'spki' });
  return { name, publicKey, keyId: expected };
}

/** @param privateKey Ed25519. Throws `TypeError` on any other key or a name that a note cannot carry. */
export function noteSigner(name: string, privateKey: KeyObject): NoteSigner {
  return { name, privateKey, keyId: keyId(name, rawPublicKey(name, privateKey)) };
}

/** @param text the note's text, ending in a newline. @returns text, blank line, signature line. */
export function signNote(text: string, signer: NoteSigner): string {
  const signature = sign(null, Buffer.from(text), signer.privateKey);
  return `${text}\n— ${signer.name} ${Buffer.concat([signer.keyId, signature]).toString('base64')}\n`;
}

/**
 * The text of a note that `verifier` signed. Signatures of others (witnesses) may stand beside it and are not judged.
 * @returns undefined where the form is wrong, the signature is missing or does not hold.
 */
export function openNote(note: string, verifier: NoteVerifier): string | undefined {
  const end = note.lastIndexOf('\n\n');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: signed-note forbids exactly these in a note's text
  if (end < 0 || !note.endsWith('\n') || /[\u0000-\u0009\u000b-\u001f]/.test(note)) return undefined;
  const text = note.slice(0, end + 1);
  let held = false;
  for (const line of note.slice(end + 2, -1).split('\n')) {
    const match = /^— ([^\s+]+) ([A-Za-z0-9+/=]+)$/u.exec(line);
    const bytes = match === null ? undefined : fromBase64(match[2] ?? '');
    if (match === null || bytes === undefined || bytes.length < 5) return undefined;
    if (match[1] !== verifier.name || !bytes.subarray(0, 4).equals(verifier.keyId)) continue;
    if (!verify(null, Buffer.from(text), verifier.publicKey, bytes.subarray(4))) return undefined;
    held = true;
  }
  return held ? text : undefined;
}

function keyId(name: string, raw: Uint8Array): Buffer {
  const input = Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(ED25519), raw]);
  return hash('sha256', input, 'buffer').subarray(0, 4);
}

function rawPublicKey(name: string, key: KeyObject): Buffer {
  if (!NAME.test(name)) throw new TypeError(`a note cannot be signed as "${name}": no spaces, no plus, not empty`);
  if (key.asymmetricKeyType !== 'ed25519') throw new TypeError('notes are signed with Ed25519 keys');
  const spki = (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'der', type: 'spki' });
  return spki.subarray(SPKI_PREFIX.length);
}
