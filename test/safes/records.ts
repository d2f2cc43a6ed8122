import fc from 'fast-check';
import type { CanonicalRecord, CanonicalValue, Scalar } from '../../src/domain/dataset.ts';
import { parseFieldPath, type Step } from '../../src/domain/field-path.ts';
import { FIELDS } from './arbitraries.ts';

/** Stands in every value of a field and in no other, so that a leak names itself. */
export function canary(field: string): string {
  return `CANARY<${field}>`;
}

function drawnValue(field: string, draw: number): Scalar {
  const type = FIELDS[field];
  if (type === 'date') return `19${10 + Object.keys(FIELDS).indexOf(field)}-0${1 + (draw % 9)}-1${draw % 10}`;
  if (type === 'number') return 7_770_000 + draw;
  return `no. ${draw} of ${canary(field)}`;
}

/** Any record of the fields: values and whole branches may be absent, and nobody declared `extra`. */
export function recordsOf(fields: readonly string[]): fc.Arbitrary<readonly CanonicalRecord[]> {
  const parsed = fields.map((field) => ({ field, steps: parseFieldPath(field) ?? [] }));
  return fc.array(branch(parsed), { maxLength: 4 });
}

function branch(all: readonly { field: string; steps: readonly Step[] }[]): fc.Arbitrary<CanonicalRecord> {
  const byKey = Map.groupBy(all, ({ steps }) => steps[0]?.key ?? '');
  const members = [...byKey].map(([key, inner]): [string, fc.Arbitrary<CanonicalValue>] => {
    const [first] = inner;
    const below = inner.map(({ field, steps }) => ({ field, steps: steps.slice(1) }));
    const leaf = first !== undefined && first.steps.length === 1;
    const value: fc.Arbitrary<CanonicalValue> = leaf
      ? fc.nat({ max: 99 }).map((draw) => drawnValue(first.field, draw))
      : branch(below);
    const whole = first?.steps[0]?.each === true ? fc.array(value, { maxLength: 3 }) : value;
    return [key, fc.option(whole, { freq: 6, nil: null })];
  });
  return fc
    .record(Object.fromEntries(members))
    .map((record) => ({ ...record, extra: canary('extra'), ['__proto__x']: canary('extra') }));
}
