import type { Finding } from '../domain/finding.ts';
import { finding, type Hearing, type Judge, judgeByRows } from './judgement.ts';

/** Safe outputs, the terms: may an answer of this kind go to this person, and under which duties? */
export const judgeOutputs: Judge = (hearing) => judgeByRows('outputs', 'outputs/released', hearing);

/** What binds the release. */
export interface ReleaseTerms {
  /** Largest number of records in one answer. A hit says only whether there is one, so there it is unbounded. */
  readonly maxRows: number;
  /** Duties the asker takes on, as written on the page, each once. */
  readonly terms: readonly string[];
}

/**
 * The smallest limit applies and terms add up, over every row that fires. A row of which it is unknown whether it fires
 * still limits: were it otherwise, taking a fact away could widen an answer.
 */
export function releaseTerms({ matches, facts }: Hearing): ReleaseTerms {
  const binding = matches.evaluated.filter((e) => e.rule.verdict === 'allow' && e.met !== 'unmet');
  const bounds = binding
    .flatMap((e) => e.rule.limits)
    .filter((l) => l.name === 'rows')
    .map((l) => l.bound);
  const unbounded = facts['enquiry.output'] === 'hit' ? Number.MAX_SAFE_INTEGER : 0;
  return {
    maxRows: bounds.length > 0 ? Math.min(...bounds) : unbounded,
    terms: [...new Set(binding.flatMap((e) => e.rule.terms).map((t) => t.text))],
  };
}

/** Safe outputs, the budget: the intent found it spent. */
export function judgeSpent(terms: Finding): Finding {
  return finding('refuse', terms.rule, 'outputs/budget');
}

/** Safe outputs, the result: too many records refuse the leg, never truncate it. */
export function judgeResult(rows: number, maxRows: number, terms: Finding): Finding {
  if (rows <= maxRows) return terms;
  return finding('refuse', terms.rule, 'outputs/too-many-rows', { limit: String(maxRows) });
}
