import { type Treatment, treatmentText } from '../../domain/plan.ts';
import type { Limit, Term } from '../../domain/rule.ts';

/** Whatever the record says, these show nothing of it. */
const SHOWS_NOTHING: ReadonlySet<string> = new Set(['drop', 'null', 'constant']);
/** What shows at least that there is a value, as a mask without an argument does. */
const SHOWS_PRESENCE: ReadonlySet<string> = new Set(['keep', 'mask', 'format', 'pseudonym']);

/** Whether anything of a record's value may be seen. */
export function showsValue(treatment: Treatment): boolean {
  return !SHOWS_NOTHING.has(treatment.name);
}

/**
 * Whether `narrow` certainly shows no more of any value than `wide` does. Where it depends on the value (`mask(2)` shows
 * more than `mask(3)` of a value of six characters), the answer is no: then it counts as showing more.
 * @param scrubs whether another field of the dataset is scrubbed: a field that becomes scrubbed is no longer read for what
 * the other field must not say.
 */
export function showsNoMore(narrow: Treatment, wide: Treatment | null, scrubs: boolean): boolean {
  if (!showsValue(narrow)) return true;
  if (wide === null || !showsValue(wide)) return false;
  if (treatmentText(narrow) === treatmentText(wide)) return true;
  if (narrow.name === 'scrub') return wide.name === 'keep' && !scrubs;
  if (wide.name === 'keep') return true;
  if (narrow.name === 'year') return wide.name === 'month';
  if (narrow.name === 'mask' && narrow.argument === undefined) return SHOWS_PRESENCE.has(wide.name);
  // Bands count from 0, so that a band whose width is a multiple is made of whole narrower ones.
  if (narrow.name === 'band' && wide.name === 'band') return Number(narrow.argument) % Number(wide.argument) === 0;
  return false;
}

/** What an outputs row demands of an answer: a limit, or a term. */
export type Duty = Limit | Term;

/** Whether who keeps to `strict` keeps to `mild` as well. */
export function covers(strict: Duty, mild: Duty): boolean {
  if (strict.name !== mild.name) return false;
  return mild.bound === undefined || (strict.bound !== undefined && strict.bound <= mild.bound);
}
