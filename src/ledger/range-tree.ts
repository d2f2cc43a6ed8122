import { hash } from 'node:crypto';
import type { NodeHash } from './merkle.ts';

/**
 * The tree over one range of entries, grown leaf by leaf. Hashes are texts of one byte a character here, which the
 * runtime gives out and takes in for less than buffers: this runs for every entry that is verified.
 */
export interface RangeTree {
  /** Takes a leaf in; nodes that it makes full are kept for `takeNodes`. */
  add(leaf: string): void;
  /** Hashes of the nodes made full since the last call, entry by entry, lower levels first. Good until the next `add`. */
  takeNodes(): Uint8Array;
  /** What stands for these leaves in the root of a tree that ends with them. There must be one at least. */
  root(): NodeHash;
}

const HASH_BYTES = 32;
const [NODE_PREFIX, LEFT, RIGHT, NODE_BYTES] = [1, 1, 1 + HASH_BYTES, 1 + 2 * HASH_BYTES] as const;

/** @param leaves that are added between two calls of `takeNodes`, at most. */
export function rangeTree(leaves: number): RangeTree {
  const peaks: (string | null)[] = [];
  const input = Buffer.alloc(NODE_BYTES, NODE_PREFIX);
  // A tree of n leaves has fewer than n nodes above them; the peaks that stood before add at most one a level.
  const made = Buffer.alloc((leaves + 64) * HASH_BYTES);
  let end = 0;
  const above = (left: string, right: string): string => {
    input.write(left, LEFT, HASH_BYTES, 'latin1');
    input.write(right, RIGHT, HASH_BYTES, 'latin1');
    return hash('sha256', input, 'latin1');
  };
  return {
    add(leaf) {
      let carried = leaf;
      for (let level = 0; ; level++) {
        const left = peaks[level] ?? null;
        if (left === null) {
          peaks[level] = carried;
          return;
        }
        peaks[level] = null;
        carried = above(left, carried);
        made.write(carried, end, HASH_BYTES, 'latin1');
        end += HASH_BYTES;
      }
    },
    takeNodes() {
      const taken = made.subarray(0, end);
      end = 0;
      return taken;
    },
    root() {
      let root: string | null = null;
      for (const peak of peaks) if (peak !== null) root = root === null ? peak : above(peak, root);
      if (root === null) throw new RangeError('no leaf was added');
      return Buffer.from(root, 'latin1');
    },
  };
}
