import type { Checkpoint } from './checkpoint.ts';
import { isWitnessed, type WitnessPolicy } from './cosignature.ts';
import type { NoteVerifier } from './note.ts';
import { type CheckedReceipt, checkReceipt, type ReceiptCode } from './receipt-check.ts';

/** What somebody outside holds against a log: a receipt, or a checkpoint alone, which says nothing of any one entry. */
export type OutsideClaim =
  | CheckedReceipt
  | { readonly index: null; readonly entry: null; readonly checkpoint: Checkpoint };

/**
 * What is put to the verifier beside the log. Who put it chose which of the two it is; what the receipt says of itself is
 * nobody's word but its bearer's.
 */
export type Claimed =
  /** Parsed JSON, as `checkReceipt` takes it. */
  | { readonly receipt: unknown }
  /** A signed checkpoint that somebody kept, such as a witness, and who must have signed it. */
  | { readonly kept: string; readonly witnesses?: WitnessPolicy };

/**
 * Checks a claim without the log.
 * @param open reads a checkpoint of this log, under any key that the log has had.
 * @returns what is claimed of the log, or why it does not hold.
 */
export function checkClaimed(
  claimed: Claimed,
  verifier: NoteVerifier,
  open: (note: string) => Checkpoint | undefined,
): OutsideClaim | { readonly code: ReceiptCode } {
  if (!('kept' in claimed)) return checkReceipt(claimed.receipt, verifier, open);
  const checkpoint = open(claimed.kept);
  // Of no entries there is nothing to compare: such a checkpoint would fit any log.
  if (checkpoint === undefined || checkpoint.size < 1) return { code: 'receipt/checkpoint' };
  if (!isWitnessed(claimed.kept, claimed.witnesses)) return { code: 'receipt/unwitnessed' };
  return { index: null, entry: null, checkpoint };
}
