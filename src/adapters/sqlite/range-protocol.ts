import type { NoteVerifier } from '../../ledger/note.ts';
import type { OutsideClaim } from '../../ledger/outside-claim.ts';
import type { CheckedRange, Range } from '../../ledger/range-check.ts';

export interface RangeOptions {
  /** Directory of the ledger, or its file. */
  readonly path: string;
  readonly verifier: NoteVerifier;
  /** Published changes of the signing key, as the verifier read them. */
  readonly keyChanges: string;
}

export interface ToRanges {
  readonly id: number;
  readonly range: Range;
  readonly receipt: OutsideClaim | null;
}

export type FromRanges = 'ready' | RangeAnswer;

export interface RangeAnswer {
  readonly id: number;
  readonly checked: CheckedRange | null;
}
