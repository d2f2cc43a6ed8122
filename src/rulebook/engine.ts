import { type EnforceContext, newEnforceContext, newEnforcer, newModelFromString } from 'casbin';
import type { Facts } from '../domain/facts.ts';
import type { Evaluated, Question } from '../domain/matching.ts';
import type { Rule, What, Who } from '../domain/rule.ts';
import { SAFES, type Safe } from '../domain/safe.ts';
import { SUFFIXES } from './model.ts';
import { whatConcerns, whoCovers } from './scope.ts';

/** Rows of one Safe as Casbin takes them, and what their cells stand for. Made once, never changed. */
export interface Rows {
  readonly safe: Safe;
  readonly policy: readonly (readonly string[])[];
  readonly byId: ReadonlyMap<string, Rule>;
  readonly byWho: ReadonlyMap<string, readonly Who[]>;
  readonly byWhat: ReadonlyMap<string, What>;
}

/** How a row's conditions fare in the situation that is judged. */
export type Meets = (rule: Rule) => Evaluated;

/**
 * Casbin's word on one Safe.
 * @param heard receives every row that Casbin asked about, in its order; it stops at the first deny row that fires.
 * @returns whether a row allows and none denies. @throws whatever a condition throws.
 */
export type Enforce = (rows: Rows, question: Question, meets: Meets, heard: Evaluated[]) => boolean;

const NOTHING: readonly (readonly string[])[] = [];

export function rowsOf(safe: Safe, rules: readonly Rule[]): Rows {
  return {
    safe,
    // Rows go in as arrays, never as text: nothing an editor types is parsed a second time.
    policy: rules.map((rule) => [rule.id, whoText(rule), whatText(rule), rule.cells[4] ?? '-', rule.verdict]),
    byId: new Map(rules.map((rule) => [rule.id, rule])),
    byWho: new Map(rules.map((rule) => [whoText(rule), rule.who])),
    byWhat: new Map(rules.map((rule) => [whatText(rule), rule.what])),
  };
}

/**
 * One Casbin enforcer for a rulebook version: its model is parsed and its matchers are compiled once. Its policies are
 * windows: they show the rows of the question being judged, and no row before or after. Nothing is loaded into or
 * removed from the enforcer, for Casbin's `loadPolicy` empties the live model and awaits, and meanwhile a deny-only model
 * allows everything; here nothing is awaited between showing rows and the answer to them.
 * @throws Error where the model lacks a section.
 */
export async function compileEngine(modelText: string): Promise<Enforce> {
  let showing: { readonly rows: Rows; readonly meets: Meets } | null = null;
  const model = newModelFromString(modelText);
  const contexts = new Map<Safe, EnforceContext>();
  SAFES.forEach((safe, i) => {
    const section = model.model.get('p')?.get(`p${SUFFIXES[i]}`);
    if (section === undefined) throw new Error(`model without p${SUFFIXES[i]}`);
    Object.defineProperty(section, 'policy', {
      get: () => (showing?.rows.safe === safe ? showing.rows.policy : NOTHING),
    });
    contexts.set(safe, newEnforceContext(SUFFIXES[i] ?? ''));
  });
  const enforcer = await newEnforcer(model);

  // A row of which it is unknown whether it covers the caller is heard all the same: an allow row does not fire, but it
  // still limits and still contests a field. Were it passed over, taking a fact away could widen an answer.
  await enforcer.addFunction('covers', (facts: Facts, who: string): boolean => {
    const parts = showing?.rows.byWho.get(who);
    return parts !== undefined && whoCovers(parts, facts) !== 'unmet';
  });
  await enforcer.addFunction('concerns', (ask: Question, what: string): boolean => {
    const scope = showing?.rows.byWhat.get(what);
    return scope !== undefined && whatConcerns(scope, ask);
  });
  await enforcer.addFunction(
    'meets',
    (_facts: Facts, id: string, _text: string, eft: string, heard: Evaluated[]): boolean => {
      const rule = showing?.rows.byId.get(id);
      if (rule === undefined || rule.verdict !== eft) return false;
      const evaluated = showing?.meets(rule);
      if (evaluated === undefined) return false;
      heard.push(evaluated);
      return evaluated.fires;
    },
  );

  return (rows, question, meets, heard) => {
    const context = contexts.get(rows.safe);
    if (context === undefined || showing !== null) throw new Error(`no rules can be asked of ${rows.safe}`);
    showing = { rows, meets };
    try {
      const [allowed] = enforcer.enforceExSync(context, question, question.facts, heard);
      return allowed;
    } finally {
      showing = null;
    }
  };
}

function whoText(rule: Rule): string {
  return rule.cells[2] ?? '';
}

function whatText(rule: Rule): string {
  return rule.cells[3] ?? '';
}
