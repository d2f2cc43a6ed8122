import { type NodeHash, type NodeLookup, nodeHash, rangeRoot, splitAt } from './merkle.ts';

/** Proofs of RFC 6962 Section 2.1; checked as RFC 9162 Sections 2.1.3.2 and 2.1.4.2 prescribe. */

/**
 * Makes inclusion proofs in one tree. Proofs of neighbours share their way up, so what stands at the right edge is
 * computed once for all.
 * @returns for the index of a leaf its proof, leaf to root. Throws `RangeError` outside the tree.
 */
export function inclusionProver(size: number, at: NodeLookup): (index: number) => readonly NodeHash[] {
  const right = new Map<number, NodeHash>();
  const root = (start: number, end: number): NodeHash => {
    if (end !== size) return rangeRoot(start, end, at);
    const known = right.get(start);
    if (known !== undefined) return known;
    const made = rangeRoot(start, end, at);
    right.set(start, made);
    return made;
  };
  return (index) => {
    if (!Number.isSafeInteger(index) || index < 0 || index >= size) {
      throw new RangeError(`no entry ${index} in a tree of ${size}`);
    }
    const path: NodeHash[] = [];
    let start = 0;
    let end = size;
    while (end - start > 1) {
      const middle = start + splitAt(end - start);
      if (index < middle) {
        path.push(root(middle, end));
        end = middle;
      } else {
        path.push(root(start, middle));
        start = middle;
      }
    }
    return path.reverse();
  };
}

/** Whether `proof` leads from the leaf at `index` to `root` in a tree of `size`. False for anything malformed. */
export function verifyInclusion(
  leaf: NodeHash,
  index: number,
  size: number,
  proof: readonly NodeHash[],
  root: NodeHash,
): boolean {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return false;
  let node = index;
  let last = size - 1;
  let made = leaf;
  for (const sibling of proof) {
    if (last === 0 || sibling.length !== 32) return false;
    if (node % 2 === 1 || node === last) {
      made = nodeHash(sibling, made);
      while (node % 2 === 0 && node !== 0) {
        node /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      made = nodeHash(made, sibling);
    }
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && same(made, root);
}

/** That the tree of `from` leaves is a beginning of the tree of `to`. Throws `RangeError` unless 0 < from <= to. */
export function consistencyProof(from: number, to: number, at: NodeLookup): readonly NodeHash[] {
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from <= 0 || from > to) {
    throw new RangeError(`no consistency proof from ${from} to ${to}`);
  }
  const path: NodeHash[] = [];
  let start = 0;
  let end = to;
  let whole = true;
  while (from < end) {
    const middle = start + splitAt(end - start);
    if (from <= middle) {
      path.push(rangeRoot(middle, end, at));
      end = middle;
    } else {
      path.push(rangeRoot(start, middle, at));
      start = middle;
      whole = false;
    }
  }
  if (!whole) path.push(rangeRoot(start, end, at));
  return path.reverse();
}

/** Whether `proof` shows the tree (from, fromRoot) to be a beginning of (to, toRoot). A start at size 0 proves nothing: false. */
export function verifyConsistency(
  from: number,
  fromRoot: NodeHash,
  to: number,
  toRoot: NodeHash,
  proof: readonly NodeHash[],
): boolean {
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from <= 0 || from > to) return false;
  if (from === to) return proof.length === 0 && same(fromRoot, toRoot);
  const path = isPowerOfTwo(from) ? [fromRoot, ...proof] : [...proof];
  const [first, ...rest] = path;
  if (first === undefined || path.some((p) => p.length !== 32)) return false;
  let node = from - 1;
  let last = to - 1;
  while (node % 2 === 1) {
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  let oldRoot = first;
  let newRoot = first;
  for (const sibling of rest) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      oldRoot = nodeHash(sibling, oldRoot);
      newRoot = nodeHash(sibling, newRoot);
      while (node % 2 === 0 && node !== 0) {
        node /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      newRoot = nodeHash(newRoot, sibling);
    }
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && same(oldRoot, fromRoot) && same(newRoot, toRoot);
}

function isPowerOfTwo(n: number): boolean {
  return splitAt(n) * 2 === n || n === 1;
}

function same(a: NodeHash, b: NodeHash): boolean {
  return Buffer.compare(a, b) === 0;
}
