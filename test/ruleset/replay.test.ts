import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OpenedStep } from '../../src/adapters/sqlite/opened-exchanges.ts';
import type { Rulebook } from '../../src/rulebook/rulebook.ts';
import { replay } from '../../src/ruleset/replay/replay.ts';
import { fieldSentences } from '../../src/ruleset/replay/report.ts';
import { decide } from '../../src/safes/decide.ts';
import { NOW } from '../builders.ts';
import { CONFIG, context, draftOf, drawn, onTrial, recordedLog } from './log.ts';

const QUESTIONS = 90;
type Log = Awaited<ReturnType<typeof recordedLog>>;
let log: Log;
let steps: readonly OpenedStep[];
beforeAll(async () => {
  log = await recordedLog(drawn(QUESTIONS));
  steps = await log.read();
});
afterAll(() => log.close());

const legsOf = (all: readonly OpenedStep[]) =>
  all.flatMap((step) => ('exchange' in step && 'legs' in step.exchange ? step.exchange.legs : []));

function tried(rulebook: Rulebook) {
  return replay(onTrial(rulebook, log.rulebook), steps);
}

/** Which legs the draft would allow, asked of the gateway's own decision on the live registry. */
function live(rulebook: Rulebook): readonly boolean[] {
  const authorities = { ...CONFIG.registry, ...context.live, roles: rulebook.roles, rulesFor: rulebook.rulesFor };
  return log.submissions.flatMap((submission) => {
    const networks = context.networksOf(submission.channel.address);
    return decide(authorities, { ...submission, now: NOW, networks }).legs.map((leg) => leg.permit !== null);
  });
}

describe('on the rules that decided', () => {
  test('every exchange is read, and every leg is decided as it was', async () => {
    expect(steps).toHaveLength(QUESTIONS);
    const states = new Set(legsOf(steps).map((leg) => leg.state));
    expect([...states].sort()).toEqual(['fault', 'none', 'refused', 'released']);
    const report = await tried(log.rulebook);
    const legs = legsOf(steps).length;
    expect(report.legs).toMatchObject({ replayed: legs, exact: legs, same: legs });
    expect(report).toMatchObject({
      newlyAllowed: { legs: 0 },
      newlyRefused: { legs: 0 },
      plans: { legs: 0, fields: [] },
    });
  });

  test('the same log gives the same report, byte for byte', async () => {
    expect(JSON.stringify(await tried(log.rulebook))).toBe(JSON.stringify(await tried(log.rulebook)));
  });
});

describe('a draft', () => {
  test.each([
    ['that lets one factor do', /mfa & auth-age/, 'auth-age'],
    ['that demands another network', /network:police-lan/, 'not network:police-lan'],
    ['that refuses analysts', /(people, {3}P2,.*)allow/, '$1deny'],
    ['that wants no purpose', /purpose:SuspectedCrimeInvestigation & /g, ''],
  ])('%s decides each leg as it would have decided it live', async (_, was, is) => {
    const draft = await draftOf('vehicle-tracing.csv', was, is);
    const report = await tried(draft);
    const [before, after] = [live(log.rulebook), live(draft)];
    const count = (of: (was: boolean, is: boolean) => boolean) =>
      before.filter((b, i) => of(b, after[i] ?? false)).length;
    expect(report.newlyAllowed.legs).toBe(count((b, a) => !b && a));
    expect(report.newlyRefused.legs).toBe(count((b, a) => b && !a));
    expect(report.legs.replayed).toBe(before.length);
  });

  test('that withholds a field says how many answers would have lost it', async () => {
    const report = await tried(await draftOf('vehicle-tracing.csv', /\ndata, {5}D25.*/, ''));
    const answers = legsOf(steps).filter(
      (leg) => leg.state === 'released' && leg.dataset === 'tidewater-sales' && leg.rows !== null,
    ).length;
    expect(answers).toBeGreaterThan(5);
    expect(report.plans.fields).toMatchObject([{ field: 'buyer.name', from: 'keep', to: 'withheld', answers }]);
    expect(fieldSentences(report)).toEqual([`${answers} answers would have lost buyer.name (tidewater-sales)`]);
    expect(Object.values(report.plans.persons).reduce((a, b) => a + b)).toBe(report.plans.legs);
    expect(report.plans.persons['mara-lindqvist']).toBeGreaterThan(5);
  });

  test('with fewer days and fewer records says so, and counts a budget over the stretch', async () => {
    const report = await tried(
      await draftOf(
        'vehicle-tracing.csv',
        /rows<=20 & per-day<=50,( *)allow, {3}release keep<=30d/,
        'rows<=2 & per-day<=3,$1allow, release keep<=9d',
      ),
    );
    expect(report.terms.changes).toContainEqual(
      expect.objectContaining({ from: 'keep<=30d no-onward', to: 'keep<=9d no-onward' }),
    );
    expect(report.limits.changes).toContainEqual(expect.objectContaining({ from: 'rows<=20', to: 'rows<=2' }));
    expect(report.newlyRefused.safes).toEqual({ outputs: report.newlyRefused.legs });
    expect(report.newlyRefused.legs).toBeGreaterThan(5);
  });
});

describe('what cannot be decided again is counted apart', () => {
  test('erased, unreadable, decided by another build, or with roles that cannot be told', async () => {
    const [first, second, third] = steps;
    if (first === undefined || second === undefined || third === undefined || !('exchange' in third)) throw new Error();
    const place = { index: 0, time: '2026-11-23T10:00:00.000Z' };
    const changed: OpenedStep[] = [
      { at: 0, exchange: { exchange: 'x', asked: place, outcome: null, result: 'erased' } },
      { at: 1, problem: 'of another form' },
      third,
    ];
    const draft = onTrial(log.rulebook, log.rulebook);
    const legs = legsOf([third]).length;
    const report = await replay({ ...draft, build: `sha256:${'1'.repeat(64)}` }, changed);
    expect(report.exchanges).toEqual({ read: 3, erased: 1, unreadable: 1 });
    expect(report.legs).toMatchObject({ replayed: 0, undetermined: { build: legs } });
    const roles = await draftOf('roles.csv', /analyst, +-/, 'analyst, investigator');
    const unknown = await replay({ ...onTrial(roles, log.rulebook), rolesOf: () => null }, steps);
    expect(unknown.legs.undetermined.roles).toBeGreaterThan(0);
    expect((await tried(roles)).legs.undetermined.roles).toBe(0);
  });
});

test('a sample is drawn by its seed, is part of the whole in its order, and says what it is of', async () => {
  const [one, again, other] = await Promise.all([7, 7, 8].map((seed) => log.read({ sample: { seed, most: 30 } })));
  expect(one).toEqual(again);
  expect(one).not.toEqual(other);
  expect(one?.length).toBeGreaterThan(20);
  expect(one?.length).toBeLessThanOrEqual(30);
  expect(steps.filter((step) => one?.some((drawnStep) => drawnStep.at === step.at))).toEqual(one);
  const told: number[] = [];
  const report = await replay(onTrial(log.rulebook, log.rulebook), one ?? [], {
    sample: { seed: 7, of: QUESTIONS },
    progress: ({ exchanges }) => told.push(exchanges),
  });
  expect(report.sample).toEqual({ seed: 7, of: QUESTIONS });
});
