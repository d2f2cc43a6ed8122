import type { Met } from '../domain/catalogue.ts';
import { freeze } from '../domain/freeze.ts';
import type { AskRules, Evaluate, Evaluated, Heard, Matches, Question } from '../domain/matching.ts';
import type { Condition, Rule } from '../domain/rule.ts';
import { SAFES, type Safe } from '../domain/safe.ts';
import { type Enforce, type Rows, rowsOf } from './engine.ts';
import { allOf, negate, whatConcerns, whoCovers } from './scope.ts';
import { indexByWho } from './who-index.ts';

/** Standings and situations remembered for one shard; more, and all are forgotten and found again. */
const MOST_STANDINGS = 2_000;
const MOST_SITUATIONS = 200;

const LETTERS: Readonly<Record<Met, string>> = { met: '+', unmet: '-', unknown: '?' };

/**
 * Everybody of the same partner and roles, asking at the same output level: the same rows can concern them. What is
 * left to find out are the conditions.
 */
interface Standing {
  readonly rows: readonly (Rows & { readonly rules: readonly Rule[] })[];
  /** Each condition of those rows once. */
  readonly conditions: readonly Condition[];
  /** Where a condition stands in `conditions`. */
  readonly places: ReadonlyMap<string, number>;
  readonly who: ReadonlyMap<Rule, Met>;
  /** What was heard, under how each condition fared: a letter each. */
  readonly situations: Map<string, Heard>;
}

/**
 * The rows of one agreement for one dataset. Rows are found by exact index of who asks, so that a decision costs the same
 * however many rules there are for others. Casbin judges each situation once: the same rows with the same conditions met,
 * unmet and unknown give the same answer for as long as this version lives, so it is remembered, and never for longer.
 * @param rules every row that can concern the dataset, deny rows from above the agreement included.
 * @param evaluate what conditions mean; handed in, since rules and Safes do not know each other.
 */
export function compileShard(enforce: Enforce, rules: readonly Rule[], evaluate: Evaluate): AskRules {
  const candidates = indexByWho(rules);
  const standings = new Map<string, Standing>();

  return (question) => {
    const { dataset, output, facts } = question;
    const key = JSON.stringify([dataset, output, facts['caller.partner'] ?? null, facts['caller.roles'] ?? null]);
    let standing = standings.get(key);
    if (standing === undefined) {
      if (standings.size >= MOST_STANDINGS) standings.clear();
      standing = standingOf(candidates(facts), question);
      standings.set(key, standing);
    }
    const met = standing.conditions.map((condition) => {
      const is = evaluate(condition, facts);
      return condition.negated ? negate(is) : is;
    });
    let situation = '';
    for (const is of met) situation += LETTERS[is];
    const known = standing.situations.get(situation);
    if (known !== undefined) return known;
    const heard = hear(enforce, standing, question, met);
    if (standing.situations.size >= MOST_SITUATIONS) standing.situations.clear();
    standing.situations.set(situation, heard);
    return heard;
  };
}

function standingOf(candidates: readonly Rule[], question: Question): Standing {
  const who = new Map(candidates.map((rule) => [rule, whoCovers(rule.who, question.facts)]));
  const rules = candidates.filter((rule) => who.get(rule) !== 'unmet' && whatConcerns(rule.what, question));
  const conditions: Condition[] = [];
  const places = new Map<string, number>();
  for (const condition of rules.flatMap((rule) => rule.conditions)) {
    if (places.has(placeName(condition))) continue;
    places.set(placeName(condition), conditions.length);
    conditions.push(condition);
  }
  const rows = SAFES.map((safe) => {
    const own = rules.filter((rule) => rule.safe === safe);
    return { ...rowsOf(safe, own), rules: own };
  });
  return { rows, conditions, places, who, situations: new Map() };
}

/** What each Safe's rows say; frozen, since it is remembered. */
function hear(enforce: Enforce, standing: Standing, question: Question, met: readonly Met[]): Heard {
  const meets = (rule: Rule): Evaluated => {
    const conditions = rule.conditions.map((condition) => ({
      condition,
      met: met[standing.places.get(placeName(condition)) ?? -1] ?? 'unknown',
    }));
    const who = standing.who.get(rule) ?? 'unknown';
    const all = allOf([who, ...conditions.map((c) => c.met)]);
    const fires = all === 'met' || (all === 'unknown' && rule.verdict === 'deny');
    return { rule, who, met: all, conditions, fires };
  };
  const matches = (safe: Safe): Matches => {
    const rows = standing.rows.find((r) => r.safe === safe);
    if (rows === undefined) throw new Error(`no rules for ${safe}`);
    const evaluated: Evaluated[] = [];
    const allowed = enforce(rows, question, meets, evaluated);
    const denies = evaluated.some((e) => e.fires && e.rule.verdict === 'deny');
    const allows = evaluated.some((e) => e.fires && e.rule.verdict === 'allow');
    // Two ways to one answer. If they part, something is wrong with the engine, and nothing may be allowed by that.
    if (allowed !== (allows && !denies)) throw new Error(`the enforcer and its rows disagree on ${safe}`);
    // Casbin stops at the first deny row that fires. Whoever is refused shall learn of all that stands in the way, so
    // the rows behind it are heard here; they cannot make it an allow any more.
    const asked = new Set(evaluated.map((e) => e.rule));
    const behind = denies ? rows.rules.filter((rule) => !asked.has(rule)).map(meets) : [];
    return { allowed, evaluated: [...evaluated, ...behind] };
  };
  return freeze({
    people: matches('people'),
    projects: matches('projects'),
    settings: matches('settings'),
    data: matches('data'),
    outputs: matches('outputs'),
  });
}

function placeName({ negated, text }: Condition): string {
  return negated ? `not ${text}` : text;
}
