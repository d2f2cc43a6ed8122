/** Of a hash in the rows of `nodes`. */
export const HASH_BYTES = 32;

/**
 * Where a full node of level 1 or above is stored: nodes are counted from 0 in the order in which they become full, those
 * that one leaf makes full by level. @returns a whole number; exact for every tree of fewer than 2^52 leaves.
 */
export function nodePlace(level: number, index: number): number {
  const before = (index + 1) * 2 ** level - 1;
  return nodesOver(before) + level - 1;
}

/** How many full nodes of level 1 and above a tree has. */
export function nodesOver(leaves: number): number {
  let nodes = 0;
  for (let full = Math.floor(leaves / 2); full > 0; full = Math.floor(full / 2)) nodes += full;
  return nodes;
}

/** Finds a node by its place in the row of its batch. Parameters: its place, twice. */
export const NODE_AT =
  `SELECT substr(hashes, (? - first) * ${HASH_BYTES} + 1, ${HASH_BYTES}) FROM nodes NOT INDEXED ` +
  'WHERE first <= ? ORDER BY first DESC LIMIT 1';
