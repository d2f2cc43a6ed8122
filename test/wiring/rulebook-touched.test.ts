import { expect, test } from 'vitest';
import { readPage } from '../../src/rulebook/page.ts';
import { readRoles } from '../../src/rulebook/roles.ts';
import type { RulebookSources } from '../../src/rulebook/sources.ts';
import { atOnce } from '../../src/rulebook/turns.ts';
import { vocabularyOf } from '../../src/ruleset.ts';
import { touchedHolders as touching } from '../../src/wiring/rulebook-touched.ts';
import { exampleConfig, examplePolicies } from '../builders.ts';

const { registry, networks } = exampleConfig();
const PAGE = 'vehicle-tracing.csv';
const EXPECTED = 'vehicle-tracing.expected.csv';
const POLICIES = examplePolicies();

const touchedHolders = (...args: Parameters<typeof touching>) => atOnce(touching(...args));

function written(sources: RulebookSources) {
  const { roles } = readRoles('roles.csv', sources.get('roles.csv') ?? '');
  const files = [...sources].filter(([file]) => /^(everywhere|vehicle-tracing|holder-[a-z-]+)\.csv$/.test(file));
  const pages = files.map(([file, text]) => {
    const { page, flaws } = readPage(file, text, roles, vocabularyOf(registry, networks));
    if (page === null) throw new Error(JSON.stringify(flaws));
    return page;
  });
  return { pages, sources };
}

/** Holders touched where a text of one file is another. */
function touched(file: string, was: string | RegExp, is: string) {
  const text = POLICIES.get(file) ?? '';
  const next = text.replace(was, is);
  expect(next).not.toBe(text);
  return touchedHolders(written(POLICIES), written(new Map(POLICIES).set(file, next)), registry);
}

test('rows are their holders’, changed, gone or new', () => {
  expect(touched(PAGE, /^data, +D9,.*\n/m, '')).toEqual(['northgate-motors']);
  expect(touched(PAGE, /^(data, +D28,.*)drop$/m, '$1keep')).toEqual(['tidewater-cars']);
  expect(new Set(touched(PAGE, 'auth-age<=8h', 'auth-age<=4h'))).toEqual(
    new Set(['northgate-motors', 'tidewater-cars']),
  );
  expect(touched(EXPECTED, /^a hit at Tidewater,.*\n/m, '')).toEqual(['tidewater-cars']);
  expect(touched(EXPECTED, 'not without a case,', 'never without a case,')).toEqual(['northgate-motors']);
  expect(touched(PAGE, /\n\n/g, '\r\n')).toEqual([]);
});

test('a page above agreements that a holder keeps is its own, remarks included', () => {
  const held = `// Ours.\n${(POLICIES.get('everywhere.csv') ?? '').replace(/^(page, *-, *)everywhere/m, '$1holder-northgate-motors')}`;
  const after = new Map(POLICIES).set('holder-northgate-motors.csv', held);
  expect(touchedHolders(written(POLICIES), written(after), registry)).toEqual(['northgate-motors']);
});

test.each([
  ['a role', 'roles.csv', /^senior-investigator, +investigator/m, 'senior-investigator, -'],
  ['a remark on roles', 'roles.csv', /^/, '// x\n'],
  ['a remark above all', 'everywhere.csv', /^/, '// x\n'],
  ['the row of the page', PAGE, /owner=\S+/, 'owner=somebody'],
  ['the day of review', PAGE, /review=\d{4}/, 'review=2029'],
  ['a remark', PAGE, ': a smaller dealer that gives less', ''],
  ['the order of rows', PAGE, /^(data, +D28,.*\n)(data, +D29,.*\n)/m, '$2$1'],
  ['a remark on what is expected', EXPECTED, /^\/\/ .*\n/m, ''],
  ['what the row of a page must say', EXPECTED, /^page, everywhere,.*\n/m, ''],
  ['a case said twice', EXPECTED, /^(not without a case,.*\n)/m, '$1$1'],
  ['a remark inside a row', EXPECTED, /^not without a case,/m, '"not without a case\n// agreed by all",'],
])('everybody’s: %s', (_what, file, was, is) => {
  expect(touched(file, was, is)).toBeNull();
});
