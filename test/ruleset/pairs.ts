import fc from 'fast-check';
import type { Rulebook } from '../../src/rulebook/rulebook.ts';
import type { Cells, Judged } from '../differential/evaluator.ts';
import { judgeByProduct } from '../differential/product.ts';
import { DATASETS, type Page, pages, type Question } from '../differential/worlds.ts';

/** The partnership of the differential test, as the check of access wants it. */
export const WORLD = {
  agreements: [{ id: 'deal', datasets: DATASETS.map(({ id }) => id) }],
  dataset: (id: string) => DATASETS.find((dataset) => dataset.id === id),
};

/** A page and another that differs from it in a few rows: some are gone, some have come. */
export const nearPairs: fc.Arbitrary<readonly [Page, Page]> = fc
  .tuple(pages, pages, fc.array(fc.nat(), { maxLength: 3 }), fc.array(fc.nat(), { maxLength: 3 }))
  .map(([page, other, gone, come]) => {
    const rows = without(page.rows, gone);
    const added = other.rows.filter((_, i) => come.some((n) => n % other.rows.length === i));
    const above = come.length === 0 ? without(page.above, gone) : page.above;
    return [page, { above, rows: renamed([...rows, ...added]) }];
  });

function without(rows: readonly Cells[], gone: readonly number[]): readonly Cells[] {
  return rows.filter((_, i) => !gone.some((n) => n % rows.length === i));
}

export function renamed(rows: readonly Cells[]): readonly Cells[] {
  return rows.map(([safe, , ...rest], i): Cells => [safe, `R${i}`, ...rest]);
}

/** Nobody has a role without those that it includes. */
export function asked(question: Question, { roles }: Rulebook): Question {
  const held = question.facts['caller.roles'];
  if (held === undefined) return question;
  const all = [...new Set(held.flatMap((role) => roles.get(role) ?? []))];
  return { ...question, facts: { ...question.facts, 'caller.roles': all } };
}

/** Whether the second version gives more, told without the code under test: from what the product says of both. */
export function widens(before: Rulebook, after: Rulebook, question: Question): boolean {
  const [was, is] = [before, after].map((rulebook) => judgeByProduct(rulebook, asked(question, rulebook)).granted);
  if (!isGranted(is)) return false;
  if (!isGranted(was)) return true;
  const more = (before_: number | null, after_: number | null) =>
    (after_ ?? Number.POSITIVE_INFINITY) > (before_ ?? Number.POSITIVE_INFINITY);
  return (
    more(was.maxRows, is.maxRows) ||
    more(was.perDay, is.perDay) ||
    more(was.perProject, is.perProject) ||
    was.terms.some((term) => !is.terms.some((other) => asStrict(other, term))) ||
    (question.output === 'records' && is.plan.some(([field, shown]) => !fits(shown, planned(was, field))))
  );
}

type Granted = Exclude<Judged['granted'], null | 'uncounted'>;

function isGranted(granted: Judged['granted'] | undefined): granted is Granted {
  return typeof granted === 'object' && granted !== null;
}

function asStrict(term: string, as: string): boolean {
  const [name, days] = term.split('<=');
  const [other, bound] = as.split('<=');
  return name === other && Number.parseInt(days ?? '0', 10) <= Number.parseInt(bound ?? '0', 10);
}

function planned({ plan }: Granted, field: string): string {
  return plan.find(([name]) => name === field)?.[1] ?? 'withheld';
}

/** What each treatment of the drawn pages is within. */
const WITHIN: Readonly<Record<string, readonly string[]>> = {
  keep: ['keep'],
  month: ['month', 'keep'],
  year: ['year', 'month', 'keep'],
  'mask(2)': ['mask(2)', 'keep'],
};

function fits(shown: string, was: string): boolean {
  return WITHIN[shown]?.includes(was) ?? true;
}
