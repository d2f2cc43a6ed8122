import type { AskRules, Evaluate } from '../domain/matching.ts';
import type { Digest } from '../domain/versions.ts';
import { compileEngine } from './engine.ts';
import { type Flaw, flaw } from './flaw.ts';
import { lintPages } from './lint.ts';
import { modelFlaws } from './model.ts';
import { type Page, readPage } from './page.ts';
import { type Roles, readRoles } from './roles.ts';
import { compileShard } from './shard.ts';
import { EXPECTED_SUFFIX, type RulebookSources, rulebookDigest } from './sources.ts';
import type { Vocabulary } from './vocabulary.ts';

export { EXPECTED_SUFFIX, type RulebookSources } from './sources.ts';

/** All rules, one version: immutable once built. */
export interface Rulebook {
  /** Over pages, roles, model, expected decisions and catalogue. */
  readonly digest: Digest;
  readonly roles: Roles;
  readonly pages: readonly Page[];
  /** The rules of one agreement for one dataset; null where the agreement does not cover the dataset. */
  rulesFor(agreement: string, dataset: string): AskRules | null;
}

export type BuiltRulebook = { readonly rulebook: Rulebook } | { readonly flaws: readonly Flaw[] };

/**
 * Reads, checks and compiles a version. Any flaw and nothing is built. Expected decisions are tried afterwards, see
 * `expected.ts`, and only then may the version be used.
 * @param sources `model.conf`, `roles.csv`, pages and `<agreement>.expected.csv`; any other name is a flaw.
 */
export async function buildRulebook(
  sources: RulebookSources,
  vocabulary: Vocabulary,
  evaluate: Evaluate,
): Promise<BuiltRulebook> {
  const flaws: Flaw[] = [];
  const source = (name: string) => {
    const text = sources.get(name);
    if (text === undefined)
      flaws.push(flaw({ file: name, line: 1, column: 1 }, 'file/unreadable', 'this file among the policies'));
    return text ?? '';
  };
  const modelText = source('model.conf');
  flaws.push(...modelFlaws('model.conf', modelText));
  const { roles, flaws: roleFlaws } = readRoles('roles.csv', source('roles.csv'));
  flaws.push(...roleFlaws);
  if (!sources.has('everywhere.csv')) source('everywhere.csv');

  const pages: Page[] = [];
  for (const [file, text] of sources) {
    if (file === 'model.conf' || file === 'roles.csv' || file.endsWith(EXPECTED_SUFFIX)) continue;
    if (!file.endsWith('.csv')) {
      flaws.push(
        flaw({ file, line: 1, column: 1 }, 'file/unreadable', 'only model.conf and .csv files among the policies'),
      );
      continue;
    }
    const read = readPage(file, text, roles, vocabulary);
    flaws.push(...read.flaws);
    if (read.page !== null) pages.push(read.page);
  }
  if (flaws.length === 0) flaws.push(...lintPages(pages, vocabulary));
  if (flaws.length > 0) return { flaws };

  const enforce = await compileEngine(modelText);
  const shards = new Map<string, AskRules>();
  for (const page of pages) {
    if (page.kind !== 'agreement') continue;
    for (const dataset of vocabulary.agreements.get(page.name)?.datasets ?? []) {
      shards.set(
        shardKey(page.name, dataset),
        compileShard(enforce, rowsFor(page, dataset, pages, vocabulary), evaluate),
      );
    }
  }
  return {
    rulebook: Object.freeze({
      digest: rulebookDigest(sources),
      roles,
      pages,
      rulesFor: (agreement: string, dataset: string) => shards.get(shardKey(agreement, dataset)) ?? null,
    }),
  };
}

/** Rows that can concern the dataset: deny rows from above first, then the agreement's. */
function rowsFor(page: Page, dataset: string, pages: readonly Page[], vocabulary: Vocabulary) {
  const holder = vocabulary.datasets.get(dataset)?.holder;
  const above = pages.filter((p) => p.kind === 'everywhere' || (p.kind === 'holder' && p.name === `holder-${holder}`));
  return [...above, page].flatMap((p) => p.rules).filter((r) => r.what.dataset === null || r.what.dataset === dataset);
}

/** Both ids are of `[a-z0-9-]`, so the slash cannot be forged. */
function shardKey(agreement: string, dataset: string): string {
  return `${agreement}/${dataset}`;
}
