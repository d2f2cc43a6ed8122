import type { Budget } from '../../domain/permit.ts';
import type { Instant } from '../../domain/time.ts';

/** Uses of a draft's budgets, as the store would have counted them had the draft been in force. */
export interface Counters {
  /** Takes one use of each, or none at all where one is spent. @returns whether it was granted. */
  reserve(budgets: readonly Budget[], now: Instant): boolean;
}

const MOST = 100_000;

/** Nothing used yet: a lower bound where the replay does not begin with the log. */
export function createCounters(): Counters {
  const used = new Map<string, { uses: number; readonly expires: Instant | null }>();
  return {
    reserve(budgets, now) {
      if (budgets.some(({ key, limit }) => (used.get(key)?.uses ?? 0) + 1 > limit)) return false;
      for (const { key, expires } of budgets) {
        const counter = used.get(key);
        if (counter !== undefined) counter.uses += 1;
        else used.set(key, { uses: 1, expires });
      }
      if (used.size > MOST) {
        for (const [key, { expires }] of used) if (expires !== null && expires < now) used.delete(key);
      }
      return true;
    },
  };
}
