import type { Rule } from '../domain/rule.ts';
import { type Flaw, flaw } from './flaw.ts';
import type { Page } from './page.ts';
import { flatMapSteps, type Steps } from './turns.ts';
import type { Vocabulary } from './vocabulary.ts';

/**
 * What can only be seen across rows and pages and keeps a version from being built: duplicate ids, two treatments that
 * could meet on one field, agreements without a page. Linear in the number of rows.
 */
export function* lintPages(pages: readonly Page[], vocabulary: Vocabulary): Steps<readonly Flaw[]> {
  const above = pages.filter((page) => page.kind !== 'agreement').flatMap((page) => page.rules);
  const agreements = pages.filter((page) => page.kind === 'agreement');
  const shared = new Map<string, Rule>();
  const found: (readonly Flaw[])[] = [yield* flatMapSteps(above, (rule) => duplicateId(rule, shared))];
  for (const page of agreements) {
    const own = new Map<string, Rule>();
    found.push(yield* flatMapSteps(page.rules, (rule) => duplicateId(rule, own, shared)));
    found.push(yield* overlappingTreatments(page.rules));
  }
  const named = new Set(agreements.map((page) => page.name));
  const missing = [...vocabulary.agreements.keys()].filter((name) => !named.has(name));
  const pageFor = (name: string) =>
    flaw({ file: `${name}.csv`, line: 1, column: 1 }, 'file/unreadable', `a page for the agreement "${name}"`);
  return [...found.flat(), ...missing.map(pageFor)];
}

/** An id names its rule in every finding and record, so within all that can be compiled together it is used once. */
function duplicateId(rule: Rule, seen: Map<string, Rule>, above?: ReadonlyMap<string, Rule>): readonly Flaw[] {
  const first = above?.get(rule.id) ?? seen.get(rule.id);
  if (first === undefined) {
    seen.set(rule.id, rule);
    return [];
  }
  const where = `${first.place.file}:${first.place.line}`;
  return [flaw(rule.place, 'id/duplicate', `an id other than ${rule.id}, used in ${where}`)];
}

/** The first row of a field, and the first for each partner: all that a further row has to be compared with. */
interface Treated {
  anyPartner: Rule | undefined;
  first: Rule | undefined;
  readonly byPartner: Map<string, Rule>;
}

/** One treatment per field and caller: two rows for a field are right only where no caller can be in both. */
function overlappingTreatments(rules: readonly Rule[]): Steps<readonly Flaw[]> {
  const byField = new Map<string, Treated>();
  return flatMapSteps(rules, (rule) => {
    if (rule.treatment === undefined) return [];
    const field = `${rule.what.dataset}/${rule.what.field}`;
    const treated = byField.get(field) ?? { anyPartner: undefined, first: undefined, byPartner: new Map() };
    byField.set(field, treated);
    // Roles are no ground to tell callers apart: one person can hold two. A person belongs to one partner.
    const [partner, ...more] = new Set(rule.who.flatMap((w) => (w.kind === 'partner' ? [w.partner] : [])));
    if (more.length > 0) return [];
    const other = partner === undefined ? treated.first : (treated.anyPartner ?? treated.byPartner.get(partner));
    treated.first ??= rule;
    if (partner === undefined) treated.anyPartner ??= rule;
    else if (!treated.byPartner.has(partner)) treated.byPartner.set(partner, rule);
    if (other === undefined) return [];
    const expected = `one treatment of ${field} for a caller; ${other.id} could apply to the same one: name different partners`;
    return [flaw(rule.place, 'treatment/overlap', expected)];
  });
}
