import type { Scalar } from '../domain/dataset.ts';
import type { Treatment } from '../domain/plan.ts';
import { TREATMENT_ARGUMENTS } from '../domain/treatment-argument.ts';
import { TREATMENTS, type TreatmentName } from '../domain/treatments.ts';
import type { KnownValues } from './free-text/known-values.ts';
import { scrub } from './free-text/scrub.ts';
import { band, firstPart, lastPart, mask, throughFormat } from './parts.ts';
import { pseudonym } from './pseudonym.ts';

type Value = Exclude<Scalar, null>;

/** What a treatment may need beside the value. Asked for only when needed. */
export interface Surroundings {
  /** The key of the project under which is asked; 32 bytes. */
  readonly pseudonymKey: () => Uint8Array;
  /** What the record itself knows that its free text must not tell. */
  readonly known: () => KnownValues;
}

/** Gives what may be shown of a value, or undefined where the value is of a type that the treatment does not know. */
type Meaning = (value: Value, argument: string | undefined, around: Surroundings) => Scalar | undefined;

const DATE = /^(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;

/** A meaning for texts only. */
function ofText(meaning: (text: string, argument: string | undefined, around: Surroundings) => Scalar): Meaning {
  return (value, argument, around) => (typeof value === 'string' ? meaning(value, argument, around) : undefined);
}

function datePart(length: number): Meaning {
  return (value) => (typeof value === 'string' && DATE.test(value) ? value.slice(0, length) : undefined);
}

function count(argument: string | undefined): number | undefined {
  return argument === undefined ? undefined : Number(argument);
}

const MEANINGS: Readonly<Record<TreatmentName, Meaning>> = {
  keep: (value) => (typeof value === 'number' && !Number.isFinite(value) ? undefined : value),
  // `treat` never gets as far as the value of a dropped field; should it, nothing is shown.
  drop: () => null,
  null: () => null,
  mask: ofText((text, argument) => mask(text, count(argument))),
  year: datePart(4),
  month: datePart(7),
  band: (value, argument) => (typeof value === 'number' ? band(value, Number(argument)) : undefined),
  'first-part': ofText((text, argument) => firstPart(text, count(argument))),
  'last-part': ofText((text, argument) => lastPart(text, count(argument))),
  format: ofText((text, argument = '') => throughFormat(text, argument)),
  pseudonym: (value, _, { pseudonymKey }) =>
    typeof value === 'boolean' || (typeof value === 'number' && !Number.isFinite(value))
      ? undefined
      : pseudonym(String(value), pseudonymKey()),
  scrub: ofText((text, _, { known }) => scrub(text, known())),
  constant: (_, argument = '') => argument,
};

/**
 * What may be shown of one value, as the catalogue says in `means`.
 * @param value null where the record has none: then only `constant` shows anything.
 * @returns undefined where the value is of a type that the treatment does not know.
 * @throws TypeError where the argument is not of the declared kind: the page's lint refuses that, so it is a mistake of ours.
 */
export function shownOf({ name, argument }: Treatment, value: Scalar, around: Surroundings): Scalar | undefined {
  const grammar = TREATMENT_ARGUMENTS[TREATMENTS[name].argument];
  if (!grammar.fits(argument)) throw new TypeError(`${name} was given "${argument}", expected ${grammar.expected}`);
  if (value !== null) return MEANINGS[name](value, argument, around);
  return name === 'constant' ? (argument ?? null) : null;
}
