import { describe, expect, test } from 'vitest';
import { CONDITIONS } from '../../src/domain/catalogue.ts';
import { REASON_CODES, REASONS, type ReasonCode } from '../../src/domain/reasons.ts';
import { SAFES, type Safe, type Verdict } from '../../src/domain/safe.ts';
import { DAY, HOUR } from '../../src/domain/time.ts';
import { finding } from '../../src/safes/judgement.ts';
import { judgeResult, judgeSpent } from '../../src/safes/outputs.ts';
import {
  ADA,
  AGREEMENT,
  attested,
  CALLER,
  type Circumstances,
  DATASET,
  decideWith,
  ENQUIRY,
  legOf,
  NOW,
  PROJECT,
  rulebookOf,
} from './workshop.ts';

/** One row that allows, for each Safe. */
const ALLOW: Readonly<Record<Safe, string>> = {
  people: 'people,P1,role:investigator,any dataset,-,allow,-',
  projects: 'projects,J1,partner:police,any dataset,-,allow,-',
  settings: 'settings,S1,anyone,any dataset,-,allow,-',
  data: 'data,D1,anyone,sales/name,-,allow,keep\ndata,D2,anyone,sales/born,-,allow,year\ndata,D3,anyone,sales (hit),-,allow,exists',
  outputs:
    'outputs,O1,anyone,sales (records),rows<=3,allow,release keep<=9d\noutputs,O2,anyone,sales (hit),-,allow,release no-onward',
};

function rows(changes: Partial<Record<Safe, string>> = {}): string {
  return Object.values({ ...ALLOW, ...changes }).join('\n');
}

interface Case {
  readonly safe: Safe;
  readonly page?: Partial<Record<Safe, string>>;
  readonly when?: Partial<Circumstances>;
  readonly verdict: Verdict;
  readonly rule: string | null;
  readonly remedy?: string;
}

const refuse = (safe: Safe, rule: string | null, more: Omit<Case, 'safe' | 'verdict' | 'rule'> = {}): Case => ({
  safe,
  verdict: 'refuse',
  rule,
  ...more,
});
const P = (condition: string, verdict = 'allow') => ({
  people: `people,P7,role:investigator,any dataset,${condition},${verdict},-`,
});
const J = (condition: string) => ({ projects: `projects,J7,partner:police,any dataset,${condition},allow,-` });
const S = (condition: string) => ({ settings: `settings,S7,anyone,any dataset,${condition},allow,-` });
const stranger = { when: { person: undefined } };
const nowhere = { when: { enquiry: { ...ENQUIRY, project: 'elsewhere' } } };
const denied = (safe: Safe) => ({ page: { [safe]: `${ALLOW[safe]}\n${safe},X1,anyone,any dataset,-,deny,-` } });
const noRow = (safe: Safe) => ({ page: { [safe]: '' } });
/** A zone that no longer exists throws inside the condition `hours`: rules that cannot be evaluated allow nothing. */
const broken = { page: S('hours:07:00-19:00'), when: { agreement: { ...AGREEMENT, timeZone: 'Atlantis/Port' } } };
const notJudged = (safe: Safe, more: Pick<Case, 'when'>): Case => ({
  safe,
  verdict: 'not-judged',
  rule: null,
  ...more,
});
const allow = (safe: Safe, rule: string): Case => ({ safe, verdict: 'allow', rule });

/** How each reason comes about. The type holds the list complete. */
const ARISES: Readonly<
  Record<Exclude<ReasonCode, 'data/ambiguous' | 'outputs/too-many-rows' | 'outputs/budget'>, Case>
