import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_ROWS, readCells } from '../../src/rulebook/cells.ts';
import { readRoles } from '../../src/rulebook/roles.ts';
import { buildRulebook, type Rulebook } from '../../src/rulebook/rulebook.ts';
import { atOnce } from '../../src/rulebook/turns.ts';
import { strangersAllowed } from '../../src/ruleset/stranger.ts';
import { buildRuleset, examineVersion, type RulesetContext, vocabularyOf } from '../../src/ruleset.ts';
import { evaluateCondition } from '../../src/safes/conditions/index.ts';
import { exampleConfig, examplePolicies, NOW, rulesetContext } from '../builders.ts';

const context: RulesetContext = rulesetContext(exampleConfig());
const PAGE = 'vehicle-tracing.csv';

async function codesWith(file: string, text: string): Promise<readonly string[]> {
  const built = await buildRuleset(examplePolicies().set(file, text), context);
  return 'flaws' in built ? built.flaws.map((f) => f.code) : [];
}

describe('what is too large is a flaw and nothing else', () => {
  test('rows', () => {
    const page = (rows: number) => 'a,b\n'.repeat(rows);
    expect(readCells('f.csv', page(MAX_ROWS + 2)).flaws).toEqual([]);
    expect(readCells('f.csv', page(MAX_ROWS + 2)).rows).toHaveLength(MAX_ROWS + 2);
    expect(readCells('f.csv', page(MAX_ROWS + 3))).toMatchObject({
      ...{ rows: [], flaws: [{ code: 'csv/size', line: MAX_ROWS + 3 }] },
    });
  });

  test.each([
    ['one line', 'x'.repeat(4_000_000)],
    ['one quoted cell', `"${'x\n'.repeat(2_000_000)}"`],
    ['one comment', `//${'x'.repeat(4_000_000)}`],
    ['quotes alone', '"'.repeat(4_000_000)],
    ['commas alone', ','.repeat(4_000_000)],
    ['blank lines', '\n'.repeat(4_000_000)],
    ['blanks', ' '.repeat(4_000_000)],
    ['a mistake in each line', 'a"\n'.repeat(1_000_000)],
  ])('four megabytes: %s', (_, text) => {
    const began = performance.now();
    const { flaws } = readCells('f.csv', text);
    expect(flaws.length).toBeLessThanOrEqual(1_001);
    expect(performance.now() - began).toBeLessThan(3_000);
  });

  test('mistakes: page/more-flaws', async () => {
    const codes = await codesWith(PAGE, `${examplePolicies().get(PAGE)}${'x,x,x,x,x,x,x\n'.repeat(5_000)}`);
    expect(codes).toHaveLength(1_001);
    expect(codes.at(-1)).toBe('page/more-flaws');
  });

  test('conditions of a row: condition/too-many', async () => {
    const row = `settings, S9, anyone, any dataset, ${Array(13).fill('mfa').join(' & ')}, deny, -`;
    expect(await codesWith(PAGE, `${examplePolicies().get(PAGE)}${row}\n`)).toEqual(['condition/too-many']);
  });

  test('roles: roles/depth, roles/cycle', () => {
    const chain = (n: number) =>
      `role,includes\n${Array.from({ length: n }, (_, i) => `r${i},${i === n - 1 ? '-' : `r${i + 1}`}`).join('\n')}\n`;
    expect(readRoles('roles.csv', chain(32)).flaws).toEqual([]);
    expect(readRoles('roles.csv', chain(32)).roles.get('r0')).toHaveLength(32);
    expect(readRoles('roles.csv', chain(40)).flaws[0]).toMatchObject({ code: 'roles/depth', line: 2 });
    expect(readRoles('roles.csv', chain(301)).flaws.map((f) => f.code)).toEqual(['roles/depth']);
    expect(readRoles('roles.csv', 'role,includes\na,a\n').flaws.map((f) => f.code)).toEqual(['roles/cycle']);
    const everybody = Array.from({ length: 300 }, (_, i) => `r${i}`);
    const dense = everybody.map((r) => `${r},${everybody.join(' ')}`).join('\n');
    expect(readRoles('roles.csv', `role,includes\n${dense}\n`).flaws.map((f) => f.code)).toContain('roles/depth');
  });

  test('the model, and the number of files: csv/size', async () => {
    expect(await codesWith('model.conf', 'x\n'.repeat(1_000_000))).toContain('csv/size');
    const files = new Map(Array.from({ length: 5_000 }, (_, i) => [`p${i}.csv`, 'x']));
    const built = await buildRuleset(files, context);
    expect('flaws' in built && built.flaws.map((f) => f.code)).toEqual(['csv/size']);
  });
});

