import { type EnforceContext, type Enforcer, newEnforceContext, newEnforcer, newModelFromString } from 'casbin';
import type { Facts } from '../domain/facts.ts';
import type { AskRules, Evaluate, Evaluated, Question } from '../domain/matching.ts';
import type { Rule } from '../domain/rule.ts';
import { SAFES, type Safe } from '../domain/safe.ts';
import { SUFFIXES } from './model.ts';
import { allOf, negate, whatConcerns, whoCovers } from './scope.ts';

const CONTEXTS = new Map<Safe, () => EnforceContext>(
  SAFES.map((safe, i) => [safe, () => newEnforceContext(SUFFIXES[i] ?? '')]),
);

/**
 * Compiles the rows of one agreement for one dataset into a Casbin enforcer of its own. Small enforcers found by exact
 * index keep the cost of a decision independent of rules elsewhere. An enforcer is never changed after it is built:
 * Casbin's `loadPolicy` empties the live model first, and a deny-only model then allows everything.
 * @param rules every row that can concern the dataset, deny rows from above the agreement included.
 * @param evaluate what conditions mean; handed in, since rules and Safes do not know each other.
 */
export async function compileShard(modelText: string, rules: readonly Rule[], evaluate: Evaluate): Promise<AskRules> {
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  const byWho = new Map(rules.map((rule) => [whoText(rule), rule.who]));
  const byWhat = new Map(rules.map((rule) => [whatText(rule), rule.what]));

  const model = newModelFromString(modelText);
  SAFES.forEach((safe, i) => {
    const section = model.model.get('p')?.get(`p${SUFFIXES[i]}`);
    if (section === undefined) throw new Error(`model without p${SUFFIXES[i]}`);
    // Rows go in as arrays, never as text: nothing an editor types is parsed a second time.
    section.policy = rules.filter((rule) => rule.safe === safe).map(policyRow);
  });
  const enforcer: Enforcer = await newEnforcer(model);

  // A row of which it is unknown whether it covers the caller is heard all the same: an allow row does not fire, but it
  // still limits and still contests a field. Were it passed over, taking a fact away could widen an answer.
  await enforcer.addFunction('covers', (facts: Facts, who: string): boolean => {
    const parts = byWho.get(who);
    return parts !== undefined && whoCovers(parts, facts) !== 'unmet';
  });
  await enforcer.addFunction('concerns', (ask: Question, what: string): boolean => {
    const scope = byWhat.get(what);
    return scope !== undefined && whatConcerns(scope, ask);
  });
  await enforcer.addFunction(
    'meets',
    (facts: Facts, id: string, _text: string, eft: string, heard: Evaluated[]): boolean => {
      const rule = byId.get(id);
      if (rule === undefined || rule.verdict !== eft) return false;
      const evaluated = evaluateRule(rule, facts, evaluate);
      heard.push(evaluated);
      return evaluated.fires;
    },
  );

  // Casbin stops at the first deny row that fires. Whoever is refused shall learn of all that stands in the way, so the
  // rows behind it are heard here; they cannot make it an allow any more.
  const behindDeny = (safe: Safe, question: Question, heard: readonly Evaluated[]): readonly Evaluated[] => {
    const known = new Set(heard.map((e) => e.rule));
    return rules
      .filter((rule) => rule.safe === safe && !known.has(rule))
      .filter(({ who, what }) => whatConcerns(what, question) && whoCovers(who, question.facts) !== 'unmet')
      .map((rule) => evaluateRule(rule, question.facts, evaluate));
  };

  return (safe, question) => {
    const context = CONTEXTS.get(safe);
    if (context === undefined) throw new Error(`no rules for ${safe}`);
    const evaluated: Evaluated[] = [];
    const [allowed] = enforcer.enforceExSync(context(), question, question.facts, evaluated);
    const denies = evaluated.some((e) => e.fires && e.rule.verdict === 'deny');
    const allows = evaluated.some((e) => e.fires && e.rule.verdict === 'allow');
    // Two ways to one answer. If they part, something is wrong with the engine, and nothing may be allowed by that.
    if (allowed !== (allows && !denies)) throw new Error(`the enforcer and its rows disagree on ${safe}`);
    return { allowed, evaluated: denies ? [...evaluated, ...behindDeny(safe, question, evaluated)] : evaluated };
  };
}

function evaluateRule(rule: Rule, facts: Facts, evaluate: Evaluate): Evaluated {
  const conditions = rule.conditions.map((condition) => {
    const met = evaluate(condition, facts);
    return { condition, met: condition.negated ? negate(met) : met };
  });
  const who = whoCovers(rule.who, facts);
  const met = allOf([who, ...conditions.map((c) => c.met)]);
  const fires = met === 'met' || (met === 'unknown' && rule.verdict === 'deny');
  return { rule, who, met, conditions, fires };
}

function policyRow(rule: Rule): string[] {
  return [rule.id, whoText(rule), whatText(rule), rule.cells[4] ?? '-', rule.verdict];
}

function whoText(rule: Rule): string {
  return rule.cells[2] ?? '';
}

function whatText(rule: Rule): string {
  return rule.cells[3] ?? '';
}
