import { z } from 'zod';
import { canonicalIdentifier, identifierShape, isScheme, SCHEMES } from '../../domain/identifier.ts';
import { LEG_STATES } from '../../domain/leg.ts';
import { SAFES } from '../../domain/safe.ts';
import { identifierTerm, type Term } from './terms.ts';

const text = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u);
const time = z.iso.datetime({ offset: true });

/** What an exchange can end as, in the log. */
export const RESULTS = ['released', 'none', 'held', 'partial', 'refused', 'fault', 'interrupted', 'explained'] as const;

/**
 * What is looked for: exchanges that have all that is named. Whole values only: there are no wildcards, so nobody walks
 * through plates. `from` is inclusive, `until` exclusive.
 */
export const findQuery = z.strictObject({
  person: text.exactOptional(),
  partner: text.exactOptional(),
  holder: text.exactOptional(),
  dataset: text.exactOptional(),
  agreement: text.exactOptional(),
  project: text.exactOptional(),
  case: text.exactOptional(),
  purpose: text.exactOptional(),
  by: z.partialRecord(z.enum(SCHEMES), text).exactOptional(),
  result: z.enum(RESULTS).exactOptional(),
  state: z.enum(LEG_STATES).exactOptional(),
  refusedBy: z.enum(SAFES).exactOptional(),
  code: text.exactOptional(),
  rule: z
    .string()
    .max(200)
    .regex(/^[a-z0-9-]+\/[^/\p{Cc}\p{Cs}]+$/u)
    .exactOptional(),
  rulebook: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/)
    .exactOptional(),
  from: time.exactOptional(),
  until: time.exactOptional(),
});
export type FindQuery = z.output<typeof findQuery>;

const PLAIN = [
  ['person', 'person'],
  ['partner', 'partner'],
  ['holder', 'holder'],
  ['dataset', 'dataset'],
  ['agreement', 'agreement'],
  ['project', 'project'],
  ['case', 'case'],
  ['purpose', 'purpose'],
  ['result', 'result'],
  ['state', 'state'],
  ['refusedBy', 'refused-by'],
  ['code', 'code'],
  ['rule', 'rule'],
  ['rulebook', 'rulebook'],
] as const;

/** A query ready to be looked up, or what is wrong with it. */
export type ReadQuery =
  | { readonly terms: readonly Term[]; readonly by: { readonly scheme: string; readonly value: string } | null }
  | { readonly path: string; readonly expected: string };

/** Terms of a query; its identifier in canonical form, as it was recorded. */
export function readQuery(query: FindQuery): ReadQuery {
  const terms: Term[] = PLAIN.flatMap(([member, attribute]) => {
    const value = query[member];
    return value === undefined ? [] : [{ attribute, value }];
  });
  const [given, ...more] = Object.entries(query.by ?? {});
  if (query.by !== undefined && given === undefined) return { path: 'by', expected: 'one scheme and its value' };
  if (more.length > 0) return { path: 'by', expected: 'one identifier at a time' };
  if (given === undefined) return { terms, by: null };
  const [scheme, raw = ''] = given;
  const identifier = isScheme(scheme) ? canonicalIdentifier(scheme, raw) : undefined;
  if (identifier === undefined) {
    return { path: `by.${scheme}`, expected: isScheme(scheme) ? identifierShape(scheme) : 'a known scheme' };
  }
  const by = { scheme: identifier.scheme, value: identifier.value };
  return { terms: [...terms, identifierTerm(by)], by };
}
