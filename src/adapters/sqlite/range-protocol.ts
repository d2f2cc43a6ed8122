import type { NoteVerifier } from '../../ledger/note.ts';
import type { CheckedRange, Range } from '../../ledger/range-check.ts';
import type { CheckedReceipt } from '../../ledger/receipt-check.ts';

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
  readonly receipt: CheckedReceipt | null;
}

export interface FromRanges {
  readonly id: number;
  readonly checked: CheckedRange | null;
}
