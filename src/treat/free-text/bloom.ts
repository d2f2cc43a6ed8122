/**
 * A Bloom filter (Bloom, 1970) of 4,096 bits with two bits a member: what it does not know is no member, what it knows
 * is likely one. With a hundred members one stranger in five hundred is taken for a member; with thousands all are, so
 * whoever asks must bear being told yes.
 */
export type Bloom = number[];

const CELLS = 128;

export function emptyBloom(): Bloom {
  return new Array<number>(CELLS).fill(0);
}

export function addTo(bloom: Bloom, hash: number): void {
  const one = (hash >>> 5) & (CELLS - 1);
  const other = (hash >>> 17) & (CELLS - 1);
  bloom[one] = (bloom[one] ?? 0) | (1 << hash);
  bloom[other] = (bloom[other] ?? 0) | (1 << (hash >>> 12));
}

export function mayHold(bloom: Bloom, hash: number): boolean {
  const one = (bloom[(hash >>> 5) & (CELLS - 1)] ?? 0) & (1 << hash);
  return one !== 0 && ((bloom[(hash >>> 17) & (CELLS - 1)] ?? 0) & (1 << (hash >>> 12))) !== 0;
}
