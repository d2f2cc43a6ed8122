import type { Rule } from '../domain/rule.ts';
import { type Flaw, flaw } from './flaw.ts';
import type { Page } from './page.ts';
import type { Vocabulary } from './vocabulary.ts';

/** What can only be seen across rows and pages: duplicate ids, and two treatments that could meet on one field. */
export function lintPages(pages: readonly Page[], vocabulary: Vocabulary): readonly Flaw[] {
  const above = pages.filter((page) => page.kind !== 'agreement');
  const agreements = pages.filter((page) => page.kind === 'agreement');
  return [
    ...duplicateIds(above.flatMap((page) => page.rules)),
    ...agreements.flatMap((page) => [
      ...duplicateIds([...above.flatMap((p) => p.rules), ...page.rules]).filter((f) => f.file === page.file),
      ...overlappingTreatments(page.rules),
    ]),
    ...missingPages(agreements, vocabulary),
  ];
}

/** An id names its rule in every finding and record, so within all that can be compiled together it is used once. */
function duplicateIds(rules: readonly Rule[]): Flaw[] {
  const seen = new Map<string, Rule>();
  const flaws: Flaw[] = [];
  for (const rule of rules) {
    const first = seen.get(rule.id);
    if (first !== undefined) {
      flaws.push(
        flaw(
          rule.place,
          'id/duplicate',
          `an id other than ${rule.id}, used in ${first.place.file}:${first.place.line}`,
        ),
      );
    } else seen.set(rule.id, rule);
  }
  return flaws;
}

/** One treatment per field and caller: two rows for a field are right only where no caller can be in both. */
function overlappingTreatments(rules: readonly Rule[]): Flaw[] {
  const byField = new Map<string, Rule[]>();
  for (const rule of rules) {
    if (rule.treatment === undefined) continue;
    const key = `${rule.what.dataset}/${rule.what.field}`;
    byField.set(key, [...(byField.get(key) ?? []), rule]);
  }
  const flaws: Flaw[] = [];
  for (const [field, sharing] of byField) {
    sharing.forEach((rule, i) => {
      const other = sharing.slice(0, i).find((earlier) => !disjoint(earlier, rule));
      if (other === undefined) return;
      const expected = `one treatment of ${field} for a caller; ${other.id} could apply to the same one: name different partners`;
      flaws.push(flaw(rule.place, 'treatment/overlap', expected));
    });
  }
  return flaws;
}

/** Roles are no ground: one person can hold two. A person belongs to one partner. */
function disjoint(a: Rule, b: Rule): boolean {
  const partners = (rule: Rule) => rule.who.filter((w) => w.kind === 'partner').map((w) => w.partner);
  return partners(a).some((p) => partners(b).some((q) => p !== q));
}

function missingPages(pages: readonly Page[], vocabulary: Vocabulary): Flaw[] {
  return [...vocabulary.agreements.keys()]
    .filter((name) => !pages.some((page) => page.name === name))
    .map((name) =>
      flaw({ file: `${name}.csv`, line: 1, column: 1 }, 'file/unreadable', `a page for the agreement "${name}"`),
    );
}
