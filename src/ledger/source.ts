import type { Instant } from '../domain/time.ts';
import type { LedgerBlocks } from './blocks.ts';
import type { StoredCheckpoint } from './checkpoint.ts';

/** What the verifier reads from: a port, so that a file, a directory of tiles or a distant log can all be verified. */

/** One sealed part of an entry's details, as found. */
export interface StoredPart {
  /** Null: the sealed bytes are not there. */
  readonly sealed: Uint8Array | null;
  /** The data key was destroyed, so nobody can open the bytes any more. */
  readonly erased: boolean;
}

/** An entry as found, with the columns that were written beside its bytes. */
export interface StoredEntry {
  readonly index: number;
  readonly kind: string;
  readonly exchange: string;
  readonly time: Instant;
  /** What was hashed into the tree. */
  readonly bytes: Uint8Array;
  /** Null where the source carries no details. A part is null where none was written. */
  readonly details: { readonly accountability: StoredPart | null; readonly subject: StoredPart | null } | null;
}

type Chunks<T> = Iterable<readonly T[]> | AsyncIterable<readonly T[]>;

/** A ledger as it stood when the source was made; what is appended meanwhile is not part of it. */
export interface LedgerSource {
  /** How many entries it holds. */
  readonly size: number;
  /** Published changes of the signing key, see `log-keys.ts`; absent or empty where there was none. */
  readonly keyChanges?: string;
  /** The same in large pieces; absent where the source has none, or where something is so unusual that it must not be used. */
  readonly blocks?: LedgerBlocks;
  /** Ascending by index, in chunks of any length. */
  entries(): Chunks<StoredEntry>;
  /** Ascending by size. The last one covers all entries. */
  checkpoints(): Chunks<StoredCheckpoint>;
  /** Stored full nodes of a level >= 1, ascending from index 0; absent where the source stores none, null where none of the level. */
  nodes?(level: number): Chunks<Uint8Array> | null;
  /** Stored hashes of the entries, ascending from index 0; absent where the source stores none. */
  leaves?(): Chunks<Uint8Array>;
  /** Whether the stored tree leads from this leaf to the root that was signed. Beside `leaves`. */
  proves?(index: number, leaf: Uint8Array): Promise<boolean>;
}

/** What a source may find wrong by itself, before there is an entry to look at. */
export type SourceCode =
  | 'entries/missing'
  | 'entries/form'
  | 'node/altered'
  | 'tile/missing'
  | 'tile/form'
  | 'details/missing'
  | 'details/form'
  | 'checkpoint/unsigned';

/** Thrown by a source where what it reads is no part of a ledger. */
export class SourceFault extends Error {
  /** Of the first entry concerned. */
  readonly index: number;
  readonly code: SourceCode;
  constructor(index: number, code: SourceCode) {
    super(code);
    this.name = 'SourceFault';
    this.index = index;
    this.code = code;
  }
}

/** One item after another out of chunks. */
export interface Feed<T> {
  /** Undefined at the end. */
  next(): Promise<T | undefined> | T | undefined;
}

export function feed<T>(chunks: Chunks<T>): Feed<T> {
  const iterator = Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]();
  let chunk: readonly T[] = [];
  let at = 0;
  let ended = false;
  const refill = async (): Promise<T | undefined> => {
    while (!ended && at >= chunk.length) {
      const step = await iterator.next();
      if (step.done === true) {
        ended = true;
        return undefined;
      }
      chunk = step.value;
      at = 0;
    }
    return ended ? undefined : chunk[at++];
  };
  // Most calls find an item at hand: they must not cost a promise each.
  return { next: () => (at < chunk.length ? chunk[at++] : refill()) };
}
