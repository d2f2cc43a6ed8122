import type { Raw } from '../../src/domain/answer.ts';
import type { CanonicalRecord } from '../../src/domain/dataset.ts';
import { exchangeId } from '../../src/domain/ids.ts';
import type { Permit } from '../../src/domain/permit.ts';
import type { FieldPlan, Treatment } from '../../src/domain/plan.ts';

/** A Permit with the plan given; tests of `treat` need no other part of the gateway to make one. */
export function permitFor(plan: FieldPlan, output: Permit['output'] = 'records'): Permit {
  const terms: readonly string[] = [];
  return {
    exchange: exchangeId(0, new Uint8Array(10)),
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
