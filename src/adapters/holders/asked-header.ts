import type { Appended } from '../../ledger/entry.ts';

/**
 * Makes values of `Five-Safes-Receipt`: evidence for the holder that the question was in the log before it was asked.
 * With the log's public key, `entry` can be checked to be the Merkle leaf at `index` of the tree that `checkpoint` signs.
 * @returns a dictionary of RFC 9651: `index` an Integer, `entry` and `checkpoint` Byte Sequences, `proof` an Inner List of
 * them, leaf to root; a little more than a kilobyte.
 */
export function askedHeaders(): (asked: Appended) => string {
  // Whoever was written in one batch shares its checkpoint.
  let known = { checkpoint: '', encoded: '' };
  return ({ index, entry, checkpoint, proof }) => {
    if (known.checkpoint !== checkpoint) known = { checkpoint, encoded: bytes(checkpoint) };
    const steps = proof.length === 0 ? '' : `:${proof.join(': :')}:`;
    return `index=${index}, entry=${bytes(entry)}, proof=(${steps}), checkpoint=${known.encoded}`;
  };
}

/** RFC 9651 Section 4.1.8. */
function bytes(text: string): string {
  return `:${Buffer.from(text).toString('base64')}:`;
}
