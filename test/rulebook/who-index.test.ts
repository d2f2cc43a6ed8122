import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Facts } from '../../src/domain/facts.ts';
import type { Rule, Who } from '../../src/domain/rule.ts';
import { whoCovers } from '../../src/rulebook/scope.ts';
import { atOnce } from '../../src/rulebook/turns.ts';
import { indexingRows } from '../../src/rulebook/who-index.ts';

function row(id: string, who: readonly Who[], dataset: string | null): Rule {
  const place = { file: 'deal.csv', line: 1, column: 1 };
  return {
    ...{ safe: 'people', id, who, what: { dataset }, conditions: [], limits: [], verdict: 'allow', terms: [] },
    ...{ place, cells: [] },
  };
}

const names = fc.constantFrom('a', 'b', 'c');
const part: fc.Arbitrary<Who> = fc.oneof(
  fc.constant<Who>({ kind: 'anyone' }),
  names.map((role): Who => ({ kind: 'role', role })),
  names.map((partner): Who => ({ kind: 'partner', partner })),
);
const rules = fc
  .array(fc.tuple(fc.array(part, { minLength: 1, maxLength: 3 }), fc.option(fc.constantFrom('cars', 'boats'))), {
    maxLength: 30,
  })
  .map((rows) => rows.map(([who, dataset], i) => row(`R${i}`, who, dataset)));
const callers: fc.Arbitrary<Facts> = fc
  .record({ partner: fc.option(names), roles: fc.option(fc.array(names, { maxLength: 3 })) })
  .map(({ partner, roles }) => ({
    ...(partner === null ? {} : { 'caller.partner': partner }),
    ...(roles === null ? {} : { 'caller.roles': roles }),
  }));

test('no row that may be for the caller and the dataset is left out, none comes twice, and their order stays', () => {
  fc.assert(
    fc.property(rules, callers, fc.constantFrom('cars', 'boats', 'planes'), (all, facts, dataset) => {
      const mayBe = (rule: Rule) =>
        whoCovers(rule.who, facts) !== 'unmet' && (rule.what.dataset === null || rule.what.dataset === dataset);
      const found = atOnce(indexingRows(all))(dataset, facts);
      expect(found.filter(mayBe)).toEqual(all.filter(mayBe));
      expect(found.every((rule) => rule.what.dataset === null || rule.what.dataset === dataset)).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});

test('rows for other partners are not looked at, though they name the same role', () => {
  const all = Array.from({ length: 1_000 }, (_, i) =>
    row(
      `R${i}`,
      [
        { kind: 'role', role: 'officer' },
        { kind: 'partner', partner: `p${i}` },
      ],
      null,
    ),
  );
  const find = atOnce(indexingRows(all));
  const facts = { 'caller.partner': 'p7', 'caller.roles': ['officer'] };
  expect(find('cars', facts).map((rule) => rule.id)).toEqual(['R7']);
  // Whoever has no known roles is still of one partner.
  expect(find('cars', { 'caller.partner': 'p7' })).toHaveLength(1);
});
