import { createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto';
import { fromBase64 } from './base64.ts';

/** Signed notes and their keys: C2SP signed-note, signature type 0x01 (Ed25519, RFC 8032). */

/** Who signs: the name in the signature line, and the keys. */
export interface NoteSigner {
  readonly name: string;
  readonly privateKey: KeyObject;
  readonly keyId: Buffer;
  /** Signs beside it: only while one key takes the place of another. */
  readonly also?: NoteSigner;
}

/** One line under a note: who signed with which key, and what. */
export interface NoteSignature {
  readonly name: string;
  readonly keyId: Buffer;
  readonly signature: Buffer;
  /** As it stands, with its newline. */
  readonly line: string;
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
export function verifierKey(name: string, key: KeyObject, type: number = ED25519): string {
  const raw = rawPublicKey(name, key);
  return `${name}+${keyId(name, raw, type).toString('hex')}+${Buffer.concat([Buffer.of(type), raw]).toString('base64')}`;
}

/**
 * Parses what `verifierKey` writes. Undefined for anything else: another algorithm, a key id that does not belong to the key.
 * @param type signature type: that of notes unless another is asked for.
 */
export function parseVerifierKey(text: string, type: number = ED25519): NoteVerifier | undefined {
  const match = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/u.exec(text);
  if (match === null) return undefined;
  const [, name = '', id = '', encoded = ''] = match;
  const bytes = fromBase64(encoded, 33);
  if (bytes === undefined || bytes[0] !== type) return undefined;
  const raw = bytes.subarray(1);
  const expected = keyId(name, raw, type);
  if (expected.toString('hex') !== id) return undefined;
  const publicKey = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: 'der', type: 'spki' });
  return { name, publicKey, keyId: expected };
}

/** @param privateKey Ed25519. Throws `TypeError` on any other key or a name that a note cannot carry. */
export function noteSigner(name: string, privateKey: KeyObject, type: number = ED25519): NoteSigner {
  return { name, privateKey, keyId: keyId(name, rawPublicKey(name, privateKey), type) };
}

/** @param text the note's text, ending in a newline. @returns text, blank line, a signature line for each signer. */
export function signNote(text: string, signer: NoteSigner): string {
  let lines = '';
  for (let by: NoteSigner | undefined = signer; by !== undefined; by = by.also) {
    lines += signatureLine(by, sign(null, Buffer.from(text), by.privateKey));
  }
  return `${text}\n${lines}`;
}

export function signatureLine({ name, keyId: id }: Pick<NoteSigner, 'name' | 'keyId'>, signature: Uint8Array): string {
  return `— ${name} ${Buffer.concat([id, signature]).toString('base64')}\n`;
}

/** Text and signatures of a note, none of them checked. @returns undefined where it has not the form of a signed note. */
export function splitNote(
  note: string,
): { readonly text: string; readonly signatures: readonly NoteSignature[] } | undefined {
  const end = note.lastIndexOf('\n\n');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: signed-note forbids exactly these in a note's text
  if (end < 0 || !note.endsWith('\n') || /[\u0000-\u0009\u000b-\u001f]/.test(note)) return undefined;
  const signatures: NoteSignature[] = [];
  for (const line of note.slice(end + 2, -1).split('\n')) {
    const signature = parseSignatureLine(line);
    if (signature === undefined) return undefined;
    signatures.push(signature);
  }
  return { text: note.slice(0, end + 1), signatures };
}

/** @param line without its newline. @returns undefined where it has not the form of a signature line. */
export function parseSignatureLine(line: string): NoteSignature | undefined {
  const match = /^— ([^\s+]+) ([A-Za-z0-9+/=]+)$/u.exec(line);
  const bytes = match === null ? undefined : fromBase64(match[2] ?? '');
  if (match === null || bytes === undefined || bytes.length < 5) return undefined;
  return { name: match[1] ?? '', keyId: bytes.subarray(0, 4), signature: bytes.subarray(4), line: `${line}\n` };
}

/** Whether a line claims to be by this key: name and key id together name it. */
export function isBy(signature: NoteSignature, key: Pick<NoteVerifier, 'name' | 'keyId'>): boolean {
  return signature.name === key.name && signature.keyId.equals(key.keyId);
}

/**
 * The text of a note that `verifier` signed. Signatures of others (witnesses) may stand beside it and are not judged.
 * @returns undefined where the form is wrong, the signature is missing or does not hold.
 */
export function openNote(note: string, verifier: NoteVerifier): string | undefined {
  const parts = splitNote(note);
  if (parts === undefined) return undefined;
  const ours = parts.signatures.filter((signature) => isBy(signature, verifier));
  const hold = ours.every(({ signature }) => verify(null, Buffer.from(parts.text), verifier.publicKey, signature));
  return ours.length > 0 && hold ? parts.text : undefined;
}

function keyId(name: string, raw: Uint8Array, type: number): Buffer {
  const input = Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(type), raw]);
  return hash('sha256', input, 'buffer').subarray(0, 4);
}

function rawPublicKey(name: string, key: KeyObject): Buffer {
  if (!NAME.test(name)) throw new TypeError(`a note cannot be signed as "${name}": no spaces, no plus, not empty`);
  if (key.asymmetricKeyType !== 'ed25519') throw new TypeError('notes are signed with Ed25519 keys');
  const spki = (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'der', type: 'spki' });
  return spki.subarray(SPKI_PREFIX.length);
}
