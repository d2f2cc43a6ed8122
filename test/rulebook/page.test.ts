import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FLAW_CODES, type FlawCode } from '../../src/rulebook/flaw.ts';
import { readPage } from '../../src/rulebook/page.ts';
import { readRoles } from '../../src/rulebook/roles.ts';
import type { Vocabulary } from '../../src/rulebook/vocabulary.ts';
import { buildRuleset } from '../../src/ruleset.ts';
import { exampleConfig, examplePolicies, rulesetContext } from '../builders.ts';

const VOCABULARY: Vocabulary = {
  partners: new Set(['police', 'dealer', 'other']),
  networks: new Set(['lan']),
  agreements: new Map([
    [
      'deal',
      {
        parties: new Set(['police', 'dealer']),
        datasets: ['sales'],
        purposes: ['CrimeInvestigation'],
        legalBases: ['led-8'],
        undertakings: [{ id: 'silence' }],
      },
    ],
  ]),
  datasets: new Map([
    [
      'sales',
      {
        holder: 'dealer',
        fields: new Map([
          ['name', 'text' as const],
          ['born', 'date' as const],
        ]),
        schemes: new Set(['vin']),
      },
    ],
    ['boats', { holder: 'other', fields: new Map([['name', 'text' as const]]), schemes: new Set(['hull-number']) }],
  ]),
};
const { roles: ROLES } = readRoles('roles.csv', 'role,includes\ninvestigator,-\n');
const HEAD = 'safe,id,who,what,only if,verdict,then\npage,-,deal,-,-,-,owner=office review=2027-03-01\n';

function read(text: string, file = 'deal.csv') {
  return readPage(file, text, ROLES, VOCABULARY);
}

function flawsOf(row: string, file = 'deal.csv', head = HEAD) {
  return read(`${head}${row}\n`, file).flaws.map((f) => `${f.line}:${f.column} ${f.code}`);
}

