import type { RequestHandler } from 'express';
import { MINUTE, SECOND } from '../domain/time.ts';
import type { GatewayPorts } from './ports.ts';
import { Problem } from './problem.ts';
import { receivedOf } from './receive.ts';

/**
 * Turns a caller away who has asked too often within the minute, with 429 and the seconds that are left of it. Stands
 * before the body is read.
 * @param most requests in one minute of the clock.
 */
export function perCaller(ports: GatewayPorts, most: number): RequestHandler {
  const asked = new Map<string, number>();
  let minute = 0;
  return (req, _res, next) => {
    const now = ports.clock.now();
    const current = Math.floor(now / MINUTE);
    // Counts of other minutes are of no use any more, so the map never holds more than the callers of one minute.
    if (current !== minute) asked.clear();
    minute = current;
    const { asker } = receivedOf(req);
    const times = (asked.get(asker) ?? 0) + 1;
    asked.set(asker, times);
    if (times > most) {
      throw new Problem('request/too-many', { retryAfter: Math.ceil(((current + 1) * MINUTE - now) / SECOND) });
    }
    next();
  };
}
