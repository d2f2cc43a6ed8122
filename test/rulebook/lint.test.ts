import { describe, expect, test } from 'vitest';
import { DAY } from '../../src/domain/time.ts';
import type { FlawCode } from '../../src/rulebook/flaw.ts';
import { examineVersion, type RulesetContext } from '../../src/ruleset.ts';
import { exampleConfig, examplePolicies, NOW, rulesetContext } from '../builders.ts';
import { HARBOUR_DENIED } from './example-vocabulary.ts';

const PAGE = 'vehicle-tracing.csv';
const context: RulesetContext = rulesetContext(exampleConfig());

async function remarks(change: (sources: Map<string, string>) => void, now = NOW, within = context) {
  const sources = examplePolicies();
  change(sources);
  return (await examineVersion(sources, within, now)).remarks;
}

/** Codes for rows added to the example's page, each with its line below the page's last; coverage aside. */
async function codesOf(...rows: readonly string[]): Promise<string[]> {
  const lines = (examplePolicies().get(PAGE) ?? '').trimEnd().split('\n').length;
  const found = await remarks((s) => s.set(PAGE, `${s.get(PAGE)?.trimEnd()}\n${rows.join('\n')}\n`));
  return found
    .filter((r) => !r.code.startsWith('expected/') && r.code !== 'field/withheld')
    .map((r) => `${r.line - lines} ${r.code}`);
}

test('the example has nothing to be changed; what it withholds is noted', async () => {
  const found = await remarks(() => {});
  expect(found.map((r) => [r.code, r.severity])).toEqual([
    ['field/withheld', 'note'],
    ['field/withheld', 'note'],
  ]);
  expect(found[0]?.expected).toContain('vehicle.colour');
  expect(found[0]).toMatchObject({ file: PAGE, remedy: expect.any(String) });
});

