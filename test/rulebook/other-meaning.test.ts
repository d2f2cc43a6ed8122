import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/domain/json.ts';
import { filesOfOtherMeaning } from '../../src/rulebook/other-meaning.ts';

const BEFORE = {
  conditions: { mfa: { means: 'two factors' }, 'page-lapsed': { means: 'over' } },
  terms: { keep: { bound: 'days' } },
  treatments: { keep: { argument: 'none' }, mask: { argument: 'count' } },
};
const sources = new Map([
  ['model.conf', '[matchers]\nm = covers(r.facts, p.who, p.eft)'],
  ['deal.csv', 'settings, S1, anyone, any dataset, mfa & hours:07:00-19:00, allow, -'],
  ['trade.csv', 'outputs, O1, anyone, any dataset (records), rows<=9, allow, release keep<=30d'],
]);
const changed = (list: keyof typeof BEFORE, more: JsonObject) =>
  filesOfOtherMeaning(BEFORE, { catalogue: { ...BEFORE, [list]: { ...BEFORE[list], ...more } }, sources });

test.each([
  ['nothing', 'conditions', {}, []],
  ['a condition that one page names', 'conditions', { mfa: { means: 'three factors' } }, ['deal.csv']],
  ['a term with a bound behind it', 'terms', { keep: { bound: 'hours' } }, ['trade.csv']],
  ['of two lists with one name, the one', 'treatments', { keep: { argument: 'count' } }, ['trade.csv']],
  ['a word that no page has', 'treatments', { mask: { argument: 'none' } }, []],
  ['a new word', 'treatments', { blur: { argument: 'none' } }, []],
  ['what the row of every page says', 'conditions', { 'page-lapsed': { means: 'near' } }, [...sources.keys()]],
] as const)('%s', (_, list, more, files) => {
  expect(changed(list, more)).toEqual(files);
});

test('a word that is declared no more', () => {
  expect(filesOfOtherMeaning(BEFORE, { catalogue: { ...BEFORE, conditions: {} }, sources })).toEqual([
    ...sources.keys(),
  ]);
});
