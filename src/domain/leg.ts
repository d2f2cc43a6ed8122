import type { FaultCode } from './faults.ts';
import type { Findings } from './finding.ts';
import type { JsonObject } from './json.ts';
import type { Permit } from './permit.ts';
import type { ToldField } from './plan.ts';
import type { ReasonCode } from './reasons.ts';

export const LEG_STATES = ['released', 'none', 'held', 'refused', 'fault'] as const;
export type LegState = (typeof LEG_STATES)[number];

/** What the rules say of one dataset: five findings, and a Permit if none refuses. */
export interface LegDecision {
  readonly dataset: string;
  readonly holder: string;
  readonly findings: Findings;
  readonly permit: Permit | null;
}

/** One element of `legs` in an answer: exactly what leaves (docs/openapi.json). */
export type Leg = {
  readonly dataset: string;
  readonly holder: string;
  readonly state: LegState;
  readonly code?: FaultCode | ReasonCode;
  readonly findings: Findings;
  readonly hit?: boolean;
  readonly records?: readonly JsonObject[];
  readonly fields?: readonly ToldField[];
  readonly terms?: readonly string[];
};

export type Outcome = 'released' | 'none' | 'held' | 'partial' | 'refused' | 'fault';

/**
 * One word for all legs. Every leg alike: that state. A hit beside misses is still `released`, since both are answers;
 * as soon as a leg was refused, held or faulty while another was answered, the whole is `partial`. Nothing answered:
 * `held` if an answer may still come, else `refused`; `fault` only where every leg is one.
 */
export function outcomeOf(states: readonly LegState[]): Outcome {
  const seen = new Set(states);
  const [only] = seen;
  if (seen.size === 1 && only !== undefined) return only;
  if ([...seen].every((s) => s === 'released' || s === 'none')) return 'released';
  if (seen.has('released') || seen.has('none')) return 'partial';
  return seen.has('held') ? 'held' : 'refused';
}
