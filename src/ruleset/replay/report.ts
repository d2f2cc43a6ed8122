import type { Digest } from '../../domain/versions.ts';
import type { FieldChange } from './decide-again.ts';
import type { Undetermined } from './draft.ts';

/** How many legs something befell, and whose. Names in order, so that two reports of one log are one text. */
export type Tally = {
  readonly legs: number;
  /** Those of them of which something had been released. */
  readonly answers: number;
  readonly partners: Readonly<Record<string, number>>;
  readonly persons: Readonly<Record<string, number>>;
  readonly datasets: Readonly<Record<string, number>>;
  readonly safes: Readonly<Record<string, number>>;
  /** The first exchanges concerned. */
  readonly exchanges: readonly string[];
};

/** What a draft would have made of recorded decisions. Plain JSON; the same log and draft give the same bytes. */
export type ReplayReport = {
  readonly draft: {
    readonly rulebook: Digest;
    readonly registry: Digest;
    readonly configuration: Digest;
    readonly build: Digest;
  };
  /** Null: every exchange of the stretch was replayed. */
  readonly sample: { readonly seed: number; readonly of: number } | null;
  readonly exchanges: { readonly read: number; readonly erased: number; readonly unreadable: number };
  readonly legs: {
    readonly replayed: number;
    /** Of those, decided under this very registry and configuration. */
    readonly exact: number;
    readonly same: number;
    readonly undetermined: Readonly<Record<Undetermined, number>>;
  };
  readonly newlyAllowed: Tally;
  readonly newlyRefused: Tally;
  /** Answers with other fields, or fields treated otherwise. */
  readonly plans: Tally & { readonly fields: readonly FieldTally[] };
  readonly terms: Tally & { readonly changes: readonly ChangeTally[] };
  readonly limits: Tally & { readonly changes: readonly ChangeTally[] };
  /** Decided alike, but by another rule or for another reason. */
  readonly otherwise: Tally;
};

export type FieldTally = FieldChange & { readonly dataset: string; readonly legs: number; readonly answers: number };
export type ChangeTally = {
  readonly dataset: string;
  readonly from: string;
  readonly to: string;
  readonly legs: number;
  readonly answers: number;
};

/** The report's field changes in sentences: "14 answers would have lost buyer.name (dealer-sales)". */
export function fieldSentences({ plans }: ReplayReport): readonly string[] {
  return plans.fields.map(({ dataset, field, from, to, answers }) => {
    const of = `${answers} ${answers === 1 ? 'answer' : 'answers'} would have`;
    if (to === 'withheld') return `${of} lost ${field} (${dataset})`;
    if (from === 'withheld') return `${of} shown ${field} as ${to} (${dataset})`;
    return `${of} shown ${field} as ${to} instead of ${from} (${dataset})`;
  });
}
