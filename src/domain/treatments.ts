import type { FieldType } from './dataset.ts';
import type { TreatmentArgument } from './treatment-argument.ts';

/** The catalogue, continued: what can happen to the value of a field. `treat/` gives each declaration its meaning. */
export interface TreatmentDeclaration {
  readonly argument: TreatmentArgument;
  readonly types: readonly FieldType[];
  readonly means: string;
  /** As written on a page, with a value and what is shown of it. Null where what is shown depends on more than the value. */
  readonly example: {
    readonly written: string;
    readonly of: string | number;
    readonly shows: string | number | null;
  } | null;
}

const ANY_TYPE = ['text', 'number', 'boolean', 'date'] as const;

export const TREATMENTS = {
  keep: {
    argument: 'none',
    types: ANY_TYPE,
    means: 'the value as it is',
    example: { written: 'keep', of: 'Golf', shows: 'Golf' },
  },
  drop: { argument: 'none', types: ANY_TYPE, means: 'the field does not appear', example: null },
  null: {
    argument: 'none',
    types: ANY_TYPE,
    means: 'the field appears, empty',
    example: { written: 'null', of: 8450, shows: null },
  },
  mask: {
    argument: 'count?',
    types: ['text'],
    means: 'five asterisks; mask(2) shows the last two characters of a value of at least six',
    example: { written: 'mask(2)', of: '01632 960111', shows: '*****11' },
  },
  year: {
    argument: 'none',
    types: ['date'],
    means: 'the year of a date',
    example: { written: 'year', of: '1979-03-14', shows: '1979' },
  },
  month: {
    argument: 'none',
    types: ['date'],
    means: 'year and month of a date',
    example: { written: 'month', of: '1979-03-14', shows: '1979-03' },
  },
  band: {
    argument: 'width',
    types: ['number'],
    means:
      'the band of this width in which a number lies: 10-19 is from 10 up to, not including, 20. Bands count from 0; below it they read "-10 to -1"',
    example: { written: 'band(10)', of: 17.5, shows: '10-19' },
  },
  'first-part': {
    argument: 'count?',
    types: ['text'],
    means:
      'what stands before the first blank, comma, hyphen or slash; first-part(3) the first three characters. A value that this would show whole is withheld',
    example: { written: 'first-part', of: '4012 TW', shows: '4012' },
  },
  'last-part': {
    argument: 'count?',
    types: ['text'],
    means:
      'what stands after the last blank, comma, hyphen or slash; last-part(3) the last three characters. A value that this would show whole is withheld',
    example: { written: 'last-part', of: '12 Demo Lane, Mockham', shows: 'Mockham' },
  },
  format: {
    argument: 'format',
    types: ['text'],
    means:
      'the characters that the format keeps, if the value has the shape of the format, else five asterisks: # keeps a digit, A keeps a letter, X shows a letter or digit as X, * at the end shows whatever follows as five asterisks; blank, hyphen, dot, slash and colon stand for themselves',
    example: { written: 'format(AA-###-X)', of: 'TW-101-A', shows: 'TW-101-X' },
  },
  pseudonym: {
    argument: 'none',
    types: ['text', 'number', 'date'],
    means:
      'a name for the value that is the same wherever this project meets the value, and another in any other project; nobody without the key of the gateway can lead it back to the value',
    example: null,
  },
  scrub: {
    argument: 'none',
    types: ['text'],
    means:
      'free text in which e-mail addresses, telephone and account numbers, payment cards, registrations, VINs, dates, long numbers and what other fields of the same record say of people or withhold are replaced by their kind, such as [phone]. It finds what has a form or stands in the record; a name that only the text knows stays',
    example: {
      written: 'scrub',
      of: 'Number on file 01632 960111, drives AB12 CDE',
      shows: 'Number on file [phone], drives [registration]',
    },
  },
  constant: {
    argument: 'text',
    types: ANY_TYPE,
    means: 'always the text in parentheses, also where the record has no value',
    example: { written: 'constant(on request)', of: 'call after six', shows: 'on request' },
  },
} as const satisfies Record<string, TreatmentDeclaration>;
export type TreatmentName = keyof typeof TREATMENTS;