describe('a page is read strictly', () => {
  test('a row in order is a rule', () => {
    const { page, flaws } = read(
      `${HEAD}outputs, O1, role:investigator & partner:police, sales (records), by:vin(full) & rows<=20, allow, release keep<=30d no-onward\n`,
    );
    expect(flaws).toEqual([]);
    expect(page?.rules.map((rule) => rule.id)).toEqual(['REVIEW', 'O1']);
    expect(page?.rules.slice(1)).toMatchObject([
      {
        safe: 'outputs',
        id: 'O1',
        who: [
          { kind: 'role', role: 'investigator' },
          { kind: 'partner', partner: 'police' },
        ],
        what: { dataset: 'sales', level: 'records' },
        conditions: [{ name: 'by', negated: false, argument: 'vin', full: true }],
        limits: [{ name: 'rows', bound: 20 }],
        verdict: 'allow',
        terms: [{ name: 'keep', bound: 30 }, { name: 'no-onward' }],
        place: { file: 'deal.csv', line: 3, column: 1 },
      },
    ]);
  });

  test.each<[string, string]>([
    ['People,P1,role:investigator,sales,-,allow,-', '3:1 safe/unknown'],
    ['people,p1,role:investigator,sales,-,allow,-', '3:8 id/shape'],
    ['people,P1,role:detective,sales,-,allow,-', '3:11 who/unknown'],
    ['people,P1,partner:other,sales,-,allow,-', '3:11 who/unknown'],
    ['people,P1,investigator,sales,-,allow,-', '3:11 who/unknown'],
    ['people,P1,-,sales,-,allow,-', '3:11 who/unknown'],
    ['people,P1,anyone,sales,-,allow,-', '3:11 who/wildcard'],
    ['projects,J1,anyone,sales,-,allow,-', '3:13 who/wildcard'],
    ['people,P1,role:investigator,boats,-,allow,-', '3:29 what/unknown'],
    ['people,P1,role:investigator,Sales,-,allow,-', '3:29 what/unknown'],
    ['people,P1,role:investigator,sales/name,-,allow,-', '3:29 what/field'],
    ['data,D1,anyone,sales/nme,-,allow,keep', '3:16 what/field'],
    ['data,D1,anyone,any dataset/name,-,allow,keep', '3:16 what/field'],
    ['data,D1,anyone,sales,-,allow,keep', '3:16 what/field'],
    ['data,D1,anyone,sales/name,-,deny,-', '3:16 what/field'],
    ['data,D1,anyone,sales/name (hit),-,allow,keep', '3:16 what/level'],
    ['people,P1,role:investigator,sales (statistics),-,allow,-', '3:29 what/level'],
    ['outputs,O1,anyone,sales,rows<=3,allow,release', '3:19 what/level'],
    ['people,P1,role:investigator,sales,accredited,allow,-', '3:35 condition/unknown'],
    ['people,P1,role:investigator,sales,MFA,allow,-', '3:35 condition/unknown'],
    ['people,P1,role:investigator,sales,mfa,allow,-', '3:35 condition/safe'],
    ['people,P1,role:investigator,sales,accreditation,allow,-', '3:35 condition/argument'],
    ['people,P1,role:investigator,sales,suspended:yes,allow,-', '3:35 condition/argument'],
    ['people,P1,role:investigator,sales,training:x,allow,-', '3:35 condition/bound'],
    ['people,P1,role:investigator,sales,training:x<=9h,allow,-', '3:35 condition/bound'],
    ['people,P1,role:investigator,sales,training:x<=0d,allow,-', '3:35 condition/bound'],
    ['people,P1,role:investigator,sales,suspended<=3d,allow,-', '3:35 condition/bound'],
    ['projects,J1,role:investigator,sales,purpose:CrimeDetection,allow,-', '3:37 condition/argument'],
    ['projects,J1,role:investigator,sales,purpose:Fishing,allow,-', '3:37 condition/argument'],
    ['projects,J1,role:investigator,sales,legal-basis:gdpr-6-1-f,allow,-', '3:37 condition/argument'],
    ['settings,S1,anyone,sales,network:wifi,allow,-', '3:26 condition/argument'],
    ['settings,S1,anyone,sales,hours:19:00-07:00,allow,-', '3:26 condition/argument'],
    ['settings,S1,anyone,sales,mfa & hours:9-17,allow,-', '3:32 condition/argument'],
    ['settings,S1,anyone,sales,rows<=3,allow,-', '3:26 limit/place'],
    ['outputs,O1,anyone,sales (records),by:licence & rows<=3,allow,release', '3:35 condition/argument'],
    ['outputs,O1,anyone,sales (records),by:vin,allow,release', '3:35 limit/missing'],
    ['outputs,O1,anyone,sales (records),rows,allow,release', '3:35 condition/bound'],
    ['outputs,O1,anyone,sales (records),rows<=3,deny,-', '3:35 limit/place'],
    ['outputs,O1,anyone,sales (records),rows<=3 & per-day<=0,allow,release', '3:45 condition/bound'],
    ['people,P1,role:investigator,sales,undertaking:noise<=9d,allow,-', '3:35 condition/argument'],
    ['people,P1,role:investigator,sales,undertaking:silence,allow,-', '3:35 condition/bound'],
    ['people,P1,role:investigator,sales,paused,allow,-', '3:35 condition/safe'],
    ['people,P1,role:investigator,sales,-,Allow,-', '3:37 verdict/unknown'],
    ['people,P1,role:investigator,sales,-,denny,-', '3:37 verdict/unknown'],
    ['people,P1,role:investigator,sales,-,allow,keep', '3:43 then/empty'],
    ['data,D1,anyone,sales/name,-,allow,kep', '3:35 then/unknown'],
    ['data,D1,anyone,sales/name,-,allow,year', '3:35 then/treatment'],
    ['data,D1,anyone,sales/name,-,allow,mask(0)', '3:35 then/treatment'],
    ['data,D1,anyone,sales/name,-,allow,keep(2)', '3:35 then/treatment'],
    ['data,D1,anyone,sales (hit),-,allow,keep', '3:36 then/unknown'],
    ['outputs,O1,anyone,sales (hit),-,allow,release keep<=30', '3:39 then/unknown'],
    ['outputs,O1,anyone,sales (hit),-,allow,release no-onward no-onward', '3:39 then/unknown'],
    ['outputs,O1,anyone,sales (hit),-,allow,review', '3:39 then/unknown'],
    ['people,P1,role:investigator,sales,-,allow', '3:1 csv/columns'],
    ['people,P1,role:investigator,sales,-,allow,-,', '3:1 csv/columns'],
    ['people,P1,role:"x",sales,-,allow,-', '3:16 csv/quote'],
    ['people,P1,"role:investigator,sales,-,allow,-', '3:11 csv/quote'],
    ['people,P1,"role:investigator"x,sales,-,allow,-', '3:30 csv/quote'],
  ])('%s → %s', (row, expected) => {
    expect(flawsOf(row)).toContain(expected);
  });

  test('a page without its first row, header, owner or review date is refused', () => {
    const rule = 'people,P1,role:investigator,sales,-,allow,-';
    expect(read('').flaws.map((f) => f.code)).toEqual(['page/header']);
    expect(read(`safe,id,who,what,if,verdict,then\n${rule}\n`).flaws.map((f) => f.code)).toEqual(['page/header']);
    expect(flawsOf(rule, 'deal.csv', 'safe,id,who,what,only if,verdict,then\n')).toContain('2:1 page/first-row');
    const head = (settings: string, name = 'deal') =>
      `safe,id,who,what,only if,verdict,then\npage,-,${name},-,-,-,${settings}\n`;
    expect(flawsOf(rule, 'deal.csv', head('review=2027-03-01'))).toEqual(['2:19 page/owner']);
    expect(flawsOf(rule, 'deal.csv', head('owner=x'))).toEqual(['2:19 page/review']);
    expect(flawsOf(rule, 'deal.csv', head('owner=x review=2027-02-30'))).toEqual(['2:19 page/review']);
    expect(flawsOf(rule, 'deal.csv', head('owner=x owner=y review=2027-03-01'))).toEqual(['2:19 page/duplicate']);
    expect(flawsOf(rule, 'deal.csv', head('owner=x reveiw=2027-03-01 review=2027-03-01'))).toEqual([
      '2:19 page/setting',
    ]);
    expect(flawsOf(rule, 'deal.csv', head('owner=x review=2027-03-01', 'steal'))).toEqual(['2:8 page/name']);
  });

  test('pages above agreements hold deny rows of their own scope only', () => {
    const head = (name: string) => HEAD.replace('deal', name);
    expect(
      flawsOf('people,E1,role:investigator,any dataset,-,allow,-', 'everywhere.csv', head('everywhere')),
    ).toContain('3:43 page/deny-only');
    expect(flawsOf('people,E1,anyone,any dataset,suspended,deny,-', 'everywhere.csv', head('everywhere'))).toEqual([]);
    expect(flawsOf('people,H1,anyone,boats,-,deny,-', 'holder-dealer.csv', head('holder-dealer'))).toEqual([
      '3:18 what/unknown',
    ]);
    expect(flawsOf('people,H1,anyone,boats,-,deny,-', 'holder-nobody.csv', head('holder-nobody'))).toContain(
      '1:1 page/agreement',
    );
    expect(flawsOf('people,P1,role:investigator,sales,-,allow,-', 'unsigned.csv', head('unsigned'))).toContain(
      '1:1 page/agreement',
    );
  });

  test('any text gives a page or flaws, never an exception', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom(
        ',',
        '"',
        '\n',
        '\r\n',
        '//',
        ' & ',
        'people',
        'allow',
        'sales',
        'role:investigator',
        'rows<=',
        '\uFEFF',
        '__proto__',
        'constructor',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const { page, flaws } = read(HEAD + pieces.join(''));
        expect(page === null).toBe(flaws.length > 0);
      }),
      { numRuns: 500 },
    );
  });

  test('names from object prototypes are no words of the catalogue', () => {
    expect(flawsOf('people,P1,role:investigator,sales,constructor,allow,-')).toEqual(['3:35 condition/unknown']);
    expect(flawsOf('data,D1,anyone,sales/name,-,allow,constructor')).toEqual(['3:35 then/unknown']);
    expect(flawsOf('outputs,O1,anyone,sales (hit),-,allow,release constructor')).toEqual(['3:39 then/unknown']);
  });
});

