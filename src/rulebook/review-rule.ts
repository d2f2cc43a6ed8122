import type { Place, Rule } from '../domain/rule.ts';

/** The id by which findings and records name the row `page` of an agreement. */
export const REVIEW = 'REVIEW';

/**
 * The page row of an agreement as the rule that it is: once the day of review is over nothing is allowed under the page.
 * It is judged for each question like any deny row, so a page lapses at midnight and nobody has to rebuild anything.
 */
export function reviewRule({ review, place }: { readonly review: string; readonly place: Place }): Rule {
  const text = `page-lapsed:${review}`;
  return {
    safe: 'projects',
    id: REVIEW,
    who: [{ kind: 'anyone' }],
    what: { dataset: null },
    conditions: [{ name: 'page-lapsed', negated: false, argument: review, text }],
    limits: [],
    verdict: 'deny',
    terms: [],
    place,
    cells: ['projects', REVIEW, 'anyone', 'any dataset', text, 'deny', '-'],
  };
}
