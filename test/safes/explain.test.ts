import { describe, expect, test } from 'vitest';
import { CONDITIONS, type ConditionName } from '../../src/domain/catalogue.ts';
import { conditionWording, factsRead } from '../../src/domain/condition-wording.ts';
import type { Facts } from '../../src/domain/facts.ts';
import { exchangeId } from '../../src/domain/ids.ts';
import type { Safe } from '../../src/domain/safe.ts';
import { DAY } from '../../src/domain/time.ts';
import { evaluateCondition } from '../../src/safes/conditions/index.ts';
import { explain, type LegExplanation } from '../../src/safes/explain/explain.ts';
import { tellAuditor, tellCaller, tellCompliance } from '../../src/safes/explain/told.ts';
import { ADA, attested, CIRCUMSTANCES, type Circumstances, NOW, rulebookOf } from './workshop.ts';

const SETTLED = `projects,J1,partner:police,sales,purpose:LawEnforcement,allow,-
settings,S1,anyone,sales,mfa,allow,-
data,D1,anyone,sales/name,-,allow,keep
outputs,O1,anyone,sales (records),rows<=5,allow,release
`;

async function explained(rows: string, changes: Partial<Circumstances> = {}): Promise<LegExplanation> {
  const rulebook = await rulebookOf(rows);
  const { person, project, agreement, dataset, accepted, paused, ...rest } = { ...CIRCUMSTANCES, ...changes };
  const { legs } = explain(
    {
      personOf: () => person,
      project: (id) => (id === project.id ? project : undefined),
      agreement: (id) => (id === agreement.id ? agreement : undefined),
      dataset: (id) => (id === dataset.id ? dataset : undefined),
      roles: rulebook.roles,
      rulesFor: rulebook.rulesFor,
      acceptedBy: () => accepted,
      isPaused: () => paused,
      version: () => 0,
    },
    { ...rest, exchange: exchangeId(rest.now, new Uint8Array(10)) },
  );
  const [leg] = legs;
  if (leg === undefined) throw new Error('no leg');
  return leg;
}

describe('what is allowed', () => {
  test('names the deciding row of each Safe, its conditions met, and nothing to change', async () => {
    const leg = await explained(`people,P1,role:investigator,sales,accreditation:cars,allow,-\n${SETTLED}`);
    expect(leg.allowed).toBe(true);
    const told = tellCaller(leg);
    expect(told.people).toMatchObject({
      verdict: 'allow',
      rule: 'P1',
      decided: {
        rule: 'P1',
        text: 'people, P1, role:investigator, sales, accreditation:cars, allow, -',
        fires: true,
        conditions: [{ condition: 'accreditation:cars', met: 'met' }],
      },
      nearest: [],
      change: [],
    });
    expect(Object.values(told).flatMap((safe) => safe.change)).toEqual([]);
  });

  test('a field withheld beside it has its nearest row told', async () => {
    const leg = await explained(
      `people,P1,role:investigator,sales,-,allow,-\ndata,D2,anyone,sales/born,by:registration,allow,year\n${SETTLED}`,
    );
    expect(leg.allowed).toBe(true);
    expect(tellCaller(leg).data.nearest).toMatchObject([{ rule: 'D2', conditions: [{ met: 'unmet' }] }]);
  });
});

