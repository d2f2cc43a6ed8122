import type { Agreement, Project } from '../domain/partnership.ts';
import type { Rule } from '../domain/rule.ts';
import type { Rulebook } from '../rulebook/rulebook.ts';
import { flatMapSteps, type Steps } from '../rulebook/turns.ts';

type Compared = Pick<Rulebook, 'pages'>;

/** A term that people of a partner take on. */
interface DutyTaken {
  readonly partner: string;
  readonly says: string;
}

/**
 * Partners whose people would take on a term that they did not have: somebody of theirs has to agree to it.
 * A term counts as new where rows for the same partner, dataset and output level were there and none of them carried it,
 * whatever they were called. In steps.
 */
export function* dutiesWiden(
  before: Compared,
  after: Compared,
  agreements: readonly Pick<Agreement, 'id' | 'parties' | 'datasets'>[],
  projects: readonly Pick<Project, 'agreement' | 'partner'>[],
): Steps<readonly DutyTaken[]> {
  const taken: DutyTaken[] = [];
  for (const page of after.pages) {
    if (page.kind !== 'agreement') continue;
    const agreement = agreements.find(({ id }) => id === page.name);
    const was = yield* known(
      before.pages.find(({ name }) => name === page.name)?.rules ?? [],
      agreement?.datasets ?? [],
    );
    const asking = new Set(projects.filter((one) => one.agreement === page.name).map(({ partner }) => partner));
    const parties = agreement?.parties.filter((one) => asking.has(one)) ?? [];
    const found = yield* flatMapSteps(page.rules, (rule) =>
      parties.flatMap((partner) => {
        if (!releases(rule) || !concerns(rule, partner)) return [];
        const datasets = rule.what.dataset === null ? was.datasets : [rule.what.dataset];
        // What nobody of theirs could have before comes with its terms.
        const had = datasets.filter((dataset) => carries(was, { rule, dataset, partner, term: '' }));
        const fresh = rule.terms.filter(({ text: term }) =>
          had.some((dataset) => !carries(was, { rule, dataset, partner, term })),
        );
        return fresh.map(({ text }) => ({ partner, says: `takes on ${text} (${page.name}, ${rule.id})` }));
      }),
    );
    for (const one of found) taken.push(one);
  }
  return taken;
}

function releases({ safe, verdict }: Rule): boolean {
  return safe === 'outputs' && verdict === 'allow';
}

/** Whether a row could be for people of the partner. */
function concerns({ who }: Rule, partner: string): boolean {
  return who.every((one) => one.kind !== 'partner' || one.partner === partner);
}

/** No dataset, partner or term is called so. */
const ANY = '*';

interface Known {
  /** What rows of outputs laid on whom, of what: looked up, since a page may have as many of them as it has rows. */
  readonly duties: ReadonlySet<string>;
  /** Of the agreement, those that such rows name, and one that none of them names: what holds of it holds of all others. */
  readonly datasets: readonly string[];
}

function* known(rules: readonly Rule[], datasets: readonly string[]): Steps<Known> {
  const named = new Set<string>();
  const duties = yield* flatMapSteps(rules, (rule) => {
    if (!releases(rule)) return [];
    const { dataset, level } = rule.what;
    if (dataset !== null) named.add(dataset);
    const partners = [...new Set(rule.who.flatMap((one) => (one.kind === 'partner' ? one.partner : [])))];
    // Nobody is of two partners.
    if (partners.length > 1) return [];
    const terms = ['', ...rule.terms.map(({ text }) => text)];
    return terms.map((term) => nameOf(level, dataset ?? ANY, partners[0] ?? ANY, term));
  });
  const unnamed = datasets.find((dataset) => !named.has(dataset));
  return { duties: new Set(duties), datasets: unnamed === undefined ? [...named] : [...named, unnamed] };
}

interface Borne {
  readonly rule: Rule;
  readonly dataset: string;
  readonly partner: string;
  /** Empty: whichever. */
  readonly term: string;
}

/** Whether a row for the partner of the dataset, at the rule's output level, was there and carried the term. */
function carries({ duties }: Known, { rule, dataset, partner, term }: Borne): boolean {
  const { level } = rule.what;
  return [dataset, ANY].some((of) => [partner, ANY].some((whose) => duties.has(nameOf(level, of, whose, term))));
}

function nameOf(level: string | undefined, dataset: string, partner: string, term: string): string {
  return JSON.stringify([level ?? null, dataset, partner, term]);
}
