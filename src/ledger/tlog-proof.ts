import { fromBase64, toBase64 } from './base64.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { NodeHash, NodeLookup } from './merkle.ts';
import { inclusionProver, verifyInclusion } from './proof.ts';

/** C2SP tlog-proof: one entry's inclusion and the checkpoint it leads to, in one text that can be kept as a file. */

const FIRST_LINE = 'c2sp.org/tlog-proof@v1';
const INDEX = /^index (0|[1-9][0-9]{0,15})$/;
/** A tree of 2^53 entries has no longer path. */
const MOST_HASHES = 53;

export interface TlogProof {
  /** Of the entry, from 0. */
  readonly index: number;
  /** RFC 6962 Section 2.1.1, leaf to root. */
  readonly hashes: readonly NodeHash[];
  /** Signed note, with whatever cosignatures it has. */
  readonly checkpoint: string;
  /** Bytes that nothing authenticates; null: no such line. */
  readonly extra: Uint8Array | null;
}

/** Why a proof does not hold. Closed list. */
export const TLOG_PROOF_CODES = ['proof/malformed', 'proof/checkpoint', 'proof/inclusion'] as const;
export type TlogProofCode = (typeof TLOG_PROOF_CODES)[number];

export function writeTlogProof({ index, hashes, checkpoint, extra }: TlogProof): string {
  const lines = [
    FIRST_LINE,
    ...(extra === null ? [] : [`extra ${toBase64(extra)}`]),
    `index ${index}`,
    ...hashes.map(toBase64),
    '',
  ];
  return `${lines.join('\n')}\n${checkpoint}`;
}

/** Undefined where the text is not exactly of the form. Whether the checkpoint is one is for `verifyTlogProof` to say. */
export function parseTlogProof(text: string): TlogProof | undefined {
  const end = text.indexOf('\n\n');
  if (end < 0) return undefined;
  const [first, ...lines] = text.slice(0, end).split('\n');
  if (first !== FIRST_LINE) return undefined;
  const extraLine = lines[0]?.startsWith('extra ') === true ? lines.shift() : undefined;
  const extra = extraLine === undefined ? null : fromBase64(extraLine.slice('extra '.length));
  const decimal = INDEX.exec(lines.shift() ?? '')?.[1];
  const index = Number(decimal);
  if (extra === undefined || extra?.length === 0 || decimal === undefined || !Number.isSafeInteger(index)) {
    return undefined;
  }
  if (lines.length > MOST_HASHES) return undefined;
  const hashes = lines.map((line) => fromBase64(line, 32)).filter((hash) => hash !== undefined);
  if (hashes.length !== lines.length) return undefined;
  return { index, hashes, checkpoint: text.slice(end + 2), extra };
}

/**
 * Proves entries of one tree.
 * @param checkpoint signed note over the tree. @param size of the tree, as the note says. @param at its full nodes:
 * O(log size) of them are looked up for a proof.
 * @returns for an index the proof as text. Throws `RangeError` outside the tree.
 */
export function tlogProver(checkpoint: string, size: number, at: NodeLookup): (index: number) => string {
  const prove = inclusionProver(size, at);
  return (index) => writeTlogProof({ index, hashes: prove(index), checkpoint, extra: null });
}

/**
 * Checks a proof as tlog-proof prescribes; cosignatures are for the caller to judge.
 * @param leaf hash of the entry that is said to stand at the proof's index. @param open reads a checkpoint, undefined
 * where the log's key did not sign it.
 */
export function verifyTlogProof(
  proof: TlogProof,
  leaf: NodeHash,
  open: (note: string) => Checkpoint | undefined,
): { readonly checkpoint: Checkpoint } | { readonly code: TlogProofCode } {
  const checkpoint = open(proof.checkpoint);
  if (checkpoint === undefined) return { code: 'proof/checkpoint' };
  const { size, root } = checkpoint;
  return verifyInclusion(leaf, proof.index, size, proof.hashes, root) ? { checkpoint } : { code: 'proof/inclusion' };
}
