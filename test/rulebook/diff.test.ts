import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diffingVersions } from '../../src/rulebook/diff.ts';
import type { RulebookSources } from '../../src/rulebook/sources.ts';
import { atOnce, inTurns } from '../../src/rulebook/turns.ts';
import { examplePolicies } from '../builders.ts';

const PAGE = 'vehicle-tracing.csv';
const diffVersions = (before: RulebookSources, after: RulebookSources) => atOnce(diffingVersions(before, after));

function said(change: (sources: Map<string, string>) => void) {
  const after = examplePolicies();
  change(after);
  return diffVersions(examplePolicies(), after).map((c) => c.say);
}
const on = (file: string, was: string | RegExp, is: string) => (s: Map<string, string>) =>
  s.set(file, (s.get(file) ?? '').replace(was, is));

test('the same is no difference, and comments are said to be that', () => {
  expect(said(() => {})).toEqual([]);
  expect(said(on(PAGE, '// People:', '// Persons:'))).toEqual([expect.stringContaining('only comments')]);
});

test.each<[string, (s: Map<string, string>) => void, string[]]>([
  [
    'a cell',
    on(PAGE, 'allow,   mask(3)', 'allow, mask(4)'),
    ['vehicle-tracing: D9 in data changes "then" from "mask(3)" to "mask(4)".'],
  ],
  [
    'a row more',
    on(PAGE, /$/, 'settings, S9, anyone, any dataset, not mfa, deny, -\n'),
    ['vehicle-tracing: S9 is new in settings: anyone, any dataset, not mfa, deny, -.'],
  ],
  [
    'a row less',
    on('everywhere.csv', /data, +E5.*\n/, ''),
    ['everywhere: E5 is gone from data: anyone, any dataset, paused, deny, -.'],
  ],
  [
    'the day of review',
    on(PAGE, 'review=2027-03-01', 'review=2028-03-01'),
    ['vehicle-tracing: review is 2028-03-01, it was 2027-03-01.'],
  ],
  [
    'the owner',
    on('everywhere.csv', 'owner=partnership-board', 'owner=x'),
    ['everywhere: owner is x, it was partnership-board.'],
  ],
  [
    'a role that includes another',
    on('roles.csv', /analyst, +-/, 'analyst, auditor'),
    ['The role analyst now includes auditor; it included no other.'],
  ],
  ['a role more', on('roles.csv', /$/, 'clerk, analyst\n'), ['The role clerk is new and includes analyst.']],
  [
    'an expected decision',
    on('vehicle-tracing.expected.csv', /not in the evening.*\n/, ''),
    ['vehicle-tracing: 0 expected decisions are new or changed, 1 are gone or were other.'],
  ],
  [
    'a page more',
    (s) => s.set('holder-x.csv', 'safe,id,who,what,only if,verdict,then\n'),
    ['The page holder-x is new.'],
  ],
  [
    'a page less',
    (s) => s.delete('everywhere.csv'),
    [
      'The page everywhere is gone.',
      expect.stringContaining('owner is not said'),
      expect.any(String),
      ...Array(5).fill(expect.stringContaining('is gone from')),
    ],
  ],
])('%s', (_, change, expected) => {
  expect(said(change)).toEqual(expected);
});

test('rows in another order', () => {
  const swap = (s: Map<string, string>) =>
    s.set(PAGE, (s.get(PAGE) ?? '').replace(/(projects, J1.*\n)(projects, J2.*\n)/, '$2$1'));
  expect(said(swap)).toEqual([expect.stringContaining('another order')]);
});

test('as data: which cell, from what to what', () => {
  const after = examplePolicies();
  on(PAGE, 'rows<=20', 'rows<=200')(after);
  expect(diffVersions(examplePolicies(), after)).toMatchObject([
    {
      ...{ kind: 'rule-changed', page: 'vehicle-tracing', safe: 'outputs', rule: 'O1', column: 'only if' },
      ...{ from: 'by:vin(full) & rows<=20 & per-day<=50', to: 'by:vin(full) & rows<=200 & per-day<=50' },
    },
  ]);
});

test('whatever differs is told, whatever the text, and turned round the other way', () => {
  const text = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', 'P1', 'page', 'owner=x', ' '), maxLength: 60 });
  fc.assert(
    fc.property(
      fc.constantFrom(PAGE, 'roles.csv', 'model.conf', 'vehicle-tracing.expected.csv', 'holder-x.csv'),
      text,
      text,
      (file, a, b) => {
        const [before, after] = [new Map([[file, a]]), new Map([[file, b]])];
        expect(diffVersions(before, after).length > 0).toBe(a !== b);
        expect(diffVersions(after, before).length).toBe(diffVersions(before, after).length);
      },
    ),
  );
});

test('others get their turn while long pages are compared', async () => {
  const page = (x: string) => Array.from({ length: 6_000 }, (_, i) => `people,P${i},role:${x},any dataset,-,allow,-`);
  const [before, after] = ['a', 'b'].map((x) => new Map([[PAGE, page(x).join('\n')]]));
  if (before === undefined || after === undefined) throw new Error('no pages');
  let turns = 0;
  const found = await inTurns(diffingVersions(before, after), async () => void turns++);
  expect(found).toHaveLength(5_999);
  // Of its steps none handles more than some rows.
  expect(turns).toBeGreaterThan(6_000 / 64);
});
