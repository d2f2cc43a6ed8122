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
