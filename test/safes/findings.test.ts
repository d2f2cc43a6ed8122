import { describe, expect, test } from 'vitest';
import { CONDITIONS } from '../../src/domain/catalogue.ts';
import { REASON_CODES, REASONS, type ReasonCode } from '../../src/domain/reasons.ts';
import { SAFES, type Safe, type Verdict } from '../../src/domain/safe.ts';
import { HOUR } from '../../src/domain/time.ts';
import { finding } from '../../src/safes/judgement.ts';
import { judgeResult, judgeSpent } from '../../src/safes/outputs.ts';
import { ALLOW, J, P, rows, S } from './pages.ts';
import {
  ADA,
  AGREEMENT,
  attested,
  CALLER,
  type Circumstances,
  DATASET,
  ENQUIRY,
  legOf,
  NOW,
  PROJECT,
} from './workshop.ts';

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
  'projects/page-lapsed': refuse('projects', 'REVIEW', {
    when: { now: Date.parse('2027-03-02T00:00+01:00') },
    remedy: 'review',
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
