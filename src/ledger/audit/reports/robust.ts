/**
 * Values with how often each occurs. Counts of questions a day are few different ones, so that what follows costs by how
 * many different values there are, not by how many values.
 */
export type Tally = ReadonlyMap<number, number>;

/** Where numbers lie, told by what outliers do not move. NaN for no numbers. */
export interface Spread {
  readonly median: number;
  /** Median absolute deviation from the median. */
  readonly mad: number;
}

/** Where a number stands among others. */
export interface Standing extends Spread {
  /** Modified z-score. */
  readonly z: number;
}

/** 0.75 quantile of the standard normal distribution: makes the MAD comparable to a standard deviation. */
const NORMAL_QUARTILE = 0.6745;

/** @param times how often each of them is counted. */
export function tallied(values: Iterable<number>, into = new Map<number, number>(), times = 1): Map<number, number> {
  for (const value of values) {
    const left = (into.get(value) ?? 0) + times;
    if (left === 0) into.delete(value);
    else into.set(value, left);
  }
  return into;
}

/** How many values there are. */
export function sizeOf(tally: Tally): number {
  let size = 0;
  for (const times of tally.values()) size += times;
  return size;
}

export function median(tally: Tally): number {
  const sorted = [...tally].sort(([a], [b]) => a - b);
  const size = sizeOf(tally);
  const at = (place: number): number => {
    let passed = 0;
    for (const [value, times] of sorted) {
      passed += times;
      if (place < passed) return value;
    }
    return Number.NaN;
  };
  const middle = Math.floor(size / 2);
  return size % 2 === 1 ? at(middle) : (at(middle - 1) + at(middle)) / 2;
}

export function spread(tally: Tally): Spread {
  const centre = median(tally);
  const deviations = new Map<number, number>();
  for (const [value, times] of tally) tallied([Math.abs(value - centre)], deviations, times);
  return { median: centre, mad: median(deviations) };
}

/**
 * Modified z-score (Iglewicz & Hoaglin 1993): 0.6745 × (value − median) / MAD. Where the MAD is 0, since more than half of
 * the values are alike, one unit stands in for it: counts cannot differ by less.
 */
export function standing(value: number, { median, mad }: Spread): Standing {
  return { median, mad, z: (NORMAL_QUARTILE * (value - median)) / Math.max(mad, NORMAL_QUARTILE) };
}
