import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exchangeId } from '../../src/domain/ids.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import type { Rule } from '../../src/domain/rule.ts';
import type { Rulebook } from '../../src/rulebook/rulebook.ts';
import { type Authorities, mapSafes } from '../../src/safes/decide.ts';
import { explain, type LegExplanation } from '../../src/safes/explain/explain.ts';
import { explainRecorded } from '../../src/safes/explain/recorded.ts';
import { type ToldLeg, tellAuditor, tellCaller, tellCompliance } from '../../src/safes/explain/told.ts';
import { pageOf, type World, worlds } from './arbitraries.ts';
import { rulebookOf, rulesIn } from './workshop.ts';

/** Rows of the other partner, whose very conditions are nobody else's business; they stand before and after the drawn ones. */
const SECRET = /hidden-|partner:dealer|"H\d/;
function secretRows(many: number): string {
  return Array.from({ length: many }, (_, i) =>
    [
      `people,HP${i},partner:dealer,any dataset,accreditation:hidden-${i} & training:hidden-${i}<=${i + 1}d,allow,-`,
      `people,HD${i},role:senior & partner:dealer,sales,not accreditation:hidden-deny-${i},deny,-`,
      `projects,HJ${i},partner:dealer,sales,member,allow,-`,
      `outputs,HO${i},partner:dealer,sales (records),by:vin & rows<=${i + 2},allow,release keep<=${i + 2}d`,
    ].join('\n'),
  ).join('\n');
}

function authorities(rulebook: Rulebook, { circumstances }: World): Authorities {
  const { person, project, agreement, dataset, accepted, paused } = circumstances;
  return {
    personOf: () => person,
    project: (id) => (id === project.id ? project : undefined),
    agreement: (id) => (id === agreement.id ? agreement : undefined),
    dataset: (id) => (id === dataset.id ? dataset : undefined),
    roles: rulebook.roles,
    rulesFor: rulebook.rulesFor,
    acceptedBy: () => accepted,
    isPaused: () => paused,
    version: () => 0,
  };
}

async function explained(world: World, hidden: number) {
  const rulebook = await rulebookOf(`${pageOf(world)}\n${secretRows(hidden)}`, world.circumstances);
  const { caller, networks, enquiry, now } = world.circumstances;
  const petition = { exchange: exchangeId(now, new Uint8Array(10)), now, caller, networks, enquiry };
  const { legs, decision } = explain(authorities(rulebook, world), petition);
  const [leg] = legs;
  if (leg === undefined) throw new Error('no leg');
  return { rulebook, leg, decision };
}

/** Whether every part of the row's `who` certainly covers the person; said here in test code, not by the rulebook. */
function covers(rule: Rule, world: World, rulebook: Rulebook): boolean {
  const { person } = world.circumstances;
  const roles = (person?.roles ?? []).flatMap(({ name }) => rulebook.roles.get(name) ?? []);
  return rule.who.every((who) => {
    if (who.kind === 'anyone') return true;
    return who.kind === 'role' ? roles.includes(who.role) : who.partner === person?.partner;
  });
}

function namedIn(told: ToldLeg): readonly string[] {
  return Object.values(told).flatMap(({ rule, decided, denies, nearest }) => [
    ...(rule === null ? [] : [rule]),
    ...[...(decided === null ? [] : [decided]), ...denies, ...nearest].map((row) => row.rule),
  ]);
}

const drawn = fc.tuple(worlds, fc.integer({ min: 1, max: 3 }));

