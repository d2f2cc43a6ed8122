import { z } from 'zod';
import type { Checkpoint } from './checkpoint.ts';
import { isWitnessed, type WitnessPolicy } from './cosignature.ts';
import type { NoteVerifier } from './note.ts';
import { type CheckedReceipt, checkReceipt, type ReceiptCode } from './receipt-check.ts';

/** What somebody outside holds against a log: a receipt, or a checkpoint alone, which says nothing of any one entry. */
export type OutsideClaim =
  | CheckedReceipt
  | { readonly index: null; readonly entry: null; readonly checkpoint: Checkpoint };

const keptShape = z.strictObject({ kept: z.string().max(65_536), witnesses: z.custom<WitnessPolicy>().optional() });

/**
 * Checks a claim without the log.
 * @param input as `checkReceipt` takes it; or a signed checkpoint that somebody `kept`, such as a witness, and the
 * `witnesses` who must have signed it.
 * @param open reads a checkpoint of this log, under any key that the log has had.
 * @returns what is claimed of the log, or why it does not hold.
 */
export function checkOutsideClaim(
  input: unknown,
  verifier: NoteVerifier,
  open: (note: string) => Checkpoint | undefined,
): OutsideClaim | { readonly code: ReceiptCode } {
  const alone = keptShape.safeParse(input).data;
  if (alone === undefined) return checkReceipt(input, verifier, open);
  const checkpoint = open(alone.kept);
  if (checkpoint === undefined) return { code: 'receipt/checkpoint' };
  if (!isWitnessed(alone.kept, alone.witnesses)) return { code: 'receipt/unwitnessed' };
  return { index: null, entry: null, checkpoint };
}
