/** FNV-1a (RFC 9923) of nothing; `hashed` adds one UTF-16 unit. Nothing may rest on two texts having two hashes. */
export const HASH_OF_NOTHING = 0x811c9dc5 | 0;

export function hashed(hash: number, unit: number): number {
  return Math.imul(hash ^ unit, 0x01000193);
}
