import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Fault } from '../../src/domain/faults.ts';
import type { Proposal } from '../../src/domain/rulebook-life.ts';
import type { Digest } from '../../src/domain/versions.ts';
import { NotActivated, StaleProposal } from '../../src/gateway/rulebook/ports.ts';
import { startTimetable } from '../../src/wiring/rulebook-timetable.ts';

const digest = (of: string): Digest => `sha256:${of.repeat(64)}`;
const BASE = digest('0');
const AT = Date.UTC(2026, 10, 22, 6);

/** Scheduled for the same moment as all others. */
function scheduled(id: string, round = 1): Proposal {
  const submission = {
    ...{ round, submitter: 's', time: AT - 1_000, base: BASE, tests: BASE, replay: BASE },
    ...{ needs: { path: 'own', partners: [] } as const, grounds: [], entry: 'e' },
  };
  return {
    ...{ id, revision: round * 3, state: 'scheduled', kind: 'draft', version: digest(id), author: 's', partner: 'p' },
    ...{ message: 'm', time: AT - 2_000, submission, approvals: [], at: AT },
    ...{ activated: null, reviewBy: null, reviewer: null },
  };
}

beforeEach(() => {
  vi.useFakeTimers({ now: AT });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A timetable over a store in memory. @param fails what keeps a proposal from becoming active. */
function timetableOf(first: readonly Proposal[], fails: (one: Proposal) => Error | null) {
  let all = first;
  let active = BASE;
  const lines: (readonly [string, Readonly<Record<string, unknown>>])[] = [];
  const tried: string[] = [];
  const timetable = startTimetable({
    clock: { now: () => Date.now(), until: async () => undefined },
    log: (event, fields) => lines.push([event, fields]),
    ...{ source: 'store', inFiles: null, proposals: () => all, active: () => active },
    async activate(next) {
      tried.push(next.id);
      const error = fails(next) ?? (next.submission?.base === active ? null : new StaleProposal());
      if (error !== null) throw error;
      active = next.version;
      all = all.map((one) => (one.id === next.id ? next : one));
      return 7;
    },
  });
  return {
    timetable,
    tried,
    lines,
    active: () => active,
    put: (...proposals: Proposal[]) => {
      all = proposals;
      timetable.refresh();
    },
  };
}
const flawed = new NotActivated('rulebook/flawed', 'why');

test('what cannot become active keeps nothing else of that moment from it, and is tried again once it is submitted again', async () => {
  let broken = true;
  const t = timetableOf([scheduled('a'), scheduled('b')], ({ id }) => (broken && id === 'a' ? flawed : null));
  await vi.advanceTimersByTimeAsync(20_000);
  expect(t.tried).toEqual(['a', 'b']);
  expect(t.active()).toBe(digest('b'));
  expect(t.lines[0]).toEqual(['rulebook-not-activated', expect.objectContaining({ proposal: 'a' })]);
  expect(t.timetable.information.tell()).toMatchObject({ notActivated: ['a'] });

  broken = false;
  const again = scheduled('a', 2);
  const { submission } = again;
  if (submission === null) throw new Error('not submitted');
  t.put({ ...again, submission: { ...submission, base: digest('b') } });
  expect(t.timetable.information.tell()).toMatchObject({ notActivated: [] });
  await vi.advanceTimersByTimeAsync(20_000);
  expect(t.active()).toBe(digest('a'));
  t.timetable.stop();
});

test('the second of two that were compared with the same version is given up, and said', async () => {
  const t = timetableOf([scheduled('a'), scheduled('b')], () => null);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(t.active()).toBe(digest('a'));
  expect(t.tried).toEqual(['a', 'b']);
  expect(t.timetable.information.tell()).toMatchObject({ notActivated: ['b'] });
  expect(t.lines.map(([event]) => event)).toEqual(['rulebook', 'rulebook-not-activated']);
  t.timetable.stop();
});

test('what nobody foresaw is logged once, tried again, and keeps nothing else', async () => {
  let away: Error | null = new TypeError('holds what no log is to hold');
  const t = timetableOf([scheduled('a'), scheduled('b')], ({ id }) => (id === 'a' ? away : flawed));
  await vi.advanceTimersByTimeAsync(12_000);
  expect(t.tried).toEqual(['a', 'b', 'a', 'a']);
  expect(t.lines).toEqual([
    ['rulebook-activation-delayed', { proposal: 'a', why: 'TypeError' }],
    ['rulebook-not-activated', { proposal: 'b', version: digest('b'), why: 'rulebook/flawed' }],
  ]);
  away = new Fault('ledger/unavailable');
  await vi.advanceTimersByTimeAsync(5_000);
  expect(t.lines.at(-1)).toEqual(['rulebook-activation-delayed', { proposal: 'a', why: 'ledger/unavailable' }]);
  away = null;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(t.active()).toBe(digest('a'));
  t.timetable.stop();
});
