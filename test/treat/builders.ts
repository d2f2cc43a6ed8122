import { createHash } from 'node:crypto';
import type { Raw } from '../../src/domain/answer.ts';
import type { CanonicalRecord } from '../../src/domain/dataset.ts';
import { exchangeId } from '../../src/domain/ids.ts';
import type { Permit } from '../../src/domain/permit.ts';
import type { FieldPlan, Treatment } from '../../src/domain/plan.ts';
import { NOTHING_KNOWN } from '../../src/treat/free-text/known-values.ts';
import type { PseudonymKey } from '../../src/treat/pseudonym.ts';
import { createTreat } from '../../src/treat/treat.ts';
import type { Surroundings } from '../../src/treat/treatments.ts';

/** A key that differs by project and version, as the gateway's own does. */
export const pseudonymKey: PseudonymKey = (project, version) =>
  createHash('sha256').update(`${project}/${version}`).digest();

export const treat = createTreat({ pseudonymKey });

/** For treatments of one value, of which no record is known. */
export const ALONE: Surroundings = { pseudonymKey: () => pseudonymKey('op-gearbox', 1), known: () => NOTHING_KNOWN };

/** A Permit with the plan given; tests of `treat` need no other part of the gateway to make one. */
export function permitFor(plan: FieldPlan, output: Permit['output'] = 'records', project = 'op-gearbox'): Permit {
  const terms: readonly string[] = [];
  return {
    exchange: exchangeId(0, new Uint8Array(10)),
    project,
    dataset: 'dealer-sales',
    holder: 'northgate-motors',
    by: { scheme: 'vin', value: 'WVWZZZ1KZ8W386001', full: true },
    output,
    plan,
    maxRows: 20,
    timeFloorMs: 0,
    terms,
    outputsRule: 'O1',
    granted: 0,
  } as Permit;
}

export function rawOf(...records: readonly CanonicalRecord[]): Raw {
  return { records } as Raw;
}

/** `{ 'buyer.born': 'year', notes: null }` */
export function planOf(lines: Readonly<Record<string, Treatment['name'] | Treatment | null>>): FieldPlan {
  return Object.entries(lines).map(([field, treatment]) => ({
    field,
    treatment: typeof treatment === 'string' ? { name: treatment } : treatment,
    rule: treatment === null ? null : 'D1',
  }));
}
