import { describe, expect, test } from 'vitest';
import {
  MOVERS,
  type Needs,
  PROPOSAL_LIFE,
  PROPOSAL_MOVES,
  PROPOSAL_STATES,
  type Proposal,
  type ProposalState,
} from '../../src/domain/rulebook-life.ts';
import { DAY } from '../../src/domain/time.ts';
import type { Digest } from '../../src/domain/versions.ts';
import * as life from '../../src/review/rulebook-life.ts';

const NOW = Date.UTC(2026, 10, 22);
const digest = (digit: string): Digest => `sha256:${digit.repeat(64)}`;
const draft: Proposal = {
  ...{ id: 'P', revision: 1, state: 'draft', kind: 'draft', version: digest('a'), author: 'greta', partner: 'north' },
  ...{
    message: 'm',
    time: NOW,
    submission: null,
    approvals: [],
    at: null,
    activated: null,
    reviewBy: null,
    reviewer: null,
  },
};
const actor = (person: string, partner = 'north', seesAll = true) => ({ person, partner, seesAll });
const grounds = (needs: Partial<Needs> = {}) => ({
  ...{ base: digest('b'), tests: digest('c'), replay: digest('d'), grounds: [], entry: 'E' },
  needs: { path: 'ordinary', partners: [], ...needs } as Needs,
});
function done(moved: life.Moved): Proposal {
  if ('refused' in moved) throw new Error(moved.refused);
  return moved.proposal;
}
const sent = (needs: Partial<Needs> = {}) => done(life.submit(draft, actor('greta'), grounds(needs), NOW));
const agreed = (proposal: Proposal, person: string, partner = 'north') =>
  life.approve(proposal, actor(person, partner), { note: 'n' }, NOW);

describe('the table', () => {
  const allowed = PROPOSAL_STATES.flatMap((state) =>
    PROPOSAL_MOVES.flatMap((move) => (PROPOSAL_LIFE[state][move]?.who ?? []).map((who) => `${state} ${move} ${who}`)),
  );

  test('answers for every state, move and mover, and is asked for each', () => {
    const found = PROPOSAL_STATES.flatMap((state) =>
      PROPOSAL_MOVES.flatMap((move) =>
        MOVERS.flatMap((who) => (life.refusalOf(state, move, [who]) === null ? `${state} ${move} ${who}` : [])),
      ),
    );
    expect(found).toEqual(allowed);
    expect(found).toMatchInlineSnapshot(`
      [
        "draft submit side",
        "draft withdraw side",
        "submitted approve other",
        "submitted reject other",
        "submitted withdraw side",
        "submitted lapse gateway",
        "partly-approved approve other",
        "partly-approved reject other",
        "partly-approved withdraw side",
        "partly-approved lapse gateway",
        "approved reject other",
        "approved withdraw side",
        "approved activate circle",
        "approved schedule circle",
        "approved lapse gateway",
        "scheduled reject other",
        "scheduled withdraw side",
        "scheduled activate circle",
        "scheduled activate gateway",
        "scheduled lapse gateway",
        "active review other",
        "active supersede gateway",
        "lapsed submit side",
        "lapsed withdraw side",
      ]
    `);
  });

  test('every state is reached, every move is made by somebody, and what is over stays over', () => {
    const reached = new Set<ProposalState>(['draft']);
    for (const state of reached)
      for (const way of Object.values(PROPOSAL_LIFE[state])) for (const to of way.to) reached.add(to);
    expect(reached).toEqual(new Set(PROPOSAL_STATES));
    expect(new Set(allowed.map((line) => line.split(' ')[1]))).toEqual(new Set(PROPOSAL_MOVES));
    const over = PROPOSAL_STATES.filter((state) => Object.keys(PROPOSAL_LIFE[state]).length === 0);
    expect(over).toEqual(['superseded', 'rejected', 'withdrawn']);
  });

  test('nothing becomes active but from approval', () => {
    const before = PROPOSAL_STATES.filter((state) => PROPOSAL_LIFE[state].activate !== undefined);
    expect(before).toEqual(['approved', 'scheduled']);
  });
});

describe('approval', () => {
  test('is another person’s, once, and of every partner for whom it widens', () => {
    const two = sent({ partners: ['north', 'tide'] });
    expect(agreed(two, 'greta')).toEqual({ refused: 'same-person' });
    const half = done(agreed(two, 'lars'));
    expect(half.state).toBe('partly-approved');
    expect(life.missingFrom(half)).toEqual({ partners: ['tide'], enough: false });
    expect(agreed(half, 'lars')).toEqual({ refused: 'same-person' });
    expect(done(agreed(half, 'sven')).state).toBe('partly-approved');
    expect(done(agreed(half, 'tess', 'tide')).state).toBe('approved');
  });

  test('of one other person suffices where nothing widens for anybody', () => {
    expect(done(agreed(sent(), 'lars')).state).toBe('approved');
    expect(life.approve(sent(), actor('tess', 'tide', false), { note: 'n' }, NOW)).toEqual({
      refused: 'not-concerned',
    });
  });

  test('is void once it is submitted again', () => {
    const half = done(agreed(sent({ partners: ['north', 'tide'] }), 'lars'));
    const later = NOW + 31 * DAY;
    expect(life.stateAt(half, later)).toBe('lapsed');
    const again = done(life.submit(half, actor('greta'), grounds({ partners: ['north', 'tide'] }), later));
    expect(again).toMatchObject({ state: 'submitted', submission: { round: 2 } });
    expect(life.missingFrom(again).partners).toEqual(['north', 'tide']);
    const tess = done(life.approve(again, actor('tess', 'tide'), { note: 'n' }, later));
    expect(tess).toMatchObject({ state: 'partly-approved', approvals: [{ person: 'tess', round: 2 }] });
  });

  test('is needed of nobody for an emergency, which asks for a review; overdue after three days', () => {
    const approved = sent({ path: 'emergency' });
    expect(approved.state).toBe('approved');
    const active = done(life.activate(approved, actor('greta'), NOW));
    expect(active.reviewBy).toBe(NOW + 3 * DAY);
    expect([0, 3 * DAY, 3 * DAY + 1].map((after) => life.isOverdue(active, NOW + after))).toEqual([false, false, true]);
    expect(life.review(active, actor('greta'), NOW)).toEqual({ refused: 'same-person' });
    const looked = done(life.review(active, actor('lars'), NOW));
    expect(life.isOverdue(looked, NOW + 9 * DAY)).toBe(false);
    expect(life.review(looked, actor('sven'), NOW)).toEqual({ refused: 'state' });
    expect(done(life.activate(sent({ path: 'own' }), actor('greta'), NOW)).reviewBy).toBe(null);
  });
});

test('the gateway activates what is scheduled and nothing else', () => {
  const approved = done(agreed(sent(), 'lars'));
  expect(life.activate(approved, null, NOW)).toEqual({ refused: 'not-concerned' });
  const scheduled = done(life.schedule(approved, actor('lars'), NOW + DAY, NOW));
  expect(done(life.activate(scheduled, null, NOW + DAY)).state).toBe('active');
  expect(life.withdraw(approved, actor('tess', 'tide'), NOW)).toEqual({ refused: 'not-concerned' });
  expect(done(life.reject(approved, actor('tess', 'tide'), NOW)).state).toBe('rejected');
});
