import { z } from 'zod';
import { digestOfJson } from '../domain/digest.ts';
import type { Digest } from '../domain/versions.ts';
import { fromBase64 } from './base64.ts';
import { type Checkpoint, openCheckpoint } from './checkpoint.ts';
import { answerCommitment, detailsDigest, parseEntry, SALT_BYTES } from './compose.ts';
import { leafHash } from './merkle.ts';
import type { NoteVerifier } from './note.ts';
import { verifyInclusion } from './proof.ts';

/** Why a receipt fails by itself or against the log in hand. Closed list. */
export const RECEIPT_CODES = [
  'receipt/malformed',
  'receipt/digest',
  'receipt/answer',
  'receipt/checkpoint',
  'receipt/proof',
  'receipt/entry',
  'receipt/size',
  'receipt/root',
  'receipt/unwitnessed',
] as const;
export type ReceiptCode = (typeof RECEIPT_CODES)[number];

const receiptShape = z.object({
  index: z.int().nonnegative(),
  checkpoint: z.string().max(65_536),
  proof: z.array(z.string().max(44)).max(64),
  digest: z.templateLiteral(['sha256:', z.string().regex(/^[0-9a-f]{64}$/)]),
  entry: z.string().max(65_535),
  salt: z.string().max(64),
});
const answerShape = z.object({ receipt: receiptShape, legs: z.array(z.json()) });
const bodyShape = z.object({ receipt: receiptShape, body: z.instanceof(Uint8Array) });

/** A receipt that holds by itself: what it claims of the log. */
export interface CheckedReceipt {
  readonly index: number;
  readonly entry: string;
  readonly checkpoint: Checkpoint;
}

/**
 * Checks a receipt without the log: signature, inclusion, and that the entry commits to the digest.
 * @param input parsed JSON: a receipt, or a whole answer with `receipt` and `legs`, whose digest is then recomputed; or
 * a receipt and the bytes of the `body` that it came with, as of `/proxy`.
 * @param open reads a checkpoint, where the log has had more than one key.
 * @returns what the receipt claims, or why it does not hold.
 */
export function checkReceipt(
  input: unknown,
  verifier: NoteVerifier,
  open: (note: string) => Checkpoint | undefined = (note) => openCheckpoint(note, verifier),
): CheckedReceipt | { readonly code: ReceiptCode } {
  const answer = answerShape.safeParse(input);
  const withBody = bodyShape.safeParse(input);
  const receipt = answer.data?.receipt ?? withBody.data?.receipt ?? receiptShape.safeParse(input).data;
  if (receipt === undefined) return { code: 'receipt/malformed' };
  const digest: Digest = receipt.digest;
  if (answer.success && digestOfJson(answer.data.legs) !== digest) return { code: 'receipt/digest' };
  if (withBody.success && detailsDigest(withBody.data.body) !== digest) return { code: 'receipt/digest' };

  const entry = parseEntry(receipt.entry);
  const salt = fromBase64(receipt.salt, SALT_BYTES);
  if (entry === undefined || salt === undefined) return { code: 'receipt/malformed' };
  if (entry.kind !== 'outcome' || entry.answer !== answerCommitment(salt, digest)) return { code: 'receipt/answer' };

  const checkpoint = open(receipt.checkpoint);
  if (checkpoint === undefined) return { code: 'receipt/checkpoint' };
  const proof = receipt.proof.map((step) => fromBase64(step, 32));
  const whole = proof.filter((step) => step !== undefined);
  const leaf = leafHash(Buffer.from(receipt.entry));
  if (whole.length !== proof.length) return { code: 'receipt/malformed' };
  if (!verifyInclusion(leaf, receipt.index, checkpoint.size, whole, checkpoint.root)) return { code: 'receipt/proof' };
  return { index: receipt.index, entry: receipt.entry, checkpoint };
}
