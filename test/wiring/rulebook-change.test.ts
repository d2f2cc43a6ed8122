import { expect, test } from 'vitest';
import type { Page } from '../../src/rulebook/page.ts';
import { readPage } from '../../src/rulebook/page.ts';
import { readRoles } from '../../src/rulebook/roles.ts';
import { atOnce } from '../../src/rulebook/turns.ts';
import { vocabularyOf } from '../../src/ruleset.ts';
import { dutiesWiden } from '../../src/wiring/rulebook-change.ts';
import { exampleConfig, examplePolicies } from '../builders.ts';

const { registry, networks } = exampleConfig();
const { roles } = readRoles('roles.csv', examplePolicies().get('roles.csv') ?? '');
const HEAD =
  'safe, id, who, what, only if, verdict, then\npage, -, vehicle-tracing, -, -, -, owner=a review=2027-03-01\n';

/** A page with these rows of outputs: who, what, terms. */
function page(rows: readonly (readonly [string, string, string])[]): { pages: readonly Page[] } {
  const text = rows.map(
    ([who, what, terms], i) => `outputs, O${i}, ${who}, ${what}, rows<=9, allow, release ${terms}\n`,
  );
  const read = readPage('vehicle-tracing.csv', HEAD + text.join(''), roles, vocabularyOf(registry, networks));
  if (read.page === null) throw new Error(JSON.stringify(read.flaws));
  return { pages: [read.page] };
}

const { agreements } = registry;
const PROJECTS = ['kestrel-police', 'harbour-police'].map((partner) => ({ agreement: 'vehicle-tracing', partner }));
const taken = (was: Parameters<typeof page>[0], is: Parameters<typeof page>[0]) =>
  atOnce(dutiesWiden(page(was), page(is), agreements, PROJECTS)).map(({ partner, says }) => `${partner} ${says}`);

const KESTREL = 'partner:kestrel-police';
const HARBOUR = 'partner:harbour-police';
const BOTH = 'role:investigator';
const ANY = 'any dataset (records)';
const DEALER = 'dealer-sales (records)';

test.each<[string, Parameters<typeof page>[0], Parameters<typeof page>[0], string[]]>([
  ['a term for all', [[BOTH, ANY, '']], [[BOTH, ANY, 'no-onward']], ['kestrel-police', 'harbour-police']],
  ['for one of them', [[BOTH, ANY, '']], [[`${BOTH} & ${KESTREL}`, ANY, 'no-onward']], ['kestrel-police']],
  ['another number', [[KESTREL, ANY, 'keep<=30d']], [[KESTREL, ANY, 'keep<=9d']], ['kestrel-police']],
  [
    'the same under another id',
    [
      [HARBOUR, ANY, ''],
      [KESTREL, ANY, 'no-onward'],
    ],
    [[KESTREL, ANY, 'no-onward']],
    [],
  ],
  ['known from any dataset', [[KESTREL, ANY, 'no-onward']], [[KESTREL, DEALER, 'no-onward']], []],
  ['known of one dataset, now of any', [[KESTREL, DEALER, 'no-onward']], [[KESTREL, ANY, 'no-onward']], []],
  [
    'known of one dataset, now of another too',
    [
      [KESTREL, DEALER, 'no-onward'],
      [KESTREL, 'tidewater-sales (records)', ''],
    ],
    [[KESTREL, ANY, 'no-onward']],
    ['kestrel-police'],
  ],
  [
    'known of one dataset and less of the rest, now of any',
    [
      [KESTREL, DEALER, 'no-onward'],
      [KESTREL, ANY, ''],
    ],
    [[KESTREL, ANY, 'no-onward']],
    ['kestrel-police'],
  ],
  [
    'of one dataset, where there was none',
    [[KESTREL, DEALER, '']],
    [[KESTREL, DEALER, 'no-onward']],
    ['kestrel-police'],
  ],
  ['of another dataset', [[KESTREL, DEALER, '']], [[KESTREL, 'tidewater-sales (records)', 'no-onward']], []],
  ['at another output level', [[KESTREL, 'dealer-sales (hit)', '']], [[KESTREL, DEALER, 'no-onward']], []],
  ['known of the other partner alone', [[HARBOUR, ANY, 'no-onward']], [[KESTREL, ANY, 'no-onward']], []],
  [
    'carried by another row',
    [
      [KESTREL, ANY, ''],
      [BOTH, DEALER, 'no-onward'],
    ],
    [[KESTREL, DEALER, 'no-onward']],
    [],
  ],
  ['of people of two partners', [[`${KESTREL} & ${HARBOUR}`, ANY, '']], [[KESTREL, ANY, 'no-onward']], []],
  ['of who holds data and asks nothing', [[BOTH, ANY, '']], [['partner:northgate-motors', ANY, 'no-onward']], []],
])('%s', (_, was, is, partners) => {
  expect(taken(was, is).map((says) => says.split(' ')[0])).toEqual(partners);
});

test('it is said which term, on which page and row', () => {
  expect(taken([[KESTREL, ANY, '']], [[KESTREL, ANY, 'keep<=9d']])).toEqual([
    'kestrel-police takes on keep<=9d (vehicle-tracing, O0)',
  ]);
});
