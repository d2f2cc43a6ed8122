import { keepText } from './canonical-json.ts';
import type { FieldPath } from './dataset.ts';
import type { TreatmentName } from './treatments.ts';

export interface Treatment {
  readonly name: TreatmentName;
  /** What stood in parentheses, if anything. */
  readonly argument?: string;
}

/** What happens to one field, and which rule says so. */
export interface PlannedField {
  readonly field: FieldPath;
  /** Null: withheld, because no rule names the field or because two do. */
  readonly treatment: Treatment | null;
  readonly rule: string | null;
}

/** One line for every declared field of the dataset, in the dataset's order. */
export type FieldPlan = readonly PlannedField[];

/** `year`, `mask(2)`, `withheld` */
export function treatmentText(treatment: Treatment | null): string {
  if (treatment === null) return 'withheld';
  return treatment.argument === undefined ? treatment.name : `${treatment.name}(${treatment.argument})`;
}

/** A field of the plan, as it is told and recorded. */
export type ToldField = {
  readonly field: string;
  readonly treatment: string;
  readonly rule: string | null;
};

const told = new WeakMap<FieldPlan, readonly ToldField[]>();

/** The plan in words, each plan's once: many exchanges share one. */
export function toldPlan(plan: FieldPlan): readonly ToldField[] {
  let words = told.get(plan);
  if (words === undefined) {
    words = keepText(plan.map((p) => ({ field: p.field, treatment: treatmentText(p.treatment), rule: p.rule })));
    told.set(plan, words);
  }
  return words;
}
