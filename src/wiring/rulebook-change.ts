import type { Agreement, Project } from '../domain/partnership.ts';
import type { Rule } from '../domain/rule.ts';
import type { Rulebook } from '../rulebook/rulebook.ts';

type Compared = Pick<Rulebook, 'pages'>;

/**
 * Partners whose people would take on a term that they did not have: somebody of theirs has to agree to it.
 * A term counts as new where rows for the same partner, datasets and output level were there and none of them carried it,
 * whatever they were called.
 */
export function dutiesWiden(
  before: Compared,
  after: Compared,
  agreements: readonly Pick<Agreement, 'id' | 'parties'>[],
  projects: readonly Pick<Project, 'agreement' | 'partner'>[],
): readonly { readonly partner: string; readonly says: string }[] {
  return after.pages
    .filter(({ kind }) => kind === 'agreement')
    .flatMap((page) => {
      const was = before.pages.find(({ name }) => name === page.name)?.rules ?? [];
      const asking = new Set(projects.filter(({ agreement }) => agreement === page.name).map(({ partner }) => partner));
      const parties = agreements.find(({ id }) => id === page.name)?.parties ?? [];
      return page.rules.flatMap((rule) =>
        parties
          .filter((partner) => asking.has(partner) && concerns(rule, partner))
          .flatMap((partner) => {
            const old = was.filter((row) => concerns(row, partner) && overlap(row, rule));
            // What nobody of theirs could have before comes with its terms.
            const fresh =
              old.length === 0 ? [] : rule.terms.filter(({ text }) => !old.some((row) => carries(row, text)));
            return fresh.map(({ text }) => ({ partner, says: `takes on ${text} (${page.name}, ${rule.id})` }));
          }),
      );
    });
}

/** Rows of outputs that could be for people of the partner. */
function concerns({ safe, verdict, who }: Rule, partner: string): boolean {
  return (
    safe === 'outputs' && verdict === 'allow' && who.every((one) => one.kind !== 'partner' || one.partner === partner)
  );
}

function overlap(a: Rule, b: Rule): boolean {
  const same = a.what.dataset === null || b.what.dataset === null || a.what.dataset === b.what.dataset;
  return same && a.what.level === b.what.level;
}

function carries({ terms }: Rule, text: string): boolean {
  return terms.some((term) => term.text === text);
}
