import { beforeAll, describe, expect, test } from 'vitest';
import { readCells } from '../../src/rulebook/cells.ts';
import type { Flaw } from '../../src/rulebook/flaw.ts';
import { buildRuleset, type RulesetContext } from '../../src/ruleset.ts';
import { exampleConfig, examplePolicies, rulesetContext } from '../builders.ts';

/**
 * The example's pages, spoilt in every small way: lint or an expected decision must notice. What survives would be a
 * typing mistake that goes into force.
 */
const POLICIES = examplePolicies();
const PAGES = ['everywhere.csv', 'vehicle-tracing.csv'] as const;

let context: RulesetContext;
beforeAll(() => {
  context = rulesetContext(exampleConfig());
});

type Cells = readonly string[];

function rowsOf(page: string): readonly Cells[] {
  return readCells(page, POLICIES.get(page) ?? '').rows.map((row) => row.map((cell) => cell.text));
}

function textOf(rows: readonly Cells[]): string {
  return rows.map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')).join('\n');
}

async function flawsWith(page: string, rows: readonly Cells[]): Promise<readonly Flaw[]> {
  const built = await buildRuleset(new Map(POLICIES).set(page, textOf(rows)), context);
  return 'flaws' in built ? built.flaws : [];
}

/** Another letter of the same case: the next in the alphabet. */
function nextLetter(letter: string): string {
  if (letter === 'z') return 'a';
  if (letter === 'Z') return 'A';
  return String.fromCharCode(letter.charCodeAt(0) + 1);
}

/** The cell with one letter changed, once for each letter in it. */
function misspelt(cell: string): readonly string[] {
  return [...cell.matchAll(/[A-Za-z]/g)].map(
    ({ index, 0: letter }) => cell.slice(0, index) + nextLetter(letter) + cell.slice(index + 1),
  );
}

describe.each(PAGES)('%s', (page) => {
  const rows = rowsOf(page);
  // The header and the page row are not rules.
  const rules = rows.map((row, at) => ({ row, at })).slice(2);

  test('as it is, is a rulebook', async () => {
    expect(await flawsWith(page, rows)).toEqual([]);
    expect(rules.length).toBeGreaterThan(4);
  });

  test.each(rules)('without row $row.1', async ({ at }) => {
    expect(await flawsWith(page, rows.toSpliced(at, 1))).not.toEqual([]);
  });

  test.each(rules)('with the verdict of row $row.1 turned round', async ({ row, at }) => {
    const turned = row.with(5, row[5] === 'allow' ? 'deny' : 'allow');
    expect(await flawsWith(page, rows.with(at, turned))).not.toEqual([]);
    // A deny row must say nothing in `then`: whoever turns a row round may well see to that.
    expect(await flawsWith(page, rows.with(at, turned.with(6, '-')))).not.toEqual([]);
  });

  test.each(rules)('with a letter of row $row.1 mistyped', async ({ row, at }) => {
    const survivors: string[] = [];
    for (const [column, cell] of row.entries()) {
      if (cell === '-') continue;
      for (const typo of misspelt(cell)) {
        const flaws = await flawsWith(page, rows.with(at, row.with(column, typo)));
        if (flaws.length === 0) survivors.push(`column ${column}: ${typo}`);
      }
    }
    expect(survivors).toEqual([]);
  });
});
