import { isScheme } from '../domain/identifier.ts';
import type { FieldPlan, PlannedField } from '../domain/plan.ts';
import { finding, type Hearing, type Judge, judgeByRows } from './judgement.ts';

/** Safe data: which fields may leave, and how treated? Everything unnamed is withheld. */
export const judgeData: Judge = (hearing) => {
  const scheme = hearing.facts['enquiry.scheme'] ?? '';
  if (!isScheme(scheme) || hearing.dataset.identifiers[scheme] === undefined) {
    return finding('refuse', null, 'data/identifier', { arg: scheme });
  }
  const byRows = judgeByRows('data', 'data/planned', hearing);
  if (byRows.verdict !== 'allow' || hearing.facts['enquiry.output'] === 'hit') return byRows;
  // Rows that fire but contradict each other on every field leave nothing to release.
  const planned = planFields(hearing).find((field) => field.treatment !== null);
  return planned === undefined ? finding('refuse', null, 'data/ambiguous') : { ...byRows, rule: planned.rule };
};

/**
 * The field plan: one line for each declared field. A field is treated if one row names it and fires, and no other could.
 * Lint refuses pages on which two could; if two do all the same, or it is unknown whether the second one does, the field
 * is withheld. Casbin would name only the first of them.
 */
export function planFields({ dataset, matches }: Hearing): FieldPlan {
  const possible = matches.evaluated.filter((e) => e.rule.verdict === 'allow' && e.met !== 'unmet');
  return Object.keys(dataset.fields).map((field): PlannedField => {
    const [only, ...more] = possible.filter((e) => e.rule.what.field === field);
    if (only?.rule.treatment === undefined || !only.fires || more.length > 0)
      return { field, treatment: null, rule: null };
    return { field, treatment: only.rule.treatment, rule: only.rule.id };
  });
}
