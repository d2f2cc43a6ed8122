import type { Met } from '../domain/catalogue.ts';
import { freeze } from '../domain/freeze.ts';
import type { Evaluated, Heard, Matches, Question } from '../domain/matching.ts';
import type { Condition, Rule } from '../domain/rule.ts';
import type { Safe } from '../domain/safe.ts';
import { type Enforce, type Rows, rowsOf } from './engine.ts';
import { allOf, whatConcerns, whoCovers } from './scope.ts';

/**
 * Everybody of the same partner and roles, asking the same dataset at the same output level: the same rows can concern
 * them. What is left to find out are the conditions.
 */
export interface Standing {
  /** No two of a process are alike. */
  readonly serial: number;
  /** How many rows can concern them. */
  readonly size: number;
  /** Each condition of those rows once. */
  readonly conditions: readonly Condition[];
  /** What the rows say. @param met how each of `conditions` fares, in their order. */
  hear(question: Question, met: readonly Met[]): Heard;
}

let standings = 0;

/** Conditions of a version by their text: rows that say the same share one, wherever they stand. */
export type Conditions = Map<string, Condition>;

/**
 * Many standings are kept and most are heard once or twice, so they hold little: what Casbin is shown is made when it is
 * shown.
 * @param candidates rows of which some may be for others or of something else.
 */
export function standingOf(
  enforce: Enforce,
  candidates: readonly Rule[],
  shared: Conditions,
  question: Question,
): Standing {
  const concerned = candidates.filter(
    (rule) => whoCovers(rule.who, question.facts) !== 'unmet' && whatConcerns(rule.what, question),
  );
  const named = new Map<string, Condition>();
  for (const rule of concerned) {
    for (const condition of rule.conditions) {
      const name = placeName(condition);
      if (named.has(name)) continue;
      const known = shared.get(name) ?? condition;
      shared.set(name, known);
      named.set(name, known);
    }
  }
  const conditions = [...named.values()];
  const hear = (asked: Question, met: readonly Met[]): Heard => {
    const fares = new Map(conditions.map((condition, i) => [placeName(condition), met[i] ?? 'unknown']));
    const meets = (rule: Rule): Evaluated => {
      const who = whoCovers(rule.who, asked.facts);
      const fared = rule.conditions.map((c) => ({ condition: c, met: fares.get(placeName(c)) ?? 'unknown' }));
      const all = allOf([who, ...fared.map((c) => c.met)]);
      const fires = all === 'met' || (all === 'unknown' && rule.verdict === 'deny');
      return { rule, who, met: all, conditions: fared, fires };
    };
    const matches = (safe: Safe): Matches => {
      const rules = concerned.filter((rule) => rule.safe === safe);
      return matchesOf(enforce, rowsOf(safe, rules), rules, asked, meets);
    };
    return freeze({
      people: matches('people'),
      projects: matches('projects'),
      settings: matches('settings'),
      data: matches('data'),
      outputs: matches('outputs'),
    });
  };
  return { serial: standings++, size: concerned.length, conditions, hear };
}

/** What one Safe's rows say. */
function matchesOf(
  enforce: Enforce,
  rows: Rows,
  rules: readonly Rule[],
  question: Question,
  meets: (rule: Rule) => Evaluated,
): Matches {
  const evaluated: Evaluated[] = [];
  const allowed = enforce(rows, question, meets, evaluated);
  const denies = evaluated.some((e) => e.fires && e.rule.verdict === 'deny');
  const allows = evaluated.some((e) => e.fires && e.rule.verdict === 'allow');
  // Two ways to one answer. If they part, something is wrong with the engine, and nothing may be allowed by that.
  if (allowed !== (allows && !denies)) throw new Error(`the enforcer and its rows disagree on ${rows.safe}`);
  // Casbin stops at the first deny row that fires. Whoever is refused shall learn of all that stands in the way, so the
  // rows behind it are heard here; they cannot make it an allow any more.
  const asked = new Set(evaluated.map((e) => e.rule));
  const behind = denies ? rules.filter((rule) => !asked.has(rule)).map(meets) : [];
  return { allowed, evaluated: [...evaluated, ...behind] };
}

function placeName({ negated, text }: Condition): string {
  return negated ? `not ${text}` : text;
}