describe('rows that do nothing', () => {
  test.each<[string, readonly string[], string[]]>([
    [
      'the same twice',
      ['settings, S8, anyone, any dataset, not mfa, deny, -', 'settings, S9, anyone, any dataset, not mfa, deny, -'],
      ['2 row/duplicate'],
    ],
    [
      'the same, its conditions turned round',
      [
        'settings, S8, anyone, any dataset, not mfa & not bound-token, deny, -',
        'settings, S9, anyone, any dataset, not bound-token & not mfa, deny, -',
      ],
      ['2 row/duplicate'],
    ],
    [
      'narrower who',
      [
        'settings, S8, anyone, any dataset, not mfa, deny, -',
        'settings, S9, role:auditor, any dataset, not mfa, deny, -',
      ],
      ['2 row/shadowed'],
    ],
    [
      'narrower who, above',
      [
        'settings, S9, role:auditor, any dataset, not mfa, deny, -',
        'settings, S8, anyone, any dataset, not mfa, deny, -',
      ],
      ['1 row/shadowed'],
    ],
    [
      'a role that includes the other',
      [
        'settings, S8, role:investigator, any dataset, not mfa, deny, -',
        'settings, S9, role:senior-investigator, any dataset, not mfa, deny, -',
      ],
      ['2 row/shadowed'],
    ],
    [
      'narrower what',
      [
        'settings, S8, role:auditor, any dataset, not mfa, deny, -',
        'settings, S9, role:auditor, dealer-sales (hit), not mfa, deny, -',
      ],
      ['2 row/shadowed'],
    ],
    [
      'more conditions',
      [
        'settings, S8, role:auditor, any dataset, not mfa, deny, -',
        'settings, S9, role:auditor, any dataset, not mfa & hours:00:00-05:00, deny, -',
      ],
      ['2 row/shadowed'],
    ],
    [
      'an allow row within another',
      [
        'people, P9, role:senior-investigator & partner:kestrel-police, dealer-sales, accreditation:vehicle-crime & training:data-protection<=365d & not suspended, allow, -',
      ],
      ['1 row/shadowed'],
    ],
    [
      'a deny row that the page above has',
      ['people, P9, role:investigator, any dataset, suspended, deny, -'],
      ['1 row/shadowed'],
    ],
    ['a deny row for all', ['settings, S9, anyone, any dataset, not hours:07:00-19:00, deny, -'], ['-45 row/shadowed']],
    [
      'other roles, other conditions, other datasets',
      [
        'settings, S8, role:auditor, dealer-sales, not mfa, deny, -',
        'settings, S9, role:auditor, tidewater-sales, not mfa, deny, -',
        'settings, S7, role:analyst, dealer-sales, not bound-token, deny, -',
      ],
      [],
    ],
    [
      'a narrower output, which adds its limits',
      [
        'outputs, O9, role:senior-investigator, dealer-sales (records), by:vin(full) & rows<=3, allow, release no-onward',
      ],
      [],
    ],
  ])('%s', async (_, rows, expected) => {
    const found = await codesOf(...rows);
    expect(found.map((f) => f.replace(/^-\d+/, '-45'))).toEqual(expected);
  });

  test('what a deny row always refuses', async () => {
    expect(await codesOf('data, D99, role:analyst, tidewater-sales, -, deny, -')).toEqual([
      expect.stringMatching(/^-\d+ row\/contradicted$/),
    ]);
    const [found] = (
      await remarks((s) => s.set(PAGE, `${s.get(PAGE)}data, D99, role:analyst, tidewater-sales, -, deny, -\n`))
    ).filter((r) => r.code === 'row/contradicted');
    expect(found?.expected).toContain('D21');
    expect(found?.severity).toBe('warning');
  });

  test("a holder's page counts for its own datasets alone", async () => {
    const found = await remarks((s) =>
      s.set(
        'holder-tidewater-cars.csv',
        HARBOUR_DENIED.replace('northgate-motors', 'tidewater-cars').replace(
          'projects, H1, partner:harbour-police, dealer-sales, -',
          'data, H1, role:analyst, any dataset, -',
        ),
      ),
    );
    expect(found.filter((r) => r.code === 'row/contradicted').map((r) => r.expected)).toEqual([
      expect.stringContaining('D21'),
    ]);
  });

  test("rows of a holder's page for any of its datasets are held against each other, and against those for all", async () => {
    const rows = [
      'data, H1, role:analyst, any dataset, -, deny, -',
      'data, H2, role:analyst, any dataset, -, deny, -',
      'data, H3, role:analyst, any dataset, paused, deny, -',
      'data, H4, anyone, any dataset, paused, deny, -',
    ];
    const page = HARBOUR_DENIED.replace(/projects, H1.*/, rows.join('\n'));
    const found = await remarks((s) => s.set('holder-northgate-motors.csv', page));
    expect(found.filter((r) => /^row\/(dup|shad)/.test(r.code)).map((r) => `${r.line} ${r.code}`)).toEqual([
      '4 row/duplicate',
      '5 row/shadowed',
      // E5 of everywhere.csv says it of all datasets.
      '6 row/shadowed',
    ]);
  });

  test.each<[string, string]>([
    ['two partners', 'settings, S9, partner:kestrel-police & partner:harbour-police, any dataset, not mfa, deny, -'],
    ['a condition and its contrary', 'settings, S9, role:auditor, any dataset, mfa & not mfa & bound-token, allow, -'],
    [
      'hours without a minute',
      'settings, S9, role:auditor, any dataset, hours:07:00-09:00 & hours:09:00-12:00, allow, -',
    ],
    ['two kinds of search', 'outputs, O9, role:auditor, any dataset (hit), by:vin & by:registration, allow, release'],
    [
      'a search that the dataset does not have',
      'outputs, O9, role:auditor, any dataset (hit), by:hull-number, allow, release',
    ],
  ])('%s: row/unreachable', async (_, row) => {
    expect(await codesOf(row)).toContain('1 row/unreachable');
  });

  test('a hit that no row of data lets leave', async () => {
    const row = 'outputs, O9, role:analyst, tidewater-sales (hit), by:vin, allow, release';
    const found = await remarks((s) => s.set(PAGE, `${s.get(PAGE)?.replace(/data, +D2[01].*\n/g, '')}${row}\n`));
    expect(found.filter((r) => r.code === 'row/unreachable').map((r) => r.expected)).toEqual([
      'a row of data that lets something of tidewater-sales leave at output level hit',
    ]);
    expect(await codesOf(row)).toEqual([]);
  });
});

test('people of every party: who/wide', async () => {
  expect(await codesOf('people, P9, role:auditor, any dataset (hit), training:data-protection<=9d, allow, -')).toEqual([
    '1 who/wide',
  ]);
});

test('names that nobody carries any more: name/nobody, name/expired', async () => {
  expect(
    await codesOf(
      'people, P9, role:auditor & partner:harbour-police, any dataset (hit), accreditation:boats, allow, -',
    ),
  ).toEqual(['1 name/nobody']);
  expect(
    await codesOf(
      'people, P9, role:auditor & partner:harbour-police, any dataset (hit), training:first-aid<=9d, allow, -',
    ),
  ).toEqual(['1 name/nobody']);
  const later = await remarks(() => {}, Date.parse('2029-01-02'));
  expect(new Set(later.map((r) => r.code))).toEqual(
    new Set<FlawCode>(['field/withheld', 'name/nobody', 'name/expired', 'review/lapsed']),
  );
});