describe('what is refused', () => {
  const rows = `people,P1,role:investigator,sales,accreditation:boats & training:privacy<=5d & accreditation:planes,allow,-
people,P2,role:investigator,sales,accreditation:boats,allow,-
people,P3,role:investigator,sales,accreditation:boats & training:none<=3d,allow,-
people,P4,role:investigator,sales,accreditation:a & accreditation:b & accreditation:c & accreditation:d,allow,-
people,P5,role:investigator,sales (hit),training:privacy<=90d,allow,-
people,P6,role:analyst,sales,-,allow,-
${SETTLED}`;

  test('the nearest rows come by what they lack, at most three, none of another role', async () => {
    const { people } = tellCaller(await explained(rows));
    expect(people.decided).toMatchObject({ rule: 'P2', conditions: [{ met: 'unknown' }] });
    expect(people.nearest.map((row) => [row.rule, row.level])).toEqual([
      ['P5', 'hit'],
      ['P3', undefined],
      ['P1', undefined],
    ]);
    expect(people.nearest[2]?.conditions.map((c) => c.met)).toEqual(['unknown', 'unmet', 'unknown']);
    expect(people.change).toEqual(['Have the accreditation "boats" entered or renewed in the registry.']);
    expect(JSON.stringify(people)).not.toMatch(/P6|analyst/);
  });

  test('a row for the other output level says which', async () => {
    const { people } = tellCaller(
      await explained(`people,P5,role:investigator,sales (hit),training:privacy<=90d,allow,-\n${SETTLED}`),
    );
    expect(people).toMatchObject({ verdict: 'refuse', code: 'people/no-rule', decided: null });
    expect(people.nearest).toMatchObject([{ rule: 'P5', level: 'hit', fires: false, conditions: [{ met: 'met' }] }]);
    expect(people.change).toEqual(['Ask for output level hit.']);
  });

  test('to a compliance officer: place, condition, fact and value', async () => {
    const { people } = tellCompliance(await explained(rows));
    expect(people.decided).toMatchObject({ rule: 'P2', place: 'deal.csv:4', who: 'met' });
    expect(people.nearest.find((row) => row.rule === 'P1')?.conditions[1]).toEqual({
      condition: 'training:privacy<=5d',
      met: 'unmet',
      say: 'The registry must hold a training "privacy" of the person, completed at most 5 days ago.',
      facts: { 'clock.now': '2026-11-23T10:00:00.000Z', 'training.privacy': '2026-11-13T10:00:00.000Z' },
    });
    expect(people.change).toEqual([
      'P2 (deal.csv:4): accreditation:boats is unknown, clock.now is "2026-11-23T10:00:00.000Z", ' +
        'accreditation.boats is not known. The registry must hold an accreditation "boats" of the person that is in force now.',
    ]);
  });

  test('to an auditor: the facts as they are recorded', async () => {
    const { safes, facts } = tellAuditor(await explained(rows));
    expect(facts).toMatchObject({ 'clock.now': NOW, 'caller.person': 'ada', 'training.privacy': NOW - 10 * DAY });
    expect(safes.people.decided?.conditions[0]).toMatchObject({
      facts: { 'clock.now': NOW, 'accreditation.boats': null },
      say: expect.stringContaining('accreditation.boats'),
    });
  });

  test('where no row is for the caller, officers learn for which roles there are some, and the caller does not', async () => {
    const leg = await explained(`people,P6,role:senior & partner:police,sales,-,allow,-\n${SETTLED}`);
    const caller = tellCaller(leg).people;
    expect(caller.change).toEqual(['Ask your compliance officer which role the agreement provides for this dataset.']);
    expect(JSON.stringify(caller)).not.toContain('senior');
    expect(tellCompliance(leg).people).toMatchObject({
      roles: ['senior'],
      change: ['No allow row is for the caller. Roles provided for: senior.'],
    });
    const elsewhere = await explained(`people,P6,role:senior & partner:dealer,sales,-,allow,-\n${SETTLED}`);
    expect(tellCompliance(elsewhere).people.roles).toEqual([]);
  });

  test('every deny row that fires must cease to; an allow row behind it that fires asks for nothing', async () => {
    const leg = await explained(
      `people,X1,anyone,sales,suspended,deny,-\npeople,X2,role:investigator,sales,not training:privacy<=5d,deny,-
people,P1,role:investigator,sales,-,allow,-\npeople,P2,role:investigator,sales,accreditation:boats,allow,-\n${SETTLED}`,
      { person: { ...ADA, suspensions: [attested('ground')] } },
    );
    const { people } = tellCaller(leg);
    expect(people).toMatchObject({ verdict: 'refuse', rule: 'X1', decided: { rule: 'X1', fires: true } });
    expect(people.denies).toMatchObject([
      { rule: 'X2', conditions: [{ condition: 'not training:privacy<=5d', met: 'met' }] },
    ]);
    expect(people.change).toEqual([
      'Ask the compliance officer of your organisation.',
      'Take the training "privacy" and have it entered in the registry.',
    ]);
  });

  test('a deny row without a condition is named as such', async () => {
    const leg = await explained(
      `people,X1,anyone,sales,-,deny,-\npeople,P1,role:investigator,sales,-,allow,-\n${SETTLED}`,
    );
    expect(tellCompliance(leg).people.change).toEqual(['X1 (deal.csv:3): refuses without a condition.']);
    expect(tellCaller(leg).people.change).toEqual(['Ask your compliance officer.']);
  });

  test('what was not judged has its finding and no rows', async () => {
    const leg = await explained(SETTLED, { person: undefined });
    expect(leg).toMatchObject({ allowed: false, facts: {} });
    const { people, data } = tellCaller(leg);
    expect(people).toMatchObject({ code: 'people/unknown', decided: null, nearest: [] });
    expect(people.change).toHaveLength(1);
    expect(data).toMatchObject({ verdict: 'not-judged', decided: null });
  });
});

describe('wordings', () => {
  const names = Object.keys(CONDITIONS) as ConditionName[];
  const EVERY: Facts = {
    'accreditation.x': NOW + DAY,
    'training.x': NOW - DAY,
    'undertaking.x': NOW - DAY,
    'clock.now': NOW,
    'caller.suspended': false,
    'token.amr': ['mfa'],
    'token.auth-time': NOW,
    'token.bound': true,
    'channel.networks': ['x'],
    'agreement.from': 0,
    'agreement.until': 2 * NOW,
    'agreement.time-zone': 'UTC',
    'project.from': 0,
    'project.until': 2 * NOW,
    'project.legal-basis': 'led-8',
    'project.case-pattern': '#',
    'project.member': true,
    'enquiry.purpose': 'LawEnforcement',
    'enquiry.case': '1',
    'enquiry.scheme': 'x',
    'enquiry.full': true,
    'dataset.paused': false,
  };

  test.each(names)('%s tells the facts that it reads, all of them and no other', (name) => {
    const argument = name === 'hours' ? '00:00-24:00' : 'x';
    const condition = { name, negated: false, argument, bound: 1, full: true as const, text: name };
    const read = new Set<string>();
    const facts = new Proxy(EVERY, {
      get: (target, key) => {
        read.add(String(key));
        return target[String(key)];
      },
    });
    evaluateCondition(condition, facts);
    expect([...factsRead(condition)].toSorted()).toEqual([...read].toSorted());
  });

  test.each(names)('%s has words for each reader, without blanks', (name) => {
    const texts = (['compliance', 'auditor'] as const).map((reader) =>
      conditionWording(name, reader, { arg: 'x', limit: '3 days' }),
    );
    expect(new Set(texts).size).toBe(2);
    for (const text of texts) expect(text).toMatch(/^[A-Z][^{}?]+\.$/);
  });
});

test('every Safe is told, each with its own finding', async () => {
  const leg = await explained(SETTLED);
  const told = tellCaller(leg);
  for (const safe of Object.keys(told) as Safe[]) expect(told[safe].code).toBe(leg.safes[safe].finding.code);
});
