import type { ReasonCode } from './reasons.ts';
import type { Safe } from './safe.ts';

/**
 * The catalogue: each condition, limit, term and treatment that a rulebook page may name, declared once. What is not
 * here cannot be written on a page. `safes/conditions/` and `treat/` give each declaration its meaning.
 */

/** A bound, as written after the name: `<=365d`, `<=8h`, `<=20`. */
export type Bound = 'days' | 'hours' | 'count';

/** What the text between `:` and the bound must be; `none`: nothing may stand there. */
export type Argument = 'none' | 'word' | 'purpose' | 'legal-basis' | 'network' | 'hours' | 'scheme';

export interface ConditionDeclaration {
  readonly safes: readonly Safe[];
  readonly argument: Argument;
  readonly bound?: Bound;
  /** Tells a caller that this condition stood in the way. */
  readonly reason: ReasonCode;
  /** When it stands in the way, so that `reason` can be said: almost always when it is not met. */
  readonly blocksWhen: 'unmet' | 'met';
  readonly means: string;
}

export const CONDITIONS = {
  suspended: {
    safes: ['people'],
    argument: 'none',
    blocksWhen: 'met',
    reason: 'people/suspended',
    means: 'the person is suspended',
  },
  accreditation: {
    safes: ['people'],
    argument: 'word',
    blocksWhen: 'unmet',
    reason: 'people/accreditation',
    means: 'the person holds this accreditation, not expired',
  },
  training: {
    safes: ['people'],
    argument: 'word',
    bound: 'days',
    blocksWhen: 'unmet',
    reason: 'people/training',
    means: 'the person completed this training at most so many days ago',
  },
  member: {
    safes: ['projects'],
    argument: 'none',
    blocksWhen: 'unmet',
    reason: 'projects/member',
    means: 'the person is a member of the project',
  },
  'agreement-in-force': {
    safes: ['projects'],
    argument: 'none',
    blocksWhen: 'unmet',
    reason: 'projects/agreement-in-force',
    means: 'today lies within the term of the agreement',
  },
  'project-in-force': {
    safes: ['projects'],
    argument: 'none',
    blocksWhen: 'unmet',
    reason: 'projects/project-in-force',
    means: 'today lies within the term of the project',
  },
  purpose: {
    safes: ['projects'],
    argument: 'purpose',
    blocksWhen: 'unmet',
    reason: 'projects/purpose',
    means: 'the purpose given is this one or a narrower one',
  },
  'legal-basis': {
    safes: ['projects'],
    argument: 'legal-basis',
    blocksWhen: 'unmet',
    reason: 'projects/legal-basis',
    means: 'the project rests on this legal basis',
  },
  case: {
    safes: ['projects'],
    argument: 'none',
    blocksWhen: 'unmet',
    reason: 'projects/case',
    means: "a case reference in the project's form was given",
  },
  mfa: {
    safes: ['settings'],
    argument: 'none',
    blocksWhen: 'unmet',
    reason: 'settings/mfa',
    means: 'the person signed in with more than one factor',
  },
  'auth-age': {
    safes: ['settings'],
    argument: 'none',
    bound: 'hours',
    blocksWhen: 'unmet',
    reason: 'settings/auth-age',
    means: 'the person signed in at most so long ago',
  },
  network: {
    safes: ['settings'],
    argument: 'network',
    blocksWhen: 'unmet',
    reason: 'settings/network',
    means: 'the request comes from this named network',
  },
  hours: {
    safes: ['settings'],
    argument: 'hours',
    blocksWhen: 'unmet',
    reason: 'settings/hours',
    means: 'it is between these hours of the day where the agreement lives',
  },
  'bound-token': {
    safes: ['settings'],
    argument: 'none',
    blocksWhen: 'unmet',
    reason: 'settings/bound-token',
    means: 'the token is bound to a key that the sender holds',
  },
  by: {
    safes: ['outputs', 'data'],
    argument: 'scheme',
    blocksWhen: 'unmet',
    reason: 'outputs/by',
    means: 'the search is by this kind of identifier; (full) demands a complete one',
  },
} as const satisfies Record<string, ConditionDeclaration>;
export type ConditionName = keyof typeof CONDITIONS;

export interface LimitDeclaration {
  readonly bound: Bound;
  readonly reason: ReasonCode;
  readonly means: string;
}

/** Limits stand in `only if` of outputs rows. The smallest applies. */
export const LIMITS = {
  rows: {
    bound: 'count',
    reason: 'outputs/too-many-rows',
    means: 'at most so many records in one answer; more refuses the answer',
  },
} as const satisfies Record<string, LimitDeclaration>;
export type LimitName = keyof typeof LIMITS;

export interface TermDeclaration {
  readonly bound?: Bound;
  readonly means: string;
}

/** Terms stand in `then` of outputs rows. They add up. */
export const TERMS = {
  keep: { bound: 'days', means: 'the asker erases the answer after so many days' },
  'no-onward': { means: 'the asker passes the answer on to nobody' },
} as const satisfies Record<string, TermDeclaration>;
export type TermName = keyof typeof TERMS;

/** Argument in parentheses after a treatment's name. */
export type TreatmentArgument = 'none' | 'count?' | 'text';

export interface TreatmentDeclaration {
  readonly argument: TreatmentArgument;
  readonly types: readonly ('text' | 'number' | 'boolean' | 'date')[];
  readonly means: string;
}

export const TREATMENTS = {
  keep: { argument: 'none', types: ['text', 'number', 'boolean', 'date'], means: 'the value as it is' },
  drop: { argument: 'none', types: ['text', 'number', 'boolean', 'date'], means: 'the field does not appear' },
  null: { argument: 'none', types: ['text', 'number', 'boolean', 'date'], means: 'the field appears, empty' },
  mask: {
    argument: 'count?',
    types: ['text'],
    means: 'five asterisks; mask(2) shows the last two characters of a value of at least six',
  },
  year: { argument: 'none', types: ['date'], means: 'the year of a date' },
  month: { argument: 'none', types: ['date'], means: 'year and month of a date' },
  'first-part': {
    argument: 'count?',
    types: ['text'],
    means:
      'what stands before the first blank, comma, hyphen or slash; first-part(3) the first three characters. A value that this would show whole is withheld',
  },
  constant: {
    argument: 'text',
    types: ['text', 'number', 'boolean', 'date'],
    means: 'always the text in parentheses, also where the record has no value',
  },
} as const satisfies Record<string, TreatmentDeclaration>;
export type TreatmentName = keyof typeof TREATMENTS;

/** `exists` stands in `then` of a data row for `(hit)`: that there is a record may be said. */
export const HIT_TREATMENT = 'exists';

/** Met, not met, or not known because a fact is missing. */
export type Met = 'met' | 'unmet' | 'unknown';
