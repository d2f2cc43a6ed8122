import type { Evaluate } from '../domain/matching.ts';
import type { Digest } from '../domain/versions.ts';
import { compileEngine } from './engine.ts';
import { type Flaw, flaw } from './flaw.ts';
import { lintPages } from './lint.ts';
import { unseenCharacters } from './lint-text.ts';
import { modelFlaws } from './model.ts';
import { type Page, readingPage } from './page.ts';
import { type Roles, readRoles } from './roles.ts';
import { compilingShards, type RulesFor } from './shard.ts';
import { digesting, EXPECTED_SUFFIX, type RulebookSources } from './sources.ts';
import { type Breathe, breatheBetweenEvents, inTurns } from './turns.ts';
import type { Vocabulary } from './vocabulary.ts';

export { EXPECTED_SUFFIX, type RulebookSources } from './sources.ts';

/** All rules, one version: immutable once built. */
export interface Rulebook {
  /** Over pages, roles, model, expected decisions and catalogue. */
  readonly digest: Digest;
  readonly roles: Roles;
  readonly pages: readonly Page[];
  readonly rulesFor: RulesFor;
}

export type BuiltRulebook = { readonly rulebook: Rulebook } | { readonly flaws: readonly Flaw[] };

/** As many files as a version can have. */
const MAX_FILES = 4_000;

/**
 * Reads, checks and compiles a version. Any flaw and nothing is built. Expected decisions are tried afterwards, see
 * `expected.ts`, and only then may the version be used.
 * @param sources `model.conf`, `roles.csv`, pages and `<agreement>.expected.csv`; any other name is a flaw.
 * @param breathe awaited every few milliseconds, so that a large version can be built while questions are answered.
 */
export async function buildRulebook(
  sources: RulebookSources,
  vocabulary: Vocabulary,
  evaluate: Evaluate,
  breathe: Breathe = breatheBetweenEvents,
): Promise<BuiltRulebook> {
  const read = await readFiles(sources, vocabulary, breathe);
  if (read.flaws.length > 0) return { flaws: read.flaws };
  const { roles, pages } = read;
  const flaws = await inTurns(lintPages(pages, vocabulary), breathe);
  if (flaws.length > 0) return { flaws };

  const enforce = await compileEngine(sources.get('model.conf') ?? '');
  const rulesFor = await inTurns(compilingShards(enforce, pages, vocabulary, evaluate), breathe);
  return {
    rulebook: Object.freeze({
      digest: await inTurns(digesting(sources), breathe),
      roles,
      pages,
      rulesFor,
    }),
  };
}

async function readFiles(sources: RulebookSources, vocabulary: Vocabulary, breathe: Breathe) {
  const flaws: Flaw[] = [];
  const first = (file: string) => ({ file, line: 1, column: 1 });
  if (sources.size > MAX_FILES) {
    return { flaws: [flaw(first('policies'), 'csv/size', `at most ${MAX_FILES} files`)], roles: new Map(), pages: [] };
  }
  const source = (name: string) => {
    const text = sources.get(name);
    if (text === undefined) flaws.push(flaw(first(name), 'file/unreadable', 'this file among the policies'));
    return text ?? '';
  };
  flaws.push(...modelFlaws('model.conf', source('model.conf')));
  const { roles, flaws: roleFlaws } = readRoles('roles.csv', source('roles.csv'));
  for (const one of roleFlaws) flaws.push(one);
  if (!sources.has('everywhere.csv')) source('everywhere.csv');

  const pages: Page[] = [];
  for (const [file, text] of sources) {
    await breathe();
    if (file === 'model.conf') continue;
    if (!file.endsWith('.csv')) {
      flaws.push(flaw(first(file), 'file/unreadable', 'only model.conf and .csv files among the policies'));
      continue;
    }
    for (const one of unseenCharacters(file, text)) flaws.push(one);
    if (file === 'roles.csv') continue;
    if (file.endsWith(EXPECTED_SUFFIX)) {
      const name = file.slice(0, -EXPECTED_SUFFIX.length);
      if (vocabulary.agreements.has(name)) continue;
      flaws.push(flaw(first(file), 'file/expected-only', 'a file named after a page of an agreement'));
      continue;
    }
    const read = await inTurns(readingPage(file, text, roles, vocabulary), breathe);
    for (const one of read.flaws) flaws.push(one);
    if (read.page !== null) pages.push(read.page);
  }
  return { flaws, roles, pages };
}
