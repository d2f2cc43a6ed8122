import type { Met } from '../domain/catalogue.ts';
import { freeze } from '../domain/freeze.ts';
import type { Evaluated, Heard, Matches, Question } from '../domain/matching.ts';
import type { Condition, Rule } from '../domain/rule.ts';
import { SAFES, type Safe } from '../domain/safe.ts';
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

/** @param candidates rows of which some may be for others or of something else. */
export function standingOf(enforce: Enforce, candidates: readonly Rule[], question: Question): Standing {
  const who = new Map<Rule, Met>();
  const bySafe = new Map<Safe, Rule[]>(SAFES.map((safe) => [safe, []]));
  const conditions: Condition[] = [];
  const places = new Map<string, number>();
  for (const rule of candidates) {
    const covers = whoCovers(rule.who, question.facts);
    if (covers === 'unmet' || !whatConcerns(rule.what, question)) continue;
    who.set(rule, covers);
    bySafe.get(rule.safe)?.push(rule);
    for (const condition of rule.conditions) {
      if (places.has(placeName(condition))) continue;
      places.set(placeName(condition), conditions.length);
      conditions.push(condition);
    }
  }
  const rows = new Map(SAFES.map((safe) => [safe, rowsOf(safe, bySafe.get(safe) ?? [])]));

  const hear = (asked: Question, met: readonly Met[]): Heard => {
    const meets = (rule: Rule): Evaluated => {
      const fared = rule.conditions.map((condition) => ({
        condition,
        met: met[places.get(placeName(condition)) ?? -1] ?? 'unknown',
      }));
      const covers = who.get(rule) ?? 'unknown';
      const all = allOf([covers, ...fared.map((c) => c.met)]);
      const fires = all === 'met' || (all === 'unknown' && rule.verdict === 'deny');
      return { rule, who: covers, met: all, conditions: fared, fires };
    };
    const matches = (safe: Safe): Matches => matchesOf(enforce, rows.get(safe), bySafe.get(safe) ?? [], asked, meets);
    return freeze({
      people: matches('people'),
      projects: matches('projects'),
      settings: matches('settings'),
      data: matches('data'),
      outputs: matches('outputs'),
    });
  };
  return { serial: standings++, size: who.size, conditions, hear };
}

/** What one Safe's rows say. */
function matchesOf(
  enforce: Enforce,
  rows: Rows | undefined,
  rules: readonly Rule[],
  question: Question,
  meets: (rule: Rule) => Evaluated,
): Matches {
  if (rows === undefined) throw new Error('no rows for one of the Safes');
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
