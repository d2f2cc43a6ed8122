import type { Brand } from '../domain/brand.ts';
import type { Digest } from '../domain/versions.ts';
import type { Appended } from './entry.ts';

/**
 * Evidence that an outcome was durable before it was released. Nothing is released without one; made here alone, from
 * an entry that the ledger reports as durable. `entry` and `salt` let its owner check `digest` without our help.
 */
export type Receipt = Brand<
  {
    readonly index: number;
    readonly checkpoint: string;
    readonly proof: readonly string[];
    readonly digest: Digest;
    readonly entry: string;
    readonly salt: string;
    readonly witnessed: boolean;
  },
  'Receipt'
>;

/** The same receipt, leading to a checkpoint that witnesses cosigned. @param proof base64, from the entry to `checkpoint`. */
export function witnessedReceipt(receipt: Receipt, checkpoint: string, proof: readonly string[]): Receipt {
  return { ...receipt, checkpoint, proof, witnessed: true } as Receipt;
}

export function receiptFor(appended: Omit<Appended, 'spent'>, digest: Digest): Receipt {
  const { index, checkpoint, proof, entry, salt } = appended;
  return { index, checkpoint, proof, digest, entry, salt, witnessed: false } as Receipt;
}
