import type { Appended } from '../../ledger/entry.ts';

/**
 * Value of `Five-Safes-Receipt`: evidence for the holder that the question was in the log before it was asked. With the
 * log's public key, `entry` can be checked to be the Merkle leaf at `index` of the tree that `checkpoint` signs.
 * @returns base64url (RFC 4648 Section 5) of the JSON `{index, entry, checkpoint, proof}`; some two kilobytes.
 */
export function askedHeader({ index, entry, checkpoint, proof }: Appended): string {
  return Buffer.from(JSON.stringify({ index, entry, checkpoint, proof })).toString('base64url');
}
