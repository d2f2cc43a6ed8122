import type { Identifier } from './identifier.ts';

/** How much comes back: whether there is a record, or the records as the field plan leaves them. */
export const OUTPUT_LEVELS = ['hit', 'records'] as const;
export type OutputLevel = (typeof OUTPUT_LEVELS)[number];

/** What is asked. Schema-parsed at the gateway; no HTTP type goes further than this. */
export interface Enquiry {
  readonly project: string;
  /** W3C DPV term, see `purpose.ts`. */
  readonly purpose: string;
  /** The asker's case reference, if one was given. */
  readonly case?: string;
  /** Directive (EU) 2016/680 Art. 25(1): why, in the asker's own words. */
  readonly justification: string;
  /** At least one, each once. */
  readonly datasets: readonly string[];
  readonly by: Identifier;
  readonly output: OutputLevel;
}