test.each(['\u202e', '\u200b', '\u0000', '\u001b', '\u2028', '\ud800', '\u00ad'])(
  '%j in a comment or a cell: text/unseen',
  async (hidden) => {
    const page = examplePolicies().get(PAGE) ?? '';
    const roles = examplePolicies().get('roles.csv') ?? '';
    expect(await codesWith(PAGE, page.replace('// People', `// Peo${hidden}ple`))).toEqual(['text/unseen']);
    expect(await codesWith(PAGE, page.replace('owner=privacy', `owner=priv${hidden}acy`))).toContain('text/unseen');
    expect(await codesWith('roles.csv', roles.replace('// A person', `// A per${hidden}son`))).toEqual(['text/unseen']);
  },
);

test('a byte order mark at the beginning is none, and CRLF ends a line', async () => {
  expect(await codesWith(PAGE, `\uFEFF${(examplePolicies().get(PAGE) ?? '').replaceAll('\n', '\r\n')}`)).toEqual([]);
});

test('any bytes as a page, made of real ones, give a version or flaws with places, never an exception', async () => {
  const real = [...examplePolicies()].filter(([name]) => name.endsWith('.csv'));
  const piece = fc.oneof(
    {
      weight: 4,
      arbitrary: fc
        .tuple(fc.constantFrom(...real), fc.nat(), fc.nat(400))
        .map(([[, text], at, length]) => text.slice(at % text.length).slice(0, length)),
    },
    { weight: 2, arbitrary: fc.uint8Array({ maxLength: 20 }).map((bytes) => new TextDecoder().decode(bytes)) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 10 }) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        '"',
        ',',
        '\n',
        '\r',
        '&',
        ' & not ',
        '<=',
        'anyone',
        'any dataset',
        ', allow, -\n',
        '__proto__',
        '\uFEFF',
        '\ud800',
      ),
    },
  );
  const soup = fc
    .tuple(fc.constantFrom(...real), fc.nat(), fc.nat(60), fc.array(piece, { maxLength: 6 }))
    .map(([[name, text], at, gap, pieces]) => {
      const cut = at % text.length;
      return { name, text: text.slice(0, cut) + pieces.join('') + text.slice(cut + gap) };
    });
  await fc.assert(
    fc.asyncProperty(soup, async ({ name, text }) => {
      const { built, remarks } = await examineVersion(examplePolicies().set(name, text), context, NOW);
      expect(built === null).toBe(remarks.some((r) => r.severity === 'error' && r.code !== 'expected/uncovered'));
      for (const { line, column, remedy } of remarks) {
        expect(line).toBeGreaterThan(0);
        expect(column).toBeGreaterThan(0);
        expect(remedy).not.toBe('');
      }
    }),
    { numRuns: 60 },
  );
});

test('rules that let a stranger in are never used: expected/allowed', async () => {
  const { registry, networks } = exampleConfig();
  const built = await buildRulebook(examplePolicies(), vocabularyOf(registry, networks), evaluateCondition);
  if ('flaws' in built) throw new Error('the example is no rulebook');
  const [page] = built.rulebook.pages.filter((p) => p.kind === 'agreement');
  if (page === undefined) throw new Error('the example has no page');
  expect(atOnce(strangersAllowed(page, registry, built.rulebook))).toEqual([]);
  // An engine that takes everybody for an investigator of Kestrel.
  const lax: Rulebook = {
    ...built.rulebook,
    rulesFor: (agreement, dataset) => {
      const ask = built.rulebook.rulesFor(agreement, dataset);
      const facts = {
        'caller.partner': 'kestrel-police',
        'caller.roles': ['analyst'],
        'training.data-protection': registry.agreement(agreement)?.from ?? 0,
      };
      return ask && ((question) => ask({ ...question, facts: { ...question.facts, ...facts } }));
    },
  };
  expect(atOnce(strangersAllowed(page, registry, lax)).map((f) => f.code)).toEqual([
    'expected/allowed',
    'expected/allowed',
  ]);
});
