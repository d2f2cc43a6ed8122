import { CONDITIONS } from '../domain/catalogue.ts';
import type { Dataset } from '../domain/dataset.ts';
import type { Facts } from '../domain/facts.ts';
import type { Finding } from '../domain/finding.ts';
import type { Evaluated, Matches } from '../domain/matching.ts';
import { type ReasonCode, wording } from '../domain/reasons.ts';
import type { Condition } from '../domain/rule.ts';
import type { Safe, Verdict } from '../domain/safe.ts';

/** What a judge hears: the facts, the dataset, and what the rows of its own Safe say. */
export interface Hearing {
  readonly facts: Facts;
  readonly dataset: Dataset;
  readonly matches: Matches;
}

/** One judge for each Safe, all with this signature. */
export type Judge = (hearing: Hearing) => Finding;

type Words = Readonly<Record<string, string>>;

export function finding(verdict: Verdict, rule: string | null, code: ReasonCode, words: Words = {}): Finding {
  return { verdict, rule, code, ...wording(code, words) };
}

/** Allowed by the first firing row, or refused with the reason that is nearest to an allow. */
export function judgeByRows(safe: Safe, allowed: ReasonCode, { matches, facts }: Hearing): Finding {
  const deny = matches.evaluated.find((e) => e.fires && e.rule.verdict === 'deny');
  if (deny !== undefined) return denied(safe, deny, facts);
  const allow = matches.evaluated.find((e) => e.fires && e.rule.verdict === 'allow');
  if (matches.allowed && allow !== undefined) return finding('allow', allow.rule.id, allowed);
  return nearest(safe, matches, facts);
}

function denied(safe: Safe, { rule, conditions }: Evaluated, facts: Facts): Finding {
  // What made the row fire is what stands in the way: a condition met that blocks when met, or `not` one unmet.
  const cause = conditions.find(
    ({ condition }) => CONDITIONS[condition.name].blocksWhen === (condition.negated ? 'unmet' : 'met'),
  );
  if (cause === undefined) return finding('refuse', rule.id, `${safe}/denied`);
  return finding('refuse', rule.id, CONDITIONS[cause.condition.name].reason, wordsFor(cause.condition, facts));
}

/** The allow row with the fewest conditions unfulfilled, and its first unfulfilled one. */
function nearest(safe: Safe, matches: Matches, facts: Facts): Finding {
  const failing = matches.evaluated
    .filter((e) => e.rule.verdict === 'allow' && !e.fires)
    .map((e) => ({ rule: e.rule, open: e.conditions.filter((c) => c.met !== 'met') }))
    // None open: it is not known whether the row is for this caller, which no caller can mend.
    .filter(({ open }) => open.length > 0)
    .sort((a, b) => a.open.length - b.open.length);
  const [closest] = failing;
  const [first] = closest?.open ?? [];
  if (closest === undefined || first === undefined) return finding('refuse', null, `${safe}/no-rule`);
  const declared = CONDITIONS[first.condition.name];
  const told = declared.blocksWhen === (first.condition.negated ? 'met' : 'unmet');
  if (!told) return finding('refuse', closest.rule.id, `${safe}/denied`);
  return finding('refuse', closest.rule.id, declared.reason, wordsFor(first.condition, facts));
}

/** What fills the blanks of a condition's wordings. */
export function wordsFor(condition: Condition, facts: Facts): Words {
  const { name, argument = '', bound, full } = condition;
  const unit = 'bound' in CONDITIONS[name] && CONDITIONS[name].bound === 'hours' ? ' hours' : '';
  return {
    arg:
      name === 'case' ? (facts['project.case-pattern'] ?? 'of the project') : `${argument}${full ? ' (complete)' : ''}`,
    limit: bound === undefined ? '' : `${bound}${unit}`,
  };
}
