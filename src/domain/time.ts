/** Milliseconds since the Unix epoch, UTC. */
export type Instant = number;

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The world's time comes in by parameter. */
export interface Clock {
  /** Throws `Fault('clock/untrusted')` when wall time stepped away from the monotonic clock. */
  now(): Instant;
  /** Resolves at `instant` or at once if it has passed. Used for time floors only. */
  until(instant: Instant): Promise<void>;
}

/** `2026-11-22T08:30:00.000Z` */
export function isoTime(instant: Instant): string {
  return new Date(instant).toISOString();
}
