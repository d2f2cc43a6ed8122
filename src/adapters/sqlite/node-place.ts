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
