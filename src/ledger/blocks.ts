import type { Instant } from '../domain/time.ts';
import type { StoredCheckpoint } from './checkpoint.ts';

/**
 * A ledger read many entries at a time, for `checkRange`: what lies in one place is handed over in one piece, since a
 * buffer a column and entry costs more than hashing what is in it. Indices are those of entries; `to` is exclusive.
 */
export interface LedgerBlocks {
  /** Exactly the entries asked for; null where their columns have not the form that the writer gives them. */
  entries(from: number, to: number): EntryBlock | null;
  /**
   * Hashes, one after the other, of the nodes of level 1 and above that these entries made full: entry by entry, lower
   * levels first. Null where others are stored than there must be.
   */
  nodes(from: number, to: number): Uint8Array | null;
  /** As they follow one another from `from` on. */
  checkpoints(from: number, to: number): CheckpointBlock;
}

export interface CheckpointBlock {
  /** Over more than `from` entries and at most `to`, ascending. */
  readonly within: readonly StoredCheckpoint[];
  /** Size of the one that comes after them, which is over more than `to`; null: none does. */
  readonly next: number | null;
}

export interface EntryBlock {
  readonly kinds: readonly string[];
  readonly exchanges: readonly string[];
  readonly times: readonly Instant[];
  /** The entries' bytes, each behind a zero byte: what RFC 6962 Section 2.1 hashes for a leaf. */
  readonly leaves: Buffer;
  /** Sealed, one after the other. */
  readonly accountability: Buffer;
  readonly accountabilityLengths: readonly number[];
  readonly subjects: Buffer;
  /** Null: the entry has none. */
  readonly subjectLengths: readonly (number | null)[];
  /** Entries of which a part of the details can no longer be opened. */
  readonly erased: number;
}
