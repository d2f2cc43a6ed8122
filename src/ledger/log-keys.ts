import { verify } from 'node:crypto';
import { digestOf } from '../domain/digest.ts';
import type { Digest } from '../domain/versions.ts';
import { fromBase64, toBase64 } from './base64.ts';
import { type Checkpoint, openCheckpoint } from './checkpoint.ts';
import { answerCommitment, parseEntry, SALT_BYTES } from './compose.ts';
import { isBy, type NoteVerifier, parseVerifierKey, splitNote } from './note.ts';

/**
 * Changes of the key that signs checkpoints. Each is a statement signed by the old key and the new one, public beside the
 * tree, and committed to by the `log-key` entry at its index. Who trusts any one key of a log can follow them to all others.
 */
const HEADER = 'five-safes log key v1';

/** One change. The checkpoint over exactly `index + 1` entries is signed by both keys, later ones by the new key. */
export interface KeyChange {
  /** Of the `log-key` entry that commits to the statement. */
  readonly index: number;
  readonly before: NoteVerifier;
  readonly after: NoteVerifier;
  /** Of the statement's text, as the entry commits to it. */
  readonly digest: Digest;
  /** Base64, 16 bytes: what the commitment is salted with. */
  readonly salt: string;
}

/** The text of a statement, to be signed as a note by both keys. @param before @param after verifier keys of one name. */
export function keyChangeText(index: number, before: string, after: string): string {
  return `${HEADER}\nentry ${index}\nold ${before}\nnew ${after}\n`;
}

/** One change as it stands in the public file: `salt` line, then the note, then an empty line. */
export function publishedChange(salt: string, note: string): string {
  return `salt ${salt}\n${note}\n`;
}

const ONE =
  /salt ([A-Za-z0-9+/=]{24})\n(five-safes log key v1\nentry (\d{1,16})\nold (\S+)\nnew (\S+)\n\n(?:— \S+ \S+\n){2})\n/uy;

/**
 * Reads the public file, in which changes stand one after the other.
 * @returns undefined where anything in it is not as `publishedChange` writes it, a signature of either key does not hold,
 * or one change does not take up where the last one ended.
 */
export function parseKeyChanges(text: string): readonly KeyChange[] | undefined {
  const changes: KeyChange[] = [];
  for (let at = 0; at < text.length; ) {
    ONE.lastIndex = at;
    const match = ONE.exec(text);
    if (match === null) return undefined;
    at += match[0].length;
    const [, salt = '', note = '', index = '', before = '', after = ''] = match;
    const change = checkedChange(Number(index), before, after, salt, note);
    const last = changes.at(-1);
    if (change === undefined) return undefined;
    if (last !== undefined && (last.index >= change.index || !sameKey(last.after, change.before))) return undefined;
    changes.push(change);
  }
  return changes;
}

function checkedChange(index: number, old: string, fresh: string, salt: string, note: string): KeyChange | undefined {
  const before = parseVerifierKey(old);
  const after = parseVerifierKey(fresh);
  const parts = splitNote(note);
  if (before === undefined || after === undefined || parts === undefined) return undefined;
  if (before.name !== after.name || sameKey(before, after) || !Number.isSafeInteger(index)) return undefined;
  if (parts.text !== keyChangeText(index, old, fresh) || fromBase64(salt, SALT_BYTES) === undefined) return undefined;
  const bytes = Buffer.from(parts.text);
  const signed = [before, after].every((key) =>
    parts.signatures.some((s) => isBy(s, key) && verify(null, bytes, key.publicKey, s.signature)),
  );
  return signed ? { index, before, after, digest: digestOf(parts.text), salt } : undefined;
}

/** Which key signs which checkpoint of a log. */
export interface LogKeys {
  /** What a checkpoint says, where every key that must have signed it did; else undefined. */
  open(note: string): Checkpoint | undefined;
  /** The change that the entry at `index` must commit to, if one was published for it. */
  changeAt(index: number): KeyChange | undefined;
  /** Index of the last published change; -1 where there is none. */
  readonly lastChange: number;
  /** Of the key that signs now. */
  readonly newest: NoteVerifier;
}

/**
 * @param trusted any one key of the log. @param published text of the public file; empty where the key never changed.
 * @returns undefined where the file is not well formed or does not speak of the trusted key.
 */
export function logKeys(trusted: NoteVerifier, published: string): LogKeys | undefined {
  const changes = parseKeyChanges(published);
  if (changes === undefined) return undefined;
  const [first] = changes;
  const keys = first === undefined ? [trusted] : [first.before, ...changes.map(({ after }) => after)];
  if (!keys.some((key) => sameKey(key, trusted) && key.name === trusted.name)) return undefined;
  return {
    open(note) {
      const size = claimedSize(note);
      if (size === undefined) return undefined;
      // The key that a checkpoint of this size is due to, and beside it the next one where it is the change's own.
      const passed = changes.filter(({ index }) => index + 1 < size).length;
      const due = keys.slice(passed, changes[passed]?.index === size - 1 ? passed + 2 : passed + 1);
      const opened = due.map((key) => openCheckpoint(note, key));
      return opened.every((checkpoint) => checkpoint !== undefined) ? opened[0] : undefined;
    },
    changeAt: (index) => changes.find((change) => change.index === index),
    lastChange: changes.at(-1)?.index ?? -1,
    newest: keys.at(-1) ?? trusted,
  };
}

/** Why a `log-key` entry and what was published do not fit; null: they do. @param text the leaf. */
export function keyChangeProblem(
  text: string,
  index: number,
  keys: LogKeys,
): 'log-key/missing' | 'log-key/altered' | null {
  const change = keys.changeAt(index);
  const entry = parseEntry(text);
  if (entry?.kind !== 'log-key') return change === undefined ? null : 'log-key/altered';
  if (change === undefined) return 'log-key/missing';
  const salt = fromBase64(change.salt, SALT_BYTES);
  return salt !== undefined && entry.answer === answerCommitment(salt, change.digest) ? null : 'log-key/altered';
}

function claimedSize(note: string): number | undefined {
  const decimal = /^[^\n]+\n(0|[1-9][0-9]{0,15})\n/.exec(note)?.[1];
  return decimal === undefined ? undefined : Number(decimal);
}

function sameKey(a: NoteVerifier, b: NoteVerifier): boolean {
  return toBase64(rawOf(a)) === toBase64(rawOf(b));
}

function rawOf({ publicKey }: NoteVerifier): Buffer {
  return publicKey.export({ format: 'der', type: 'spki' });
}
