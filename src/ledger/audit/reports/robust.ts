/** Where a number stands among others, told by what outliers do not move. */
export interface Standing {
  readonly median: number;
  /** Median absolute deviation from the median. */
  readonly mad: number;
  /** Modified z-score. */
  readonly z: number;
}

/** 0.75 quantile of the standard normal distribution: makes the MAD comparable to a standard deviation. */
const NORMAL_QUARTILE = 0.6745;

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const high = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? Number.NaN) + high) / 2;
}

/**
 * Modified z-score (Iglewicz & Hoaglin 1993): 0.6745 × (value − median) / MAD. Where the MAD is 0, since more than half of
 * the values are alike, one unit stands in for it: counts cannot differ by less.
 */
export function standing(value: number, among: readonly number[]): Standing {
  const centre = median(among);
  const mad = median(among.map((other) => Math.abs(other - centre)));
  return { median: centre, mad, z: (NORMAL_QUARTILE * (value - centre)) / Math.max(mad, NORMAL_QUARTILE) };
}
