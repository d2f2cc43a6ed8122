import { hash } from 'node:crypto';

/**
 * The Merkle tree of RFC 6962 Section 2.1 over SHA-256. Level 0 are the leaves; node (level, index) covers the leaves
 * from index·2^level to (index+1)·2^level, exclusive, and exists once that range is full. Such nodes never change, so
 * they are stored; whatever is not full at the right edge is computed. Indices may pass 2^32: no bit operators here.
 */
export type NodeHash = Uint8Array;

/** The full node at (level, index). Throws `RangeError` where there is none. */
export type NodeLookup = (level: number, index: number) => NodeHash;

export interface TreeNode {
  readonly level: number;
  readonly index: number;
  readonly hash: NodeHash;
}

/** The right edge of a tree: at each level the full node that has no right sibling yet. All that appending needs. */
export interface Edge {
  readonly size: number;
  readonly peaks: readonly (NodeHash | null)[];
}

export interface Growth {
  readonly edge: Edge;
  /** Nodes of level 1 and above that became full, each after the nodes it is made of. */
  readonly nodes: readonly TreeNode[];
  /** Old peaks and new nodes: enough to prove the inclusion of every new leaf. */
  readonly at: NodeLookup;
}

export const EMPTY_EDGE: Edge = { size: 0, peaks: [] };

/** RFC 6962 Section 2.1: SHA-256(0x00 || entry). */
export function leafHash(entry: Uint8Array): NodeHash {
  const input = Buffer.allocUnsafe(entry.length + 1);
  input[0] = 0;
  input.set(entry, 1);
  return sha256(input);
}

/** The same of an entry that is ASCII text, as ours are, without bytes of it being made. */
export function leafHashOf(entry: string): NodeHash {
  return Buffer.from(hash('sha256', `\0${entry}`, 'latin1'), 'latin1');
}

/** Hashing is done when it returns, so that one place serves all nodes. */
const pair = Buffer.alloc(65, 1);

/** RFC 6962 Section 2.1: SHA-256(0x01 || left || right). */
export function nodeHash(left: NodeHash, right: NodeHash): NodeHash {
  pair.set(left, 1);
  pair.set(right, 33);
  return sha256(pair);
}

/** By way of text of one byte a character, which the runtime gives out at half the cost of a new buffer. */
function sha256(input: Uint8Array): NodeHash {
  return Buffer.from(hash('sha256', input, 'latin1'), 'latin1');
}

/** @returns the edge after the leaves, and what became full on the way. The edge given stays as it is. */
export function grow(edge: Edge, leaves: readonly NodeHash[]): Growth {
  const peaks = [...edge.peaks];
  const nodes: TreeNode[] = [];
  const fresh: { first: number; hashes: NodeHash[] }[] = [];
  let size = edge.size;
  for (const leaf of leaves) {
    let carried = leaf;
    let index = size;
    for (let level = 0; ; level++) {
      const row = fresh[level];
      if (row === undefined) fresh[level] = { first: index, hashes: [carried] };
      else row.hashes.push(carried);
      if (level > 0) nodes.push({ level, index, hash: carried });
      const left = peaks[level] ?? null;
      if (left === null) {
        peaks[level] = carried;
        break;
      }
      peaks[level] = null;
      carried = nodeHash(left, carried);
      index = Math.floor(index / 2);
    }
    size += 1;
  }
  const old = edge;
  const at: NodeLookup = (level, index) => {
    const row = fresh[level];
    const found = row === undefined || index < row.first ? oldPeak(old, level, index) : row.hashes[index - row.first];
    return found ?? missing(level, index);
  };
  return { edge: { size, peaks }, nodes, at };
}

/** The edge of a stored tree. */
export function edgeOf(size: number, at: NodeLookup): Edge {
  const peaks: (NodeHash | null)[] = [];
  for (let level = 0, rest = size; rest > 0; level++, rest = Math.floor(rest / 2)) {
    peaks.push(rest % 2 === 1 ? at(level, rest - 1) : null);
  }
  return { size, peaks };
}

/** Root hash; of the empty tree SHA-256 of nothing. */
export function edgeRoot(edge: Edge): NodeHash {
  let root: NodeHash | null = null;
  for (const peak of edge.peaks) {
    if (peak !== null) root = root === null ? peak : nodeHash(peak, root);
  }
  return root ?? hash('sha256', new Uint8Array(0), 'buffer');
}

/** Root of the leaves from `start` to `end`, exclusive. `start` must be where RFC 6962 would split: see `splitAt`. */
export function rangeRoot(start: number, end: number, at: NodeLookup): NodeHash {
  const width = end - start;
  const split = splitAt(width);
  if (split * 2 === width || width === 1) return at(Math.round(Math.log2(width)), start / width);
  return nodeHash(at(Math.round(Math.log2(split)), start / split), rangeRoot(start + split, end, at));
}

/** The largest power of two below `width`; 0.5 for 1, where nothing is split. */
export function splitAt(width: number): number {
  let split = 0.5;
  while (split * 2 < width) split *= 2;
  return split;
}

function oldPeak(edge: Edge, level: number, index: number): NodeHash | null {
  const full = Math.floor(edge.size / 2 ** level);
  return full % 2 === 1 && index === full - 1 ? (edge.peaks[level] ?? null) : null;
}

function missing(level: number, index: number): never {
  throw new RangeError(`no node at level ${level}, index ${index}`);
}
