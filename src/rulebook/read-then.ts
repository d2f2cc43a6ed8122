import { HIT_TREATMENT, TERMS, type TermName } from '../domain/catalogue.ts';
import type { FieldType } from '../domain/dataset.ts';
import type { Treatment } from '../domain/plan.ts';
import type { Rule, Term } from '../domain/rule.ts';
import { TREATMENT_ARGUMENTS } from '../domain/treatment-argument.ts';
import { TREATMENTS, type TreatmentName } from '../domain/treatments.ts';
import type { Misread } from './read-condition.ts';

/** What the column "then" adds to a rule, or what was wrong with it. */
export type ReadThen =
  | { readonly adds: Pick<Rule, 'treatment' | 'exists' | 'disposition' | 'terms'> }
  | { readonly misread: Misread };

const TREATMENT = /^([a-z][a-z-]*)(?:\(([^()]*)\))?$/;
const TERM = /^([a-z][a-z-]*)(?:<=(\d{1,5})d)?$/;

/** `then` of a data row for a field: one treatment that suits the field's type. */
export function readTreatment(text: string, type: FieldType): ReadThen {
  const [matched, name = '', argument] = TREATMENT.exec(text) ?? [];
  if (matched === undefined || !Object.hasOwn(TREATMENTS, name)) {
    return { misread: { code: 'then/unknown', expected: `a treatment: ${Object.keys(TREATMENTS).join(', ')}` } };
  }
  const declared = TREATMENTS[name as TreatmentName];
  const grammar = TREATMENT_ARGUMENTS[declared.argument];
  if (!grammar.fits(argument?.trim())) {
    return { misread: { code: 'then/treatment', expected: `${name} with ${grammar.expected}` } };
  }
  if (!(declared.types as readonly FieldType[]).includes(type)) {
    return {
      misread: {
        code: 'then/treatment',
        expected: `a treatment for a field of type ${type}; ${name} is for ${declared.types.join(', ')}`,
      },
    };
  }
  const treatment: Treatment = {
    name: name as TreatmentName,
    ...(argument === undefined ? {} : { argument: argument.trim() }),
  };
  return { adds: { treatment, terms: [] } };
}

/** `then` of a data row for `(hit)`. */
export function readExists(text: string): ReadThen {
  if (text === HIT_TREATMENT) return { adds: { exists: true, terms: [] } };
  return {
    misread: { code: 'then/unknown', expected: `"${HIT_TREATMENT}": at output level hit nothing else can leave` },
  };
}

/** `then` of an outputs row: `release`, then terms. */
export function readRelease(text: string): ReadThen {
  const [first, ...rest] = text.split(/\s+/);
  if (first !== 'release') {
    return {
      misread: {
        code: 'then/unknown',
        expected: '"release" followed by terms; answers held for review are not offered yet',
      },
    };
  }
  const terms: Term[] = [];
  for (const word of rest) {
    const [matched, name = '', days] = TERM.exec(word) ?? [];
    const declared = matched !== undefined && Object.hasOwn(TERMS, name) ? TERMS[name as TermName] : undefined;
    if (declared === undefined || 'bound' in declared !== (days !== undefined) || terms.some((t) => t.name === name)) {
      return { misread: { code: 'then/unknown', expected: 'each term once: keep<=30d (days), no-onward' } };
    }
    terms.push({ name: name as TermName, ...(days === undefined ? {} : { bound: Number(days) }), text: word });
  }
  return { adds: { disposition: 'release', terms } };
}
