/** More levels than a tree of 2^53 leaves has. */
const LEVELS = 64;

/**
 * Where a full node of level 1 or above is stored: nodes are ordered by the leaf that makes them full, and those that
 * one leaf makes full by level.
 * @returns a whole number; exact for every tree of fewer than 2^47 leaves.
 */
export function nodePlace(level: number, index: number): number {
  return ((index + 1) * 2 ** level - 1) * LEVELS + level;
}

/** In SQL: whether a row of nodes, whose level and index say what it is, stands in the place of such a node. */
export const IS_IN_PLACE = `(level = place % ${LEVELS} AND level > 0 AND idx = ((place / ${LEVELS} + 1) >> level) - 1
  AND (idx + 1) << level = place / ${LEVELS} + 1)`;