describe('in the caller’s words, on random rulebooks', () => {
  test('no rule, condition or name of another partner, and only rows whose who covers the caller', async () => {
    await fc.assert(
      fc.asyncProperty(drawn, async ([world, hidden]) => {
        const { leg, rulebook } = await explained(world, hidden);
        const told = tellCaller(leg);
        expect(JSON.stringify(told)).not.toMatch(SECRET);
        const rules = new Map(rulesIn(rulebook).map((rule) => [rule.id, rule]));
        for (const id of namedIn(told)) {
          const rule = rules.get(id);
          expect(rule !== undefined && covers(rule, world, rulebook), id).toBe(true);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('what the caller is told does not change with the other partner’s rows', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async (world) => {
        const alone = await explained(world, 0);
        const beside = await explained(world, 3);
        expect(tellCaller(beside.leg)).toEqual(tellCaller(alone.leg));
      }),
      { numRuns: 60 },
    );
  });

  test('nor where it is not known any more which roles and partner the caller had', async () => {
    let doubtful = 0;
    await fc.assert(
      fc.asyncProperty(drawn, async ([world, hidden]) => {
        const { leg, rulebook, decision } = await explained(world, hidden);
        const {
          'caller.roles': _,
          'caller.partner': __,
          ...facts
        }: JsonObject = JSON.parse(JSON.stringify(decision.facts[0] ?? {}));
        const findings = mapSafes((safe) => leg.safes[safe].finding);
        const recorded = { dataset: leg.dataset, holder: leg.holder, allowed: leg.allowed, findings, facts };
        const [again] = explainRecorded(rulebook, [recorded], world.circumstances.enquiry.output);
        if (again === undefined) throw new Error('no leg');
        // The rows themselves were heard: it is the telling that leaves them out.
        if (SECRET.test(JSON.stringify(tellCompliance(again)))) doubtful++;
        expect(JSON.stringify(tellCaller(again))).not.toMatch(SECRET);
      }),
      { numRuns: 60 },
    );
    expect(doubtful).toBeGreaterThan(10);
  });

  test('a decision explained later from its frozen facts is explained alike, to each reader', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async (world) => {
        const { leg, rulebook, decision } = await explained(world, 1);
        // As the ledger has it: through JSON.
        const facts: JsonObject = JSON.parse(JSON.stringify(decision.facts[0] ?? {}));
        const findings = mapSafes((safe) => leg.safes[safe].finding);
        const recorded = { dataset: leg.dataset, holder: leg.holder, allowed: leg.allowed, findings, facts };
        const [again] = explainRecorded(rulebook, [recorded], world.circumstances.enquiry.output);
        if (again === undefined) throw new Error('no leg');
        for (const tell of [tellCaller, tellCompliance, tellAuditor]) expect(tell(again)).toEqual(tell(leg));
      }),
      { numRuns: 60 },
    );
  });
});

test('the secrets are there to be told: a compliance officer’s words hold them', async () => {
  const [world] = fc.sample(worlds, { numRuns: 1, seed: 3 });
  if (world === undefined) throw new Error('no world');
  const { circumstances } = world;
  const ofDealer = { ...circumstances, person: circumstances.person && { ...circumstances.person, partner: 'dealer' } };
  const { leg } = await explained(
    { ...world, circumstances: { ...ofDealer, project: { ...circumstances.project, partner: 'dealer' } } },
    1,
  );
  expect(JSON.stringify(tellCompliance(leg))).toMatch(SECRET);
});

test('a finding that rests on a row of which it is unknown whether it is for the caller is told without it', async () => {
  const [world] = fc.sample(worlds, { numRuns: 1, seed: 3 });
  if (world === undefined) throw new Error('no world');
  const { leg } = await explained(world, 1);
  const row = leg.safes.people.decider ?? leg.safes.people.nearest[0];
  if (row === undefined) throw new Error('no row');
  const doubtful: LegExplanation = {
    ...leg,
    safes: { ...leg.safes, people: { ...leg.safes.people, decider: { ...row, row: { ...row.row, who: 'unknown' } } } },
  };
  expect(tellCaller(doubtful).people).toMatchObject({ rule: null, code: 'people/no-rule', decided: null });
  expect(JSON.stringify(tellCaller(doubtful).people)).not.toContain(`"${row.row.rule.id}"`);
});

test('with rules that are not those that decided, the findings stand alone', async () => {
  const [world] = fc.sample(worlds, { numRuns: 1, seed: 3 });
  if (world === undefined) throw new Error('no world');
  const { leg } = await explained(world, 1);
  const findings = mapSafes((safe) => ({ ...leg.safes[safe].finding, code: 'of/an-earlier-version' }));
  const [again] = explainRecorded(null, [{ ...leg, findings, facts: {} }], 'records');
  if (again === undefined) throw new Error('no leg');
  for (const told of Object.values(tellCaller(again))) {
    expect(told).toMatchObject({ code: 'of/an-earlier-version', decided: null, denies: [], nearest: [] });
  }
});
