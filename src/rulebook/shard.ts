import type { AskRules, Evaluate } from '../domain/matching.ts';
import type { Rule } from '../domain/rule.ts';
import type { Enforce } from './engine.ts';
import { createMemory, type Memory } from './memory.ts';
import type { Page } from './page.ts';
import { negate } from './scope.ts';
import { type Conditions, standingOf } from './standing.ts';
import { atOnce, type Steps } from './turns.ts';
import type { Vocabulary } from './vocabulary.ts';
import { type FindRows, indexingRows } from './who-index.ts';

/** The rules of an agreement for a dataset; null where the agreement does not cover the dataset. */
export type RulesFor = (agreement: string, dataset: string) => AskRules | null;

/**
 * Compiles all pages of a version, in steps. Each page is indexed once, by dataset and by who asks, so that a decision costs
 * the same however many rules there are for others, and a version costs its rows and not their product with the datasets.
 * A shard is then no more than the pages that it is made of; it is put together when it is first asked for.
 * @param evaluate what conditions mean; handed in, since rules and Safes do not know each other.
 */
export function* compilingShards(
  enforce: Enforce,
  pages: readonly Page[],
  vocabulary: Pick<Vocabulary, 'agreements' | 'datasets'>,
  evaluate: Evaluate,
  memory: Memory = createMemory(),
): Steps<RulesFor> {
  const found = new Map<Page, FindRows>();
  for (const page of pages) found.set(page, yield* indexingRows(page.rules));
  const covered = new Map<string, ReadonlySet<string>>();
  for (const [name, { datasets }] of vocabulary.agreements) covered.set(name, new Set(datasets));
  const holders = new Map<string, string>();
  for (const [dataset, { holder }] of vocabulary.datasets) holders.set(dataset, `holder-${holder}`);

  const conditions: Conditions = new Map();
  const shards = new Map<string, Map<string, AskRules>>();
  return (agreement, dataset) => {
    const known = shards.get(agreement)?.get(dataset);
    if (known !== undefined) return known;
    const page = pages.find((p) => p.kind === 'agreement' && p.name === agreement);
    if (page === undefined || covered.get(agreement)?.has(dataset) !== true) return null;
    const holder = holders.get(dataset);
    const above = pages.filter((p) => p.kind === 'everywhere' || (p.kind === 'holder' && p.name === holder));
    const rows = [...above, page].flatMap((p) => found.get(p) ?? []);
    const shard = shardOf({ enforce, evaluate, memory, conditions }, agreement, rows);
    const own = shards.get(agreement) ?? new Map<string, AskRules>();
    shards.set(agreement, own.set(dataset, shard));
    return shard;
  };
}

/**
 * The rows of one agreement for its datasets, by themselves.
 * @param rules in the order in which they are heard, deny rows from above the agreement first.
 */
export function compileShard(enforce: Enforce, rules: readonly Rule[], evaluate: Evaluate): AskRules {
  return shardOf({ enforce, evaluate, memory: createMemory(), conditions: new Map() }, '', [
    atOnce(indexingRows(rules)),
  ]);
}

/** What all shards of a version have in common. */
interface Parts {
  readonly enforce: Enforce;
  readonly evaluate: Evaluate;
  readonly memory: Memory;
  readonly conditions: Conditions;
}

/**
 * Casbin judges each situation once: the same rows with the same conditions met, unmet and unknown give the same answer for
 * as long as the version lives, so it is remembered, and never for longer.
 */
function shardOf(
  { enforce, evaluate, memory, conditions }: Parts,
  agreement: string,
  pages: readonly FindRows[],
): AskRules {
  return (question) => {
    const { dataset, facts } = question;
    const standing = memory.standing(agreement, question, () => {
      const candidates = pages.flatMap((rowsFor) => rowsFor(dataset, facts));
      return standingOf(enforce, candidates, conditions, question);
    });
    const met = standing.conditions.map((condition) => {
      const is = evaluate(condition, facts);
      return condition.negated ? negate(is) : is;
    });
    return memory.heard(standing, met, () => standing.hear(question, met));
  };
}
