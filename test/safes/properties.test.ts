import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Facts } from '../../src/domain/facts.ts';
import { refuses } from '../../src/domain/finding.ts';
import type { AskRules } from '../../src/domain/matching.ts';
import type { FieldPlan } from '../../src/domain/plan.ts';
import type { Rule } from '../../src/domain/rule.ts';
import { SAFES, type Safe } from '../../src/domain/safe.ts';
import { compileEngine } from '../../src/rulebook/engine.ts';
import { compileShard } from '../../src/rulebook/shard.ts';
import { budgetsOf } from '../../src/safes/budgets.ts';
import { evaluateCondition } from '../../src/safes/conditions/index.ts';
import { judgeData, planFields } from '../../src/safes/data.ts';
import type { Hearing, Judge } from '../../src/safes/judgement.ts';
import { judgeOutputs, releaseTerms } from '../../src/safes/outputs.ts';
import { judgePeople } from '../../src/safes/people.ts';
import { judgeProjects } from '../../src/safes/projects.ts';
import { judgeSettings } from '../../src/safes/settings.ts';
import { examplePolicies } from '../builders.ts';
import { isAllowRow, pageOf, type World, withoutAllowRow, worlds } from './arbitraries.ts';
import { AGREEMENT, CIRCUMSTANCES, decideWith, rulebookOf, rulesIn } from './workshop.ts';

const JUDGES: Readonly<Record<Safe, Judge>> = {
  people: judgePeople,
  projects: judgeProjects,
  settings: judgeSettings,
  data: judgeData,
  outputs: judgeOutputs,
};

/** What comes of facts, whatever they lack: `decide` makes them complete, and here they are not to be. */
function judged(ask: AskRules, facts: Facts, { circumstances }: World) {
  const { dataset, enquiry } = circumstances;
  const hear = (safe: Safe): Hearing => {
    const matches = ask({ dataset: dataset.id, output: enquiry.output, facts })[safe];
    return { facts, dataset, matches };
  };
  const allowed = SAFES.every((safe) => JUDGES[safe](hear(safe)).verdict === 'allow');
  const plan = planFields(hear('data'));
  try {
    budgetsOf(hear('outputs').matches, facts);
    return { allowed, plan, maxRows: releaseTerms(hear('outputs')).maxRows };
  } catch {
    // A budget that cannot be counted: `decide` refuses the leg.
    return { allowed: false, plan, maxRows: 0 };
  }
}

/** `field treatment` of every field that something of may leave. */
function opened(plan: FieldPlan): readonly string[] {
  return plan.flatMap(({ field, treatment }) => {
    if (treatment === null || treatment.name === 'drop') return [];
    return [`${field} ${treatment.name}(${treatment.argument ?? ''})`];
  });
}

function expectWithin(part: readonly string[], whole: readonly string[]): void {
  expect(part.filter((one) => !whole.includes(one))).toEqual([]);
}

async function prepared(world: World) {
  const rulebook = await rulebookOf(pageOf(world), world.circumstances);
  const { legs, facts } = decideWith(rulebook, world.circumstances);
  const [leg] = legs;
  const [snapshot] = facts;
  const ask = rulebook.rulesFor(AGREEMENT.id, world.circumstances.dataset.id);
  if (leg === undefined || snapshot === undefined || ask === null) throw new Error('nothing was decided');
  return { rulebook, leg, facts: snapshot, ask };
}

describe('on random rulebooks, registries and enquiries', () => {
  test('at least every fourth question is allowed, and at least every fourth refused: the draw is of use', async () => {
    const drawn = fc.sample(worlds, { numRuns: 300, seed: 5 });
    let allowed = 0;
    for (const world of drawn) if ((await prepared(world)).leg.permit !== null) allowed++;
    expect(allowed / drawn.length).toBeGreaterThanOrEqual(0.25);
    expect(allowed / drawn.length).toBeLessThanOrEqual(0.75);
  });

  test('a Permit comes of five allows and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async (world) => {
        const { leg, facts, ask } = await prepared(world);
        expect(leg.permit === null).toBe(refuses(leg.findings));
        const again = judged(ask, facts, world);
        expect(again.allowed).toBe(leg.permit !== null);
        if (leg.permit === null) return;
        expect(leg.permit.plan).toEqual(again.plan);
        expect(leg.permit.maxRows).toBe(again.maxRows);
        expect(leg.permit.plan.map((line) => line.field)).toEqual(Object.keys(world.circumstances.dataset.fields));
      }),
      { numRuns: 150 },
    );
  });

  test('taking any one fact away never allows, never opens a field, never raises a limit', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async (world) => {
        const { facts, ask } = await prepared(world);
        const before = judged(ask, facts, world);
        for (const name of Object.keys(facts)) {
          const { [name]: _, ...fewer } = facts;
          const after = judged(ask, fewer, world);
          expect(after.allowed && !before.allowed, name).toBe(false);
          expectWithin(opened(after.plan), opened(before.plan));
          if (after.allowed) expect(after.maxRows, name).toBeLessThanOrEqual(before.maxRows);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('taking any one allow row away never allows and never opens a field', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, fc.nat(), async (world, draw) => {
        const { leg, facts, ask } = await prepared(world);
        const before = judged(ask, facts, world);
        const allows = world.rows.flatMap((row, i) => (isAllowRow(row) ? [i] : []));
        const index = allows[draw % allows.length] ?? 0;
        const after = await prepared(withoutAllowRow(world, index));
        expect(leg.permit === null && after.leg.permit !== null).toBe(false);
        const plan = judged(after.ask, after.facts, withoutAllowRow(world, index)).plan;
        expectWithin(opened(plan), opened(before.plan));
      }),
      { numRuns: 200 },
    );
  });

  test('an empty page allows nothing', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async (world) => {
        const { leg } = await prepared({ ...world, rows: [] });
        expect(leg.permit).toBeNull();
        expect(leg.findings.data.verdict).toBe('refuse');
      }),
      { numRuns: 20 },
    );
  });
});

