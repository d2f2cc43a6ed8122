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
type Meaning = (value: Value, around: Surroundings) => Scalar | undefined;

/** What may be shown of one value: a treatment made ready. @param value null where the record has none. */
export type Show = (value: Scalar, around: Surroundings) => Scalar | undefined;

const DATE = /^(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;

/** A meaning for texts only. */
function ofText(meaning: (text: string, around: Surroundings) => Scalar): Meaning {
  return (value, around) => (typeof value === 'string' ? meaning(value, around) : undefined);
}

function datePart(length: number): Meaning {
  return (value) => (typeof value === 'string' && DATE.test(value) ? value.slice(0, length) : undefined);
}

function count(argument: string | undefined): number | undefined {
  return argument === undefined ? undefined : Number(argument);
}

/** Each gives its meaning under an argument that fits. */
const MEANINGS: Readonly<Record<TreatmentName, (argument: string | undefined) => Meaning>> = {
  keep: () => (value) => (typeof value === 'number' && !Number.isFinite(value) ? undefined : value),
  // `treat` never gets as far as the value of a dropped field; should it, nothing is shown.
  drop: () => () => null,
  null: () => () => null,
  mask: (argument) => {
    const shown = count(argument);
    return ofText((text) => mask(text, shown));
  },
  year: () => datePart(4),
  month: () => datePart(7),
  band: (argument) => {
    const width = Number(argument);
    return (value) => (typeof value === 'number' ? band(value, width) : undefined);
  },
  'first-part': (argument) => {
    const length = count(argument);
    return ofText((text) => firstPart(text, length));
  },
  'last-part': (argument) => {
    const length = count(argument);
    return ofText((text) => lastPart(text, length));
  },
  format: (argument = '') => ofText((text) => throughFormat(text, argument)),
  pseudonym:
    () =>
    (value, { pseudonymKey }) =>
      typeof value === 'boolean' || (typeof value === 'number' && !Number.isFinite(value))
        ? undefined
        : pseudonym(String(value), pseudonymKey()),
  scrub: () => ofText((text, { known }) => scrub(text, known())),
  constant:
    (argument = '') =>
    () =>
      argument,
};

/**
 * Makes a treatment ready, as the catalogue says in `means`.
 * @returns what gives undefined where a value is of a type that the treatment does not know; of null only `constant`
 * shows anything.
 * @throws TypeError where the argument is not of the declared kind: the page's lint refuses that, so it is a mistake of ours.
 */
export function showBy({ name, argument }: Treatment): Show {
  const grammar = TREATMENT_ARGUMENTS[TREATMENTS[name].argument];
  if (!grammar.fits(argument)) throw new TypeError(`${name} was given "${argument}", expected ${grammar.expected}`);
  const meaning = MEANINGS[name](argument);
  const ofNothing = name === 'constant' ? (argument ?? null) : null;
  return (value, around) => (value === null ? ofNothing : meaning(value, around));
}
