import type { ReasonCode } from './reasons.ts';
import type { Safe, Verdict } from './safe.ts';

/** What one Safe says of one leg: the verdict, the rule that decided, why, and what would change it. */
export type Finding = {
  readonly verdict: Verdict;
  /** Id of the deciding rule on the agreement's page, or null where no rule decided. */
  readonly rule: string | null;
  readonly code: ReasonCode;
  /** One sentence for the caller; names no other partner's rule or fact. */
  readonly say: string;
  /** What the caller can do about a refusal. */
  readonly remedy?: string;
};

/** Five findings, always: all that can be judged are judged and recorded, not only the first refusal. */
export type Findings = Readonly<Record<Safe, Finding>>;

export function refuses(findings: Findings): boolean {
  return Object.values(findings).some((f) => f.verdict === 'refuse' || f.verdict === 'not-judged');
}

export function holds(findings: Findings): boolean {
  return Object.values(findings).some((f) => f.verdict === 'hold');
}