describe('a field on which two rows meet, past lint', () => {
  const MODEL = examplePolicies().get('model.conf') ?? '';
  const ROWS = [
    'people,P1,role:investigator,any dataset,-,allow,-',
    'projects,J1,partner:police,any dataset,-,allow,-',
    'settings,S1,anyone,any dataset,-,allow,-',
    'data,D1,partner:police,sales/name,-,allow,keep',
    'data,D2,partner:police,sales/born,-,allow,year',
    'outputs,O1,anyone,sales (records),rows<=3,allow,release',
  ].join('\n');

  /** The page's rules, and one more that lint would have refused. */
  async function withSecond(change: Partial<Rule>) {
    const rulebook = await rulebookOf(ROWS);
    const rules = rulesIn(rulebook);
    const first = rules.find((rule) => rule.id === 'D1');
    if (first === undefined) throw new Error('no D1');
    const who = change.who ?? first.who;
    const whoText = who.map((part) => (part.kind === 'role' ? `role:${part.role}` : part.kind)).join(' & ');
    const second: Rule = { ...first, id: 'D9', ...change, cells: first.cells.with(1, 'D9').with(2, whoText) };
    const ask = compileShard(await compileEngine(MODEL), [...rules, second], evaluateCondition);
    const { legs, facts } = decideWith({ ...rulebook, rulesFor: () => ask });
    return { leg: legs[0], facts: facts[0] ?? {}, ask };
  }
  const nameIn = (plan: FieldPlan | undefined) => plan?.find((line) => line.field === 'name');
  const withheld = { field: 'name', treatment: null, rule: null };

  test('is withheld, even where both would treat it alike', async () => {
    const same = await withSecond({});
    expect(nameIn(same.leg?.permit?.plan)).toEqual(withheld);
    const other = await withSecond({ treatment: { name: 'mask' }, who: [{ kind: 'anyone' }] });
    expect(nameIn(other.leg?.permit?.plan)).toEqual(withheld);
    expect(other.leg?.permit?.plan[1]).toMatchObject({ field: 'born', rule: 'D2' });
  });

  test('is withheld where it is unknown whether the second row applies, by who or by condition', async () => {
    const analyst = await withSecond({ who: [{ kind: 'role', role: 'analyst' }] });
    expect(nameIn(analyst.leg?.permit?.plan)).toMatchObject({ rule: 'D1' });
    const { 'caller.roles': _, ...fewer } = analyst.facts;
    const world = { rows: [], circumstances: CIRCUMSTANCES };
    expect(nameIn(judged(analyst.ask, fewer, world).plan)).toEqual(withheld);
  });

  test('a row still limits of which it is unknown whether it is for the caller', async () => {
    const outputs = [
      'people,P2,partner:police,any dataset,-,allow,-',
      'outputs,O2,role:investigator,sales (records),rows<=1,allow,release keep<=1d',
    ];
    const rulebook = await rulebookOf([ROWS, ...outputs].join('\n'));
    const ask = rulebook.rulesFor('deal', 'sales');
    const facts = decideWith(rulebook).facts[0] ?? {};
    const { 'caller.roles': _, ...fewer } = facts;
    const world = { rows: [], circumstances: CIRCUMSTANCES };
    if (ask === null) throw new Error('no rules');
    expect(judged(ask, facts, world)).toMatchObject({ allowed: true, maxRows: 1 });
    expect(judged(ask, fewer, world)).toMatchObject({ allowed: true, maxRows: 1 });
  });

  test('where nothing else is left, the leg is refused', async () => {
    const rulebook = await rulebookOf(ROWS);
    const twice = rulesIn(rulebook).flatMap((rule) =>
      rule.treatment === undefined
        ? [rule]
        : [rule, { ...rule, id: `${rule.id}-B`, cells: rule.cells.with(1, `${rule.id}-B`) }],
    );
    const ask = compileShard(await compileEngine(MODEL), twice, evaluateCondition);
    const [leg] = decideWith({ ...rulebook, rulesFor: () => ask }).legs;
    expect(leg?.permit).toBeNull();
    expect(leg?.findings.data).toMatchObject({ verdict: 'refuse', code: 'data/ambiguous', rule: null });
    expect(leg?.findings.data.remedy).toBeTruthy();
  });
});
