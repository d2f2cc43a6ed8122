import { performance } from 'node:perf_hooks';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Traffic } from '../gateway/server.ts';

/** When is looked, in ms. */
interface Times {
  /** Until the first collection at the latest; it comes at two thirds of that if the second of them was quiet. */
  readonly first: number;
  readonly every: number;
}
const TIMES: Times = { first: 3_000, every: 10_000 };
/** Busy less than this share of the time since the last look: there is no work of its own, such as a replay, in hand. */
const IDLE = 0.02;
/** Bytes in use since the last collection that are worth another one. */
const WORTH = 8 * 1024 * 1024;

/** `last-resort` gives pages back, and takes twice as long. */
type Flavor = 'regular' | 'last-resort';

/** `gc` as V8 defines it under --expose-gc. */
type Collect = (how: { readonly type: 'major'; readonly execution: 'sync'; readonly flavor: Flavor }) => void;

/**
 * Has this thread's garbage collected once after the start, and then whenever it has come to rest after some work. Without
 * the first collection V8 does not know how little of the heap lives, and lets the garbage of a busy gateway grow to
 * several times that before it looks (40 ms, once); without the others, what a start or a rush needed would stay resident
 * for as long as nothing happens (80 ms; nobody is waiting when they begin, and who comes during one waits for its end).
 * @param traffic of the server that callers ask. Quiet is only a whole stretch in which nobody came and nobody waits.
 */
export function startHeapCare(traffic: () => Traffic, { first, every }: Times = TIMES): { stop(): void } {
  let before = performance.eventLoopUtilization();
  let met = traffic().arrived;
  let kept: number | null = null;
  const quietSinceThen = () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    const { arrived, underWay } = traffic();
    const asked = arrived !== met;
    [before, met] = [now, arrived];
    return !asked && underWay === 0 && utilization < IDLE;
  };
  const collect = (flavor: Flavor) => {
    collectGarbage(flavor);
    kept = getHeapStatistics().used_heap_size;
  };
  const timers = [
    // What is left of the start is no sign of what follows it.
    setTimeout(quietSinceThen, first / 3),
    setTimeout(
      () => {
        if (quietSinceThen()) collect('last-resort');
      },
      (first * 2) / 3,
    ),
    setTimeout(() => {
      if (kept === null) collect('regular');
    }, first),
    setInterval(() => {
      const quiet = quietSinceThen();
      if (quiet && kept !== null && getHeapStatistics().used_heap_size > kept + WORTH) collect('last-resort');
    }, every),
  ];
  for (const timer of timers) timer.unref();
  return { stop: () => timers.forEach((timer) => void clearTimeout(timer)) };
}

function collectGarbage(flavor: Flavor): void {
  // The function is there in contexts that are made from then on, and in no other.
  setFlagsFromString('--expose-gc');
  const collect: Collect = runInNewContext('gc');
  collect({ type: 'major', execution: 'sync', flavor });
}