> = {
  'people/accredited': allow('people', 'P1'),
  'people/unknown': refuse('people', null, { ...stranger, remedy: 'Sign in' }),
  'people/no-rule': refuse('people', null, noRow('people')),
  'people/not-judged': notJudged('people', nowhere),
  'people/denied': refuse('people', 'X1', denied('people')),
  'people/suspended': refuse('people', 'P7', {
    page: { people: `${ALLOW.people}\n${P('suspended', 'deny').people}` },
    when: { person: { ...ADA, suspensions: [attested('inquiry')] } },
  }),
  'people/accreditation': refuse('people', 'P7', { page: P('accreditation:boats'), remedy: '"boats"' }),
  'people/training': refuse('people', 'P7', { page: P('training:privacy<=9d'), remedy: '"privacy"' }),
  'people/undertaking': refuse('people', 'P7', {
    page: P('undertaking:silence<=365d'),
    when: { accepted: [{ person: 'ada', undertaking: 'silence', version: 1, accepted: NOW }] },
    remedy: 'POST /v1/me/undertakings/silence',
  }),
  'people/rules-failed': refuse('people', null, broken),

  'projects/agreed': allow('projects', 'J1'),
  'projects/unknown': refuse('projects', null, { ...nowhere, remedy: 'GET /v1/me' }),
  'projects/no-rule': refuse('projects', null, noRow('projects')),
  'projects/not-judged': notJudged('projects', stranger),
  'projects/denied': refuse('projects', 'X1', denied('projects')),
  'projects/not-covered': refuse('projects', null, {
    when: { dataset: { ...DATASET, id: 'boats' }, enquiry: { ...ENQUIRY, datasets: ['boats'] } },
  }),
  'projects/member': refuse('projects', 'J7', { page: J('member'), when: { project: { ...PROJECT, members: [] } } }),
  'projects/agreement-in-force': refuse('projects', 'J7', {
    page: J('agreement-in-force'),
    when: { agreement: { ...AGREEMENT, until: NOW } },
  }),
  'projects/project-in-force': refuse('projects', 'J7', {
    page: J('project-in-force'),
    when: { project: { ...PROJECT, from: NOW + 1 } },
  }),
  'projects/purpose': refuse('projects', 'J7', { page: J('purpose:CrimeProsecution'), remedy: 'CrimeProsecution' }),
  'projects/legal-basis': refuse('projects', 'J7', { page: J('legal-basis:led-10'), remedy: 'led-10' }),
  'projects/case': refuse('projects', 'J7', {
    page: J('case'),
    when: { enquiry: { ...ENQUIRY, case: 'K-1' } },
    remedy: 'K-##',
  }),
  'projects/rules-failed': refuse('projects', null, broken),

  'settings/trusted': allow('settings', 'S1'),
  'settings/no-rule': refuse('settings', null, noRow('settings')),
  'settings/not-judged': notJudged('settings', nowhere),
  'settings/denied': refuse('settings', 'X1', denied('settings')),
  'settings/mfa': refuse('settings', 'S7', { page: S('mfa'), when: { caller: { ...CALLER, amr: ['pwd'] } } }),
  'settings/auth-age': refuse('settings', 'S7', {
    page: S('auth-age<=8h'),
    when: { caller: { ...CALLER, authTime: NOW - 9 * HOUR } },
  }),
  'settings/network': refuse('settings', 'S7', { page: S('network:lan'), when: { networks: ['van'] }, remedy: 'lan' }),
  'settings/hours': refuse('settings', 'S7', { page: S('hours:12:00-13:00'), remedy: '12:00-13:00' }),
  'settings/bound-token': refuse('settings', 'S7', {
    page: S('bound-token'),
    when: { caller: { ...CALLER, bound: false } },
  }),
  'settings/rules-failed': refuse('settings', null, broken),

  'data/planned': allow('data', 'D1'),
  'data/no-rule': refuse('data', null, noRow('data')),
  'data/not-judged': notJudged('data', stranger),
  'data/denied': refuse('data', 'X1', denied('data')),
  'data/identifier': refuse('data', null, {
    when: { enquiry: { ...ENQUIRY, by: { scheme: 'hull-number', value: 'NLABC12345D404', full: true } } },
  }),
  'data/paused': refuse('data', 'X7', {
    page: { data: `${ALLOW.data}\ndata,X7,anyone,any dataset,paused,deny,-` },
    when: { paused: undefined },
  }),
  'data/rules-failed': refuse('data', null, broken),

  'outputs/released': allow('outputs', 'O1'),
  'outputs/no-rule': refuse('outputs', null, noRow('outputs')),
  'outputs/not-judged': notJudged('outputs', stranger),
  'outputs/denied': refuse('outputs', 'X1', denied('outputs')),
  'outputs/by': refuse('outputs', 'O7', {
    page: { outputs: 'outputs,O7,anyone,sales (records),by:registration(full) & rows<=3,allow,release' },
    remedy: 'registration (complete)',
  }),
  'outputs/rules-failed': refuse('outputs', null, broken),
};