describe('the roles file', () => {
  test('is flattened, and cycles and unknown names are found', () => {
    const { roles, flaws } = readRoles('roles.csv', 'role,includes\na,b\nb,c\nc,-\nd,e\ne,d\nf,x\nf,-\n');
    expect(roles.get('a')).toEqual(['a', 'b', 'c']);
    expect(flaws.map((f) => `${f.line} ${f.code}`)).toEqual([
      '8 roles/shape',
      '5 roles/cycle',
      '6 roles/cycle',
      '7 roles/shape',
    ]);
    expect(readRoles('roles.csv', 'name,includes\na,-\n').flaws.map((f) => f.code)).toEqual(['roles/shape']);
  });
});

describe('a version is built whole or not at all', () => {
  async function flawsWith(change: (sources: Map<string, string>) => void): Promise<FlawCode[]> {
    const sources = examplePolicies();
    change(sources);
    const built = await buildRuleset(sources, rulesetContext(exampleConfig()));
    return 'flaws' in built ? built.flaws.map((f) => f.code) : [];
  }

  test('the example has no flaw', async () => {
    expect(await flawsWith(() => {})).toEqual([]);
  });

  test.each<[string, FlawCode, (s: Map<string, string>) => void]>([
    [
      'a model with one letter changed',
      'model/unknown',
      (s) => s.set('model.conf', (s.get('model.conf') ?? '').replace('!some(where (p.eft', '!some(where (p.etf')),
    ],
    [
      'a model that lacks its last matcher',
      'model/unknown',
      (s) => s.set('model.conf', (s.get('model.conf') ?? '').trimEnd().replace(/\n[^\n]*$/, '\n')),
    ],
    [
      'a model that begins a section twice',
      'model/unknown',
      (s) => s.set('model.conf', (s.get('model.conf') ?? '').replace('[matchers]', '[matchers]\n[matchers]')),
    ],
    ['no model', 'file/unreadable', (s) => s.delete('model.conf')],
    ['no page for an agreement', 'file/unreadable', (s) => s.delete('vehicle-tracing.csv')],
    ['no page for everywhere', 'file/unreadable', (s) => s.delete('everywhere.csv')],
    ['a foreign file', 'file/unreadable', (s) => s.set('notes.txt', 'x')],
    ['no expected decisions', 'expected/missing', (s) => s.delete('vehicle-tracing.expected.csv')],
    [
      'a duplicate id',
      'id/duplicate',
      (s) =>
        s.set(
          'vehicle-tracing.csv',
          `${s.get('vehicle-tracing.csv')}people, P1, role:analyst, any dataset, -, deny, -\n`,
        ),
    ],
    [
      'an id of the page above',
      'id/duplicate',
      (s) =>
        s.set(
          'vehicle-tracing.csv',
          `${s.get('vehicle-tracing.csv')}people, E1, role:analyst, any dataset, -, deny, -\n`,
        ),
    ],
    [
      'two treatments for one caller',
      'treatment/overlap',
      (s) =>
        s.set(
          'vehicle-tracing.csv',
          `${s.get('vehicle-tracing.csv')}data, D99, role:analyst, dealer-sales/buyer.name, -, allow, null\n`,
        ),
    ],
    [
      'an expected decision that is not so',
      'expected/decision',
      (s) =>
        s.set(
          'vehicle-tracing.expected.csv',
          (s.get('vehicle-tracing.expected.csv') ?? '').replace('refuse people/suspended E1', 'allow P1'),
        ),
    ],
    [
      'an expected decision out of shape',
      'expected/shape',
      (s) => s.set('vehicle-tracing.expected.csv', `${s.get('vehicle-tracing.expected.csv')}x, y\n`),
    ],
  ])('%s', async (_, code, change) => {
    expect(await flawsWith(change)).toContain(code);
  });

  test('every code of a flaw is met in these tests', async () => {
    const { readdirSync, readFileSync } = await import('node:fs');
    const files = readdirSync(import.meta.dirname).map((name) => join(import.meta.dirname, name));
    const tests = files.map((file) => readFileSync(file, 'utf8')).join('\n');
    expect(FLAW_CODES.filter((code) => !tests.includes(code))).toEqual([]);
  });
});
