import type { Registry } from '../registry/registry.ts';
import { readingCells } from '../rulebook/cells.ts';
import { EXPECTED_COLUMNS } from '../rulebook/expected.ts';
import { REVIEW } from '../rulebook/review-rule.ts';
import type { Rulebook } from '../rulebook/rulebook.ts';
import { EXPECTED_SUFFIX, type RulebookSources } from '../rulebook/sources.ts';
import { flatMapSteps, type Steps } from '../rulebook/turns.ts';

/** A version as it reads, and as it is written. */
interface Written {
  readonly pages: Rulebook['pages'];
  readonly sources: RulebookSources;
}

type World = Pick<Registry, 'agreements' | 'dataset'>;

/** A row that is about datasets of some holders. */
interface Row {
  /** On which it begins, from 1. */
  readonly line: number;
  readonly text: string;
  readonly holders: readonly string[];
}

/**
 * Holders whose datasets a change is about. What follows is that nobody else need look, so all that is written counts: rules,
 * what is expected of them, and what is remarked beside them.
 * @returns null where it is about everybody's: roles, what stands above all agreements, the row of a page, a remark or the
 * order of rows. In steps.
 */
export function* touchedHolders(before: Written, after: Written, world: World): Steps<readonly string[] | null> {
  const holders = new Set<string>();
  for (const file of new Set([...before.sources.keys(), ...after.sources.keys()])) {
    if (before.sources.get(file) === after.sources.get(file)) continue;
    const found = yield* inFile(file, before, after, world);
    if (found === null) return null;
    for (const holder of found) holders.add(holder);
  }
  return [...holders];
}

function* inFile(file: string, before: Written, after: Written, world: World): Steps<readonly string[] | null> {
  const isExpected = file.endsWith(EXPECTED_SUFFIX);
  const above = /^holder-(.+)\.csv$/.exec(file)?.[1];
  if (above !== undefined && !isExpected) return [above];
  const rows = isExpected ? expectedRows : ruleRows;
  const was = yield* rows(file, before, world);
  const is = yield* rows(file, after, world);
  const gone = onlyIn(was, is);
  yield;
  const fresh = onlyIn(is, was);
  yield;
  if (besides(before.sources.get(file), gone) !== besides(after.sources.get(file), fresh)) return null;
  return [...gone, ...fresh].flatMap((row) => row.holders);
}

/** Rules of an agreement's page. The row of the page is not among them: it is everybody's who is on the page. */
function* ruleRows(file: string, { pages }: Written, { agreements, dataset }: World): Steps<readonly Row[]> {
  const page = pages.find((one) => one.kind === 'agreement' && one.file === file);
  const covered = agreements.find(({ id }) => id === page?.name)?.datasets ?? [];
  const holdersOf = (datasets: readonly string[]) => [...new Set(datasets.flatMap((id) => dataset(id)?.holder ?? []))];
  const everybody = holdersOf(covered);
  return yield* flatMapSteps(page?.rules ?? [], ({ id, what, cells, place }): readonly Row[] => {
    if (id === REVIEW) return [];
    const holders = what.dataset === null ? everybody : holdersOf([what.dataset]);
    return [{ line: place.line, text: JSON.stringify(cells), holders }];
  });
}

/** Expected decisions about a known dataset. Rows that say what the row of a page must say are not among them. */
function* expectedRows(file: string, { sources }: Written, { dataset }: World): Steps<readonly Row[]> {
  const [, ...rows] = (yield* readingCells(file, sources.get(file) ?? '')).rows;
  return yield* flatMapSteps(rows, (cells): readonly Row[] => {
    const texts = cells.map(({ text }) => text);
    const holder = dataset(texts[EXPECTED_COLUMNS.indexOf('dataset')] ?? '')?.holder;
    if (texts.length !== EXPECTED_COLUMNS.length || holder === undefined) return [];
    return [{ line: cells[0]?.line ?? 0, text: JSON.stringify(texts), holders: [holder] }];
  });
}

function onlyIn(rows: readonly Row[], others: readonly Row[]): readonly Row[] {
  const there = new Set(others.map(({ text }) => text));
  return rows.filter(({ text }) => !there.has(text));
}

/** What else is written, but for blank lines. Of a row over several lines the first alone is taken out: the others tell. */
function besides(source: string | undefined, rows: readonly Row[]): string {
  const lines = new Set(rows.map(({ line }) => line));
  return (source ?? '')
    .split(/\r\n|\r|\n/)
    .filter((text, i) => text.trim() !== '' && !lines.has(i + 1))
    .join('\n');
}
