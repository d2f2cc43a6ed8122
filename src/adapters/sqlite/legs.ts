import { z } from 'zod';
import { FAULT_CODES, type FaultCode } from '../../domain/faults.ts';
import { LEG_STATES, type Outcome } from '../../domain/leg.ts';
import { REASON_CODES } from '../../domain/reasons.ts';
import type { Standing } from '../../ledger/entry.ts';

/** The leg column of an exchange: parsed when read, since a file is a boundary. */
const legShape = z.object({
  dataset: z.string(),
  holder: z.string(),
  state: z.enum([...LEG_STATES, 'open']),
  code: z.exactOptional(z.enum([...FAULT_CODES, ...REASON_CODES])),
});
const legsShape = z.array(legShape);
const outcomeShape = z.enum(['released', 'none', 'held', 'partial', 'refused', 'fault']).nullable();

export type StandingLegs = Standing['legs'];

/** @throws z.ZodError where the column holds anything else. */
export function parseLegs(text: string): StandingLegs {
  return legsShape.parse(JSON.parse(text));
}

export function parseOutcome(text: string | null): Outcome | null {
  return outcomeShape.parse(text);
}

export const INTERRUPTED: FaultCode = 'exchange/interrupted';

/** What becomes of open legs when nobody knows how far their question got. */
export function interruptedLegs(legs: StandingLegs): StandingLegs {
  return legs.map((leg) => (leg.state === 'open' ? { ...leg, state: 'fault', code: INTERRUPTED } : leg));
}
