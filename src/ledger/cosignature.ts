import { type KeyObject, sign, verify } from 'node:crypto';
import type { Instant } from '../domain/time.ts';
import {
  isBy,
  type NoteSignature,
  type NoteSigner,
  type NoteVerifier,
  noteSigner,
  parseSignatureLine,
  parseVerifierKey,
  signatureLine,
  splitNote,
  verifierKey,
} from './note.ts';

/**
 * Cosignatures of checkpoints: C2SP tlog-cosignature, `cosignature/v1` (signature type 0x04, Ed25519). A cosignature says
 * that at its time this was the largest tree of the log that its witness had seen, and grown out of all earlier ones.
 */
const COSIGNATURE_V1 = 0x04;
const TIME_BYTES = 8;
const SIGNATURE_BYTES = 64;

/** Verifier key of a witness, `name+8 hex digits+base64(0x04 || key)`. Throws `TypeError` as `verifierKey` does. */
export function witnessKey(name: string, key: KeyObject): string {
  return verifierKey(name, key, COSIGNATURE_V1);
}

/** Undefined for anything but a verifier key of a witness; one of a log (0x01) is refused. */
export function parseWitnessKey(text: string): NoteVerifier | undefined {
  return parseVerifierKey(text, COSIGNATURE_V1);
}

/** @param privateKey Ed25519, used by this witness and for nothing else: what is signed does not name the witness. */
export function cosigner(name: string, privateKey: KeyObject): NoteSigner {
  return noteSigner(name, privateKey, COSIGNATURE_V1);
}

/** @param text of the checkpoint: all before the blank line. @param at told in whole seconds. @returns one signature line. */
export function cosign(text: string, at: Instant, witness: NoteSigner): string {
  const seconds = Math.floor(at / 1_000);
  const time = Buffer.alloc(TIME_BYTES);
  time.writeBigUInt64BE(BigInt(seconds));
  return signatureLine(witness, Buffer.concat([time, sign(null, cosigned(text, seconds), witness.privateKey)]));
}

/** A cosignature that holds. */
export interface Cosignature {
  readonly witness: string;
  /** Whole seconds, as the witness's clock had them. */
  readonly time: Instant;
  /** Signature line, with its newline. */
  readonly line: string;
}

/**
 * The cosignatures of `witness` in lines of signatures, over a checkpoint's text. Lines of others are passed over; a line
 * that claims to be by this witness and does not hold makes the result undefined, as signed-note asks for a known key.
 */
export function cosignaturesBy(
  witness: NoteVerifier,
  text: string,
  signatures: readonly NoteSignature[],
): readonly Cosignature[] | undefined {
  const found: Cosignature[] = [];
  for (const signature of signatures) {
    if (!isBy(signature, witness)) continue;
    const time = timeOf(signature.signature, text, witness);
    if (time === undefined) return undefined;
    found.push({ witness: witness.name, time, line: signature.line });
  }
  return found;
}

/** Signature lines alone, as a witness answers with them. @returns undefined where one is none. */
export function parseSignatureLines(text: string): readonly NoteSignature[] | undefined {
  if (!text.endsWith('\n')) return undefined;
  const lines = text.slice(0, -1).split('\n').map(parseSignatureLine);
  const whole = lines.filter((line) => line !== undefined);
  return whole.length === lines.length ? whole : undefined;
}

/** Why a list of verifier keys cannot be that of a policy: per place what was expected. */
export function witnessKeyProblems(
  keys: readonly string[],
): readonly { readonly at: number; readonly expected: string }[] {
  const seen = new Set<string>();
  return keys.flatMap((text, at) => {
    const key = parseWitnessKey(text);
    if (key === undefined) return [{ at, expected: 'expected the verifier key of a witness: name+id+key' }];
    // One key under two names would count as two witnesses.
    const raw = key.publicKey.export({ format: 'der', type: 'spki' }).toString('hex');
    if (seen.has(raw)) return [{ at, expected: 'expected a key that no other witness has' }];
    seen.add(raw);
    return [];
  });
}

/** Whose word is wanted: at least `quorum` of these. */
export interface WitnessPolicy {
  readonly quorum: number;
  readonly witnesses: readonly NoteVerifier[];
}

/**
 * @param note a signed checkpoint with cosignatures beside the log's signature, which is not judged here.
 * @returns the newest cosignature of each witness of the policy that holds, in the order of the policy.
 */
export function cosignaturesIn(note: string, witnesses: readonly NoteVerifier[]): readonly Cosignature[] {
  const parts = splitNote(note);
  if (parts === undefined) return [];
  return witnesses.flatMap((witness) => {
    const [newest] = (cosignaturesBy(witness, parts.text, parts.signatures) ?? []).toSorted((a, b) => b.time - a.time);
    return newest === undefined ? [] : [newest];
  });
}

/**
 * Since when the policy is met by these cosignatures, at most one a witness: as of that moment `quorum` witnesses had seen
 * the checkpoint. Null: it is not met. A quorum of 0 asks for nobody's word, and nothing is witnessed by it.
 */
export function quorumTime(cosignatures: readonly Pick<Cosignature, 'time'>[], quorum: number): Instant | null {
  if (quorum < 1 || cosignatures.length < quorum) return null;
  const newestFirst = cosignatures.map(({ time }) => time).toSorted((a, b) => b - a);
  return newestFirst[quorum - 1] ?? null;
}

/** Whether enough of those wanted have signed the checkpoint; nobody's word is wanted where there is no policy. */
export function isWitnessed(note: string, policy: WitnessPolicy | undefined): boolean {
  return policy === undefined || quorumTime(cosignaturesIn(note, policy.witnesses), policy.quorum) !== null;
}

function timeOf(bytes: Buffer, text: string, witness: NoteVerifier): Instant | undefined {
  if (bytes.length !== TIME_BYTES + SIGNATURE_BYTES) return undefined;
  const seconds = bytes.readBigUInt64BE(0);
  // A witness must state its time; and what milliseconds cannot express is no time of ours.
  if (seconds === 0n || seconds > 8_640_000_000_000n) return undefined;
  const signature = bytes.subarray(TIME_BYTES);
  if (!verify(null, cosigned(text, Number(seconds)), witness.publicKey, signature)) return undefined;
  return Number(seconds) * 1_000;
}

function cosigned(text: string, seconds: number): Buffer {
  return Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`);
}
