import type { ReasonCode } from './reasons.ts';
import type { Safe } from './safe.ts';

/**
 * The catalogue: each condition, limit, term and treatment that a rulebook page may name, declared once; treatments stand
 * in a file of their own. What is not declared cannot be written on a page. `safes/conditions/` and `treat/` give it its meaning.
 */

/** A bound, as written after the name: `<=365d`, `<=8h`, `<=20`. */
export type Bound = 'days' | 'hours' | 'count';

/** What the text between `:` and the bound must be; `none`: nothing may stand there. */
export type Argument =
  | 'none'
  | 'word'
  | 'purpose'
  | 'legal-basis'
  | 'network'
  | 'hours'
  | 'scheme'
  | 'undertaking'
  | 'day';

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
  undertaking: {
    safes: ['people'],
    argument: 'undertaking',
    bound: 'days',
    blocksWhen: 'unmet',
    reason: 'people/undertaking',
    means: 'the person accepted the present version of this undertaking at most so many days ago',
  },
  paused: {
    safes: ['data'],
    argument: 'none',
    blocksWhen: 'met',
    reason: 'data/paused',
    means: 'the holder has paused the dataset',
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
  'page-lapsed': {
    safes: ['projects'],
    argument: 'day',
    blocksWhen: 'met',
    reason: 'projects/page-lapsed',
    means: 'this day, by which the rules had to be looked at again, is over where the agreement lives',
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
  'per-day': {
    bound: 'count',
    reason: 'outputs/budget',
    means: 'at most so many questions a day by one person in one project to one dataset, in the zone of the agreement',
  },
  'per-project': {
    bound: 'count',
    reason: 'outputs/budget',
    means: 'at most so many questions by all members of a project together to one dataset, over its whole life',
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

export { TREATMENTS, type TreatmentName } from './treatments.ts';

/** `exists` stands in `then` of a data row for `(hit)`: that there is a record may be said. */
export const HIT_TREATMENT = 'exists';

/** Met, not met, or not known because a fact is missing. */
export type Met = 'met' | 'unmet' | 'unknown';
