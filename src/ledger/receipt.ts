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

/** The last checkpoint told, and its text: a batch of answers leads to the same one. */
let told = { checkpoint: '', text: '""' };

/**
 * A receipt as JSON, in the order of its members. The text is of ASCII alone: the dash before a checkpoint's signatures would
 * double the memory of every answer and slow its writing.
 */
export function receiptText({ index, checkpoint, proof, digest, entry, salt, witnessed }: Receipt): string {
  if (told.checkpoint !== checkpoint) told = { checkpoint, text: ascii(JSON.stringify(checkpoint)) };
  return (
    `{"index":${index},"checkpoint":${told.text},"proof":${JSON.stringify(proof)},"digest":${JSON.stringify(digest)},` +
    `"entry":${JSON.stringify(entry)},"salt":${JSON.stringify(salt)},"witnessed":${witnessed}}`
  );
}

/** JSON text with everything beyond ASCII escaped, and held as one byte a character. */
function ascii(json: string): string {
  const escaped = json.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return Buffer.from(escaped, 'latin1').toString('latin1');
}
