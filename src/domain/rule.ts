import type { ConditionName, LimitName, TermName } from './catalogue.ts';
import type { OutputLevel } from './enquiry.ts';
import type { Treatment } from './plan.ts';
import type { Safe } from './safe.ts';

export interface Place {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in characters. */
  readonly column: number;
}

export type Who =
  | { readonly kind: 'anyone' }
  | { readonly kind: 'role'; readonly role: string }
  | { readonly kind: 'partner'; readonly partner: string };

export interface What {
  /** Null: any dataset of the agreement. */
  readonly dataset: string | null;
  readonly field?: string;
  readonly level?: OutputLevel;
}

export interface Condition {
  readonly name: ConditionName;
  /** `not suspended` */
  readonly negated: boolean;
  readonly argument?: string;
  /** Bound in days, hours or a count, as the catalogue declares. */
  readonly bound?: number;
  /** Of `by`: `(full)` was written. */
  readonly full?: boolean;
  readonly text: string;
}

export interface Limit {
  readonly name: LimitName;
  readonly bound: number;
}

export interface Term {
  readonly name: TermName;
  readonly bound?: number;
  readonly text: string;
}

/** A row of a page, parsed. */
export interface Rule {
  readonly safe: Safe;
  readonly id: string;
  /** All must cover the caller: `role:investigator & partner:kestrel-police`. */
  readonly who: readonly Who[];
  readonly what: What;
  readonly conditions: readonly Condition[];
  readonly limits: readonly Limit[];
  readonly verdict: 'allow' | 'deny';
  /** Of data rows for a field. */
  readonly treatment?: Treatment;
  /** Of data rows for `(hit)`. */
  readonly exists?: true;
  /** Of outputs rows. */
  readonly disposition?: 'release';
  readonly terms: readonly Term[];
  readonly place: Place;
  /** The row as it stands on the page, cells trimmed, for people who read the record. */
  readonly cells: readonly string[];
}