describe('each reason', () => {
  const cases = Object.entries(ARISES).map(([code, arises]) => ({ code, ...arises }));

  test.each(cases)('$code', async ({ code, safe, page, when, verdict, rule, remedy }) => {
    const { findings, permit } = await legOf(rows(page), when);
    expect(findings[safe]).toMatchObject({ verdict, rule, code });
    expect(Object.keys(findings)).toEqual([...SAFES]);
    expect(permit === null).toBe(verdict !== 'allow');
    if (verdict !== 'refuse') return;
    // Told in words a person can act on, with nothing left to fill in.
    expect(findings[safe].remedy).toBeTruthy();
    expect(`${findings[safe].say} ${findings[safe].remedy}`).not.toMatch(/[?{}]|undefined/);
    if (remedy !== undefined) expect(findings[safe].remedy).toContain(remedy);
  });

  test('outputs/too-many-rows comes of the result', () => {
    const terms = finding('allow', 'O1', 'outputs/released');
    expect(judgeResult(3, 3, terms)).toBe(terms);
    expect(judgeResult(0, 0, terms)).toBe(terms);
    const told = judgeResult(4, 3, terms);
    expect(told).toMatchObject({ verdict: 'refuse', rule: 'O1', code: 'outputs/too-many-rows' });
    expect(told.say).toContain('More than 3 records');
  });

  test('outputs/budget comes of the intent', () => {
    const told = judgeSpent(finding('allow', 'O1', 'outputs/released'));
    expect(told).toMatchObject({ verdict: 'refuse', rule: 'O1', code: 'outputs/budget' });
    expect(told.remedy).toBeTruthy();
  });

  test('every refusal has a remedy, and every condition a reason of a Safe in which it may stand', () => {
    for (const code of REASON_CODES) {
      const settled = /\/(not-judged|accredited|agreed|trusted|planned|released)$/.test(code);
      expect('remedy' in REASONS[code], code).toBe(!settled);
    }
    for (const declared of Object.values(CONDITIONS)) {
      expect(declared.safes.some((safe) => declared.reason.startsWith(`${safe}/`))).toBe(true);
    }
  });
});

