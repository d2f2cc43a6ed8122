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

/** Another letter of the same case, or another digit: the next one. */
function nextLetter(letter: string): string {
  if (letter === 'z') return 'a';
  if (letter === 'Z') return 'A';
  if (letter === '9') return '0';
  return String.fromCharCode(letter.charCodeAt(0) + 1);
}

/** The cell with one letter or digit changed, once for each in it. */
function misspelt(cell: string): readonly string[] {
  return [...cell.matchAll(/[A-Za-z0-9]/g)].map(
    ({ index, 0: letter }) => cell.slice(0, index) + nextLetter(letter) + cell.slice(index + 1),
  );
}

describe.each(PAGES)('%s', (page) => {
  const rows = rowsOf(page);
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

  test.each(rows.map((row, at) => ({ row, at })))(
    'with a letter or digit of row $row.0 $row.1 mistyped',
    async ({ row, at }) => {
      const survivors: string[] = [];
      for (const [column, cell] of row.entries()) {
        // A dash says that nothing is said: there something is put in, and elsewhere the cell is emptied.
        for (const typo of [...misspelt(cell), ...(cell === '-' ? ['x', '0', ''] : ['-', ''])]) {
          const flaws = await flawsWith(page, rows.with(at, row.with(column, typo)));
          if (flaws.length === 0) survivors.push(`column ${column}: ${typo}`);
        }
      }
      expect(survivors).toEqual([]);
    },
  );

  test.each(rows.map((row, at) => ({ row, at })))('with a cell of row $row.0 $row.1 left out', async ({ row, at }) => {
    for (const column of row.keys()) {
      expect(await flawsWith(page, rows.with(at, row.toSpliced(column, 1)))).not.toEqual([]);
    }
  });

  test.each(rules)('with a condition or limit of row $row.1 left out', async ({ row, at }) => {
    const items = (row[4] ?? '-').split(' & ');
    const survivors: string[] = [];
    for (const [i, item] of items.entries()) {
      if (item === '-') continue;
      const flaws = await flawsWith(page, rows.with(at, row.with(4, items.toSpliced(i, 1).join(' & ') || '-')));
      // A project has one of the legal bases of its agreement, and that has only this one: nobody could do otherwise.
      if (flaws.length === 0 && item !== 'legal-basis:led-8') survivors.push(item);
    }
    expect(survivors).toEqual([]);
  });
});
