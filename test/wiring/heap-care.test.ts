import { constants, PerformanceObserver } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startHeapCare } from '../../src/wiring/heap-care.ts';

/** Something that nobody holds, but the old space of this thread. */
function forgotten(): WeakRef<object> {
  return new WeakRef({ left: 'over' });
}

async function collected(ref: WeakRef<object>): Promise<void> {
  await vi.waitUntil(() => ref.deref() === undefined, { timeout: 5_000, interval: 20 });
}

const RUSH = 200_000;

/** Small objects of some 20 MB: worth a collection. */
function rush(): readonly object[] {
  return Array.from({ length: RUSH }, (_, i) => ({ i, of: [i] }));
}

/** Counts collections that somebody ordered: V8's own are of no concern. */
function ordered(): () => number {
  let count = 0;
  const { NODE_PERFORMANCE_GC_FLAGS_FORCED: forced, NODE_PERFORMANCE_GC_FLAGS_ALL_AVAILABLE_GARBAGE: all } = constants;
  const observer = new PerformanceObserver((list) => {
    count += list.getEntries().filter((entry) => (flagsOf(entry) & (forced | all)) !== 0).length;
  });
  observer.observe({ entryTypes: ['gc'] });
  onTestFinished(() => observer.disconnect());
  return () => count;
}

function flagsOf(entry: object): number {
  const detail = 'detail' in entry ? entry.detail : null;
  const flags = typeof detail === 'object' && detail !== null && 'flags' in detail ? detail.flags : null;
  return typeof flags === 'number' ? flags : 0;
}

const NOBODY = { arrived: 0, underWay: 0 };
const TIMES = { first: 100, every: 300 };

test('all is collected once at the start, whoever asks', async () => {
  const ref = forgotten();
  const count = ordered();
  // WeakRef keeps what it was made with until this turn of the event loop is over.
  await sleep(0);
  startHeapCare(() => ({ arrived: 1, underWay: 1 }), { first: 1e6, every: 1e6 }).stop();
  expect(ref.deref()).toBeUndefined();
  await vi.waitUntil(() => count() === 1, { timeout: 5_000, interval: 20 });
});

test('what a start leaves behind is collected soon after, and what comes after that when it is quiet', async () => {
  const care = startHeapCare(() => NOBODY, TIMES);
  onTestFinished(() => care.stop());
  await collected(forgotten());
  await collected(new WeakRef(rush()));
});

test.each([
  ['somebody waits for an answer', () => ({ arrived: 1, underWay: 1 })],
  ['somebody asks now and then, and costs next to nothing', (looks: number) => ({ arrived: looks, underWay: 0 })],
])('not while %s', async (_, traffic) => {
  let looks = 0;
  let asked = true;
  const count = ordered();
  const care = startHeapCare(() => (asked ? traffic(++looks) : { arrived: looks, underWay: 0 }), TIMES);
  onTestFinished(() => care.stop());
  // Held, so that V8 cannot collect it by itself and leave nothing that is worth being ordered.
  const held = rush();
  await sleep(5 * TIMES.every);
  // The one of the start.
  expect(count()).toBe(1);
  asked = false;
  await vi.waitUntil(() => count() > 1, { timeout: 5_000, interval: 20 });
  expect(held).toHaveLength(RUSH);
});
