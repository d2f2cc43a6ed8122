/** Mistakes that an evaluator of rulebook pages could make. Each must be found by comparing it with one that does not. */
export const FAULTS = [
  'deny-ignored',
  'unknown-allows',
  'unknown-denies-not',
  'unknown-binds-not',
  'level-ignored',
  'fields-merged',
  'largest-limit',
  'terms-of-one-row',
  'negation-dropped',
  'who-or',
  'purpose-exact',
  'fragment-is-full',
  'last-moment-counts',
  'hours-in-utc',
] as const;
export type Fault = (typeof FAULTS)[number];
