import type { Met } from './catalogue.ts';
import type { OutputLevel } from './enquiry.ts';
import type { Facts } from './facts.ts';
import type { Condition, Rule } from './rule.ts';
import type { Safe } from './safe.ts';

/** What the rules are asked about: one dataset at one output level, on these facts. */
export interface Question {
  readonly dataset: string;
  readonly output: OutputLevel;
  readonly facts: Facts;
}

/** A rule whose `what` covers the question and whose `who` may cover the caller, and how its conditions fared. */
export interface Evaluated {
  readonly rule: Rule;
  /** Whether the row is for the caller: met, or unknown. */
  readonly who: Met;
  /** `who` and all conditions together: unmet if one is, else unknown if one is. */
  readonly met: Met;
  readonly conditions: readonly { readonly condition: Condition; readonly met: Met }[];
  /** An allow row fires on met alone; a deny row on met or unknown. */
  readonly fires: boolean;
}

/** What one Safe's rows say. */
export interface Matches {
  /** Casbin's answer: a row allows and none denies. */
  readonly allowed: boolean;
  readonly evaluated: readonly Evaluated[];
}

/** What the rows of each Safe said. */
export type Heard = Readonly<Record<Safe, Matches>>;

/**
 * The compiled rows of one agreement for one dataset. Questions that differ in nothing that a row looks at get the same
 * frozen object. Throws where rules cannot be evaluated; the asker is then refused.
 */
export type AskRules = (question: Question) => Heard;

/** What a condition means: evaluates it, ignoring its negation. */
export type Evaluate = (condition: Condition, facts: Facts) => Met;