describe('the day of review', () => {
  const lapses = Date.parse('2027-03-02T00:00+01:00');
  test.each<[string, number, string | undefined]>([
    ['61 days before', lapses - 61 * DAY, undefined],
    ['59 days before', lapses - 59 * DAY, 'review/60-days'],
    ['29 days before', lapses - 29 * DAY, 'review/30-days'],
    ['6 days before', lapses - 6 * DAY, 'review/7-days'],
    ['on its last minute', lapses - 1, 'review/7-days'],
    ['when it is over', lapses, 'review/lapsed'],
  ])('%s', async (_, now, code) => {
    const found = (await remarks(() => {}, now)).filter((r) => r.code.startsWith('review/') && r.file === PAGE);
    expect(found.map((r) => r.code)).toEqual(code === undefined ? [] : [code]);
    expect(found.every((r) => r.severity === 'warning' && r.line > 2)).toBe(true);
  });
});

describe('expected decisions', () => {
  const EXPECTED = 'vehicle-tracing.expected.csv';
  const without = (pattern: RegExp) => (s: Map<string, string>) =>
    s.set(EXPECTED, (s.get(EXPECTED) ?? '').replace(pattern, ''));

  test('every rule is decided by one: expected/uncovered', async () => {
    const found = (await remarks(without(/.*refuse settings\/hours S2.*\n/g))).filter((r) => r.severity === 'error');
    expect(found).toMatchObject([
      { code: 'expected/uncovered', file: PAGE, expected: expect.stringContaining('S2 refuses') },
    ]);
  });

  test('also those of the pages above, and the page row', async () => {
    const found = await remarks(without(/.*(people\/suspended|page-lapsed).*\n/g));
    expect(
      found.filter((r) => r.severity === 'error').map((r) => [r.file, r.line, r.expected.includes('REVIEW')]),
    ).toEqual([
      [PAGE, 4, true],
      ['everywhere.csv', 5, false],
    ]);
  });

  test('an allow row that is merely named by a refusal does not count', async () => {
    const found = await remarks(without(/.*allow P3.*\n/g));
    expect(found.filter((r) => r.severity === 'error').map((r) => r.expected)).toEqual(
      [expect.stringContaining('P3 allows'), expect.stringContaining('J2 allows')].slice(0, 1),
    );
  });

  // Words of the case "nobody without the accreditation", which expects a refusal whatever they say.
  test.each([
    [/kestrel-police(?=, investigator, training)/, 'kestrel-polite', 'there is no partner "kestrel-polite"'],
    [/investigator(?=, training)/, 'investigater', 'there is no role "investigater"'],
    [/SuspectedCrimeInvestigation/, 'Curiosity', 'there is no purpose "Curiosity"'],
    [/police-lan/, 'police-wan', 'there is no network "police-wan"'],
    [/mfa bound/, 'mfa2 bound', '"mfa2" is not understood in "sign-in"'],
    [/op-gearbox/, 'op-gear', 'there is no project "op-gear"'],
    [/member/, 'membre', '"membre" is not understood in "standing"'],
    [/data-protection@2026-06-02/, 'data-protection@2026-06-31', '@2026-06-31" is not understood in "standing"'],
    [/member/, 'member undertaking:secrecy@2026-06-02', 'undertaking:secrecy@2026-06-02" is not understood'],
  ])('of something that nobody knows: %s as %s', async (was, is, said) => {
    const found = await remarks((s) => {
      const text = s.get(EXPECTED) ?? '';
      const row = /^nobody without the accreditation.*$/m.exec(text)?.[0] ?? '';
      expect(row.replace(was, is)).not.toBe(row);
      s.set(EXPECTED, text.replace(row, row.replace(was, is)));
    });
    expect(found.filter((r) => r.severity === 'error').map((r) => [r.code, r.expected])).toEqual([
      ['expected/decision', expect.stringContaining(said)],
    ]);
  });

  test.each(['2027-03-28T02:30', '2026-10-25T02:30', '2026-11-23', '2026-13-01T10:00', '2026-02-30T10:00Z'])(
    '%s is no time: expected/shape',
    async (at) => {
      const found = await remarks((s) => s.set(EXPECTED, (s.get(EXPECTED) ?? '').replace('2026-11-23T18:59', at)));
      expect(found.filter((r) => r.severity === 'error').map((r) => r.code)).toEqual(['expected/shape']);
    },
  );

  test('of a page that is not there: file/expected-only', async () => {
    expect((await remarks((s) => s.set('boats.expected.csv', ''))).map((r) => r.code)).toEqual(['file/expected-only']);
  });

  test('what a page row must say', async () => {
    const found = await remarks((s) => s.set(EXPECTED, `${s.get(EXPECTED)}page, boats, owner=x review=2027-03-01\n`));
    expect(found.filter((r) => r.severity === 'error').map((r) => r.expected)).toEqual([
      expect.stringContaining('boats: "owner=x review=2027-03-01", but it is "missing"'),
    ]);
  });
});
