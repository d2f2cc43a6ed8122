import { fromBase64, toBase64 } from './base64.ts';
import { type NoteSigner, type NoteVerifier, openNote, signNote } from './note.ts';

/** A checkpoint as a log keeps it. */
export interface StoredCheckpoint {
  readonly size: number;
  /** Signed note. */
  readonly note: string;
}

/** What a checkpoint says: that the log `origin` had so many entries and this root. C2SP tlog-checkpoint. */
export interface Checkpoint {
  /** Name of the log. Ours is also the name of the key that signs. */
  readonly origin: string;
  /** Entries in the tree. */
  readonly size: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
}

/** The three lines that are signed. */
export function checkpointText(checkpoint: Checkpoint): string {
  return `${checkpoint.origin}\n${checkpoint.size}\n${toBase64(checkpoint.root)}\n`;
}

export function signCheckpoint(size: number, root: Uint8Array, signer: NoteSigner): string {
  return signNote(checkpointText({ origin: signer.name, size, root }), signer);
}

/**
 * @param note a signed note, possibly with witnesses' signatures beside the log's.
 * @returns what it says, or undefined where it is not exactly a checkpoint of the log that `verifier` names, signed by
 * its key. Extension lines are refused: this log writes none, so they are somebody else's.
 */
export function openCheckpoint(note: string, verifier: NoteVerifier): Checkpoint | undefined {
  const text = openNote(note, verifier);
  const checkpoint = text === undefined ? undefined : parseCheckpoint(text);
  return checkpoint?.origin === verifier.name ? checkpoint : undefined;
}

/**
 * What the text of a checkpoint says; no signature is checked here. Undefined for any other text.
 * @param extensions whether lines may follow the root. Other logs may write them; they say nothing about the tree.
 */
export function parseCheckpoint(text: string, extensions = false): Checkpoint | undefined {
  const [origin = '', decimal = '', encoded = '', ...more] = text.split('\n');
  const end = more.pop();
  if (end !== '' || origin === '' || more.some((line) => !extensions || line === '')) return undefined;
  if (!/^(0|[1-9][0-9]{0,15})$/.test(decimal)) return undefined;
  const size = Number(decimal);
  const root = fromBase64(encoded, 32);
  return root === undefined || !Number.isSafeInteger(size) ? undefined : { origin, size, root };
}
