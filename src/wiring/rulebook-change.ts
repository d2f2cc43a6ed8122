import type { Agreement, Project } from '../domain/partnership.ts';
import type { Rule } from '../domain/rule.ts';
import type { Registry } from '../registry/registry.ts';
import type { Page } from '../rulebook/page.ts';
import type { Rulebook } from '../rulebook/rulebook.ts';

type Compared = Pick<Rulebook, 'pages' | 'roles'>;

/**
 * Holders whose datasets a change is about.
 * @returns null where it is about everybody's: roles, or what stands above all agreements, changed.
 */
export function touchedHolders(
  before: Compared,
  after: Compared,
  { agreements, dataset }: Pick<Registry, 'agreements' | 'dataset'>,
): readonly string[] | null {
  if (rolesText(before) !== rolesText(after)) return null;
  const holders = new Set<string>();
  for (const { page, rules } of changedRules(before, after)) {
    if (page.kind === 'everywhere') return null;
    if (page.kind === 'holder') {
      holders.add(page.name.slice('holder-'.length));
      continue;
    }
    const covered = agreements.find(({ id }) => id === page.name)?.datasets ?? [];
    const named = rules.map(({ what }) => what.dataset);
    // Owner and day of review are everybody's who is on the page.
    const all = rules.length === 0 || named.includes(null);
    for (const id of all ? covered : named) {
      const holder = id === null ? undefined : dataset(id)?.holder;
      if (holder !== undefined) holders.add(holder);
    }
  }
  return [...holders];
}

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

/** Rows that stand on one side alone, per page; a page whose own row changed is there without any. */
function changedRules(before: Compared, after: Compared) {
  const names = new Set([...before.pages, ...after.pages].map(({ name }) => name));
  return [...names].flatMap((name) => {
    const [was, is] = [before, after].map(({ pages }) => pages.find((page) => page.name === name));
    const page = is ?? was;
    if (page === undefined) return [];
    const [old, fresh] = [texts(was), texts(is)];
    const rules = [
      ...(was?.rules ?? []).filter((rule) => !fresh.has(textOf(rule))),
      ...(is?.rules ?? []).filter((rule) => !old.has(textOf(rule))),
    ];
    const same = was?.owner === is?.owner && was?.review === is?.review;
    return rules.length === 0 && same ? [] : [{ page, rules }];
  });
}

function texts(page: Page | undefined): ReadonlySet<string> {
  return new Set(page?.rules.map(textOf));
}

function textOf({ cells }: Rule): string {
  return JSON.stringify(cells);
}

function rolesText({ roles }: Compared): string {
  return JSON.stringify([...roles].map(([role, included]) => [role, [...included].toSorted()]).toSorted());
}
