/** A receipt comes from a durable entry and from nowhere else. */
import type { Digest } from '../../src/domain/versions.ts';
import type { EntryDraft } from '../../src/ledger/entry.ts';
import { type Receipt, receiptFor } from '../../src/ledger/receipt.ts';
import type { Plain } from './plain.ts';

export function written(plain: Plain<Receipt>): Receipt {
  return plain; // rejected: TS2322
}

export function beforeItIsDurable(draft: EntryDraft, digest: Digest): Receipt {
  return receiptFor(draft, digest); // rejected: TS2739
}

export const digest: Digest = 'md5:0'; // rejected: TS2322
