import { describe, expect, test } from 'vitest';
import { SAFES } from '../../src/domain/safe.ts';
import { DAY } from '../../src/domain/time.ts';
import { ALLOW, J, P, rows, S } from './pages.ts';
import {
  ADA,
  AGREEMENT,
  attested,
  CALLER,
  type Circumstances,
  decideWith,
  ENQUIRY,
  legOf,
  NOW,
  rulebookOf,
} from './workshop.ts';

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
