import { hash } from 'node:crypto';

/** A part of many exchanges, the same each time for one seed. */
export interface Sample {
  readonly seed: number;
  /** As many exchanges at most. */
  readonly most: number;
}

/** Numbers below it are drawn; null: all are. */
type Threshold = number | null;

const BUCKETS = 65_536;

/**
 * Every exchange has a number that seed and id give it; those with the smallest are drawn, so that each has the same
 * chance and the order of the log plays no part. Counted in buckets: memory does not grow with the log.
 */
export function threshold({ seed, most }: Sample, exchanges: Iterable<string>): Threshold {
  const buckets = new Uint32Array(BUCKETS);
  let all = 0;
  for (const exchange of exchanges) {
    const bucket = numberOf(seed, exchange) >>> 16;
    buckets[bucket] = (buckets[bucket] ?? 0) + 1;
    all += 1;
  }
  if (all <= most) return null;
  let drawn = 0;
  let bucket = 0;
  while (drawn + (buckets[bucket] ?? 0) <= most) {
    drawn += buckets[bucket] ?? 0;
    bucket += 1;
  }
  return bucket * BUCKETS;
}

export function isSampled(seed: number, exchange: string, below: Threshold): boolean {
  return below === null || numberOf(seed, exchange) < below;
}

/** 32 bits, evenly spread. */
function numberOf(seed: number, exchange: string): number {
  return hash('sha256', `${seed} ${exchange}`, 'buffer').readUInt32BE(0);
}