describe('a decision', () => {
  test('with nothing in the way is a Permit of exactly what the page says', async () => {
    const { permit } = await legOf(rows());
    expect(permit).toMatchObject({
      dataset: 'sales',
      holder: 'dealer',
      by: ENQUIRY.by,
      output: 'records',
      plan: [
        { field: 'name', treatment: { name: 'keep' }, rule: 'D1' },
        { field: 'born', treatment: { name: 'year' }, rule: 'D2' },
        { field: 'notes', treatment: null, rule: null },
      ],
      maxRows: 3,
      terms: ['keep<=9d'],
      outputsRule: 'O1',
      granted: NOW,
    });
    expect(Object.isFrozen(permit)).toBe(true);
  });

  test('at level hit has a row of its own and no bound on rows', async () => {
    const hit = { enquiry: { ...ENQUIRY, output: 'hit' as const } };
    const { findings, permit } = await legOf(rows(), hit);
    expect(findings.data.rule).toBe('D3');
    expect(permit).toMatchObject({ output: 'hit', maxRows: Number.MAX_SAFE_INTEGER, terms: ['no-onward'] });
    const without = await legOf(rows({ data: 'data,D1,anyone,sales/name,-,allow,keep' }), hit);
    expect(without.findings.data.code).toBe('data/no-rule');
  });

  test('judges every Safe, not only the first that refuses', async () => {
    const { findings } = await legOf(
      rows({ ...P('accreditation:boats'), ...J('legal-basis:led-10'), ...S('network:van') }),
    );
    expect(SAFES.map((safe) => findings[safe].code)).toEqual([
      'people/accreditation',
      'projects/legal-basis',
      'settings/network',
      'data/planned',
      'outputs/released',
    ]);
  });

  test('lets deny win over allow, the smallest limit apply, and terms add up', async () => {
    const outputs = [
      'outputs,O1,anyone,sales (records),rows<=20,allow,release keep<=9d',
      'outputs,O2,role:investigator,any dataset (records),by:vin & rows<=5,allow,release no-onward keep<=9d',
      'outputs,O3,role:analyst,any dataset (records),rows<=1,allow,release keep<=1d',
    ].join('\n');
    const { permit } = await legOf(rows({ outputs }));
    expect(permit).toMatchObject({ maxRows: 5, terms: ['keep<=9d', 'no-onward'], outputsRule: 'O1' });
    const deny = `${outputs}\noutputs,O4,anyone,sales,-,deny,-`;
    expect((await legOf(rows({ outputs: deny }))).findings.outputs).toMatchObject({ rule: 'O4', verdict: 'refuse' });
  });

  test('names the row that was nearest to an allow', async () => {
    const people = [
      'people,P1,role:investigator,any dataset,accreditation:boats & training:privacy<=1d,allow,-',
      'people,P2,role:investigator,any dataset,accreditation:cars & training:privacy<=9d,allow,-',
    ].join('\n');
    const { findings } = await legOf(rows({ people }));
    expect(findings.people).toMatchObject({ code: 'people/training', rule: 'P2' });
    expect(findings.people.say).toContain('"privacy" is missing or older than 9 days');
  });

  test('a deny row also fires on what is not known, and says what it doubts', async () => {
    const settings = `${ALLOW.settings}\nsettings,S9,anyone,any dataset,not mfa,deny,-`;
    const { amr: _, ...silent } = CALLER;
    expect((await legOf(rows({ settings }), { caller: silent })).findings.settings).toMatchObject({
      verdict: 'refuse',
      rule: 'S9',
      code: 'settings/mfa',
    });
    expect((await legOf(rows({ settings }))).findings.settings.verdict).toBe('allow');
  });

  test('an allow row that forbids a condition is refused without giving it away', async () => {
    const { findings } = await legOf(
      rows({ people: 'people,P8,role:investigator,any dataset,not accreditation:cars,allow,-' }),
    );
    expect(findings.people).toMatchObject({ code: 'people/denied', rule: 'P8' });
  });

  test('rules that cannot be evaluated refuse the leg and are told to operators', async () => {
    const agreement = { ...AGREEMENT, timeZone: 'Atlantis/Port' };
    const rulebook = await rulebookOf(rows(S('hours:07:00-19:00')));
    const { legs, defects } = decideWith(rulebook, { agreement });
    expect(legs[0]?.permit).toBeNull();
    expect(defects).toHaveLength(1);
    expect(defects[0]).toBeInstanceOf(RangeError);
  });
});

describe('facts', () => {
  const factsOf = async (changes: Partial<Circumstances>) => decideWith(await rulebookOf(rows()), changes).facts[0];

  test('hold only what is in force', async () => {
    const person = {
      ...ADA,
      roles: [attested('senior'), attested('analyst', NOW - 9 * DAY, NOW), attested('unheard-of')],
      accreditations: [attested('cars', NOW, NOW + 1), attested('boats', NOW - DAY, NOW)],
      trainings: [attested('privacy', NOW - 9 * DAY), attested('privacy', NOW - 2 * DAY), attested('old', NOW + 1)],
      suspensions: [attested('past', NOW - 9 * DAY, NOW)],
    };
    expect(await factsOf({ person })).toMatchObject({
      'caller.roles': ['senior', 'investigator'],
      'caller.suspended': false,
      'accreditation.cars': NOW + 1,
      'training.privacy': NOW - 2 * DAY,
    });
    const facts = Object.keys((await factsOf({ person })) ?? {});
    expect(facts.filter((name) => /^(accreditation|training)\./.test(name))).toEqual([
      'accreditation.cars',
      'training.privacy',
    ]);
  });

  test('say nothing of what the provider did not say', async () => {
    const { amr: _a, authTime: _t, ...caller } = CALLER;
    const { case: _c, ...enquiry } = ENQUIRY;
    const facts = await factsOf({ caller, enquiry });
    for (const name of ['token.amr', 'token.auth-time', 'token.acr', 'enquiry.case'])
      expect(facts).not.toHaveProperty([name]);
  });
});
