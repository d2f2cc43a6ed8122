import { Fault } from '../domain/faults.ts';
import { type Clock, type Instant, MINUTE, SECOND } from '../domain/time.ts';

/** Wall time may drift from the monotonic clock as a time server corrects it, but never jump by so much. */
const MOST_DRIFT_MS = 5 * SECOND;

/**
 * The system's clock, watched: when wall time jumps against the monotonic clock, every rule about terms, hours and ages
 * would be judged by a wrong time, so the clock is not trusted until it has been steady for a minute at its new time.
 */
export function systemClock(wall: () => number = Date.now, monotonic: () => number = () => performance.now()): Clock {
  let offset = wall() - monotonic();
  let distrustedUntil = 0;

  const now = (): Instant => {
    const at = wall();
    const steady = monotonic();
    if (Math.abs(at - steady - offset) > MOST_DRIFT_MS) {
      offset = at - steady;
      distrustedUntil = steady + MINUTE;
    } else {
      // Slow corrections are followed, so that they never add up to a jump.
      offset = at - steady;
    }
    if (steady < distrustedUntil) throw new Fault('clock/untrusted', 'wall time jumped against the monotonic clock');
    return at;
  };

  return {
    now,
    until: (instant) => {
      const wait = instant - wall();
      return wait <= 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, wait));
    },
  };
}
