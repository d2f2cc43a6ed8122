import type { TreatmentName } from '../domain/catalogue.ts';
import type { Scalar } from '../domain/dataset.ts';
import type { Treatment } from '../domain/plan.ts';

type Value = Exclude<Scalar, null>;

/** Gives what may be shown of a value, or undefined where the value is of a type that the treatment does not know. */
type Meaning = (value: Value, argument: string | undefined) => Scalar | undefined;

/** Always five, since a mask as long as the value would tell its length. */
const MASK = '*****';
const COUNT = /^[1-9]\d{0,2}$/;
const DATE = /^(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;

/** The catalogue's `count?`. The page's lint refuses anything else, so another argument here is a mistake of ours. */
function count(argument: string): number {
  if (!COUNT.test(argument)) throw new TypeError(`a treatment was given "${argument}", expected a count from 1`);
  return Number(argument);
}

function mask(value: Value, argument: string | undefined): Scalar | undefined {
  if (typeof value !== 'string') return undefined;
  if (argument === undefined) return MASK;
  const shown = count(argument);
  const characters = [...value];
  // The end of a short value is most of the value.
  return characters.length < shown * 3 ? MASK : MASK + characters.slice(-shown).join('');
}

function firstPart(value: Value, argument: string | undefined): Scalar | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  const part =
    argument === undefined ? (/^[^\s,/\p{Pd}]*/u.exec(text)?.[0] ?? '') : [...text].slice(0, count(argument)).join('');
  // What is left out must have been worth leaving out: `4711-` is `4711` in full.
  return part === '' || !LETTER_OR_DIGIT.test(text.slice(part.length)) ? null : part;
}

function datePart(length: number): Meaning {
  return (value) => (typeof value === 'string' && DATE.test(value) ? value.slice(0, length) : undefined);
}

const MEANINGS: Readonly<Record<TreatmentName, Meaning>> = {
  keep: (value) => (typeof value === 'number' && !Number.isFinite(value) ? undefined : value),
  // `treat` never gets as far as the value of a dropped field; should it, nothing is shown.
  drop: () => null,
  null: () => null,
  mask,
  year: datePart(4),
  month: datePart(7),
  'first-part': firstPart,
  constant: (_, argument) => constant(argument),
};

function constant(argument: string | undefined): string {
  if (argument === undefined) throw new TypeError('the treatment "constant" was given no text');
  return argument;
}

/**
 * What may be shown of one value, as the catalogue says in `means`.
 * @param value null where the record has none: then only `constant` shows anything.
 * @returns undefined where the value is of a type that the treatment does not know.
 */
export function shownOf(treatment: Treatment, value: Scalar): Scalar | undefined {
  if (value !== null) return MEANINGS[treatment.name](value, treatment.argument);
  return treatment.name === 'constant' ? constant(treatment.argument) : null;
}
