import { performance } from 'node:perf_hooks';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Traffic } from '../gateway/server.ts';

/** When is looked, in ms. */
interface Times {
  /** After the start: the second half of that is looked at, and if it was quiet the first collection comes. */
  readonly first: number;
  readonly every: number;
}
const TIMES: Times = { first: 2_000, every: 10_000 };
/** Busy less than this share of the time since the last look: there is no work of its own, such as a replay, in hand. */
const IDLE = 0.02;
/** Bytes in use since the last collection that are worth another one. */
const WORTH = 8 * 1024 * 1024;

/** `last-resort` gives pages back, and takes twice as long. */
type Flavor = 'regular' | 'last-resort';

/** `gc` as V8 defines it under --expose-gc. */
type Collect = (how: { readonly type: 'major'; readonly execution: 'sync'; readonly flavor: Flavor }) => void;

/**
 * Has this thread's garbage collected at once, so that V8 knows how little of the heap lives, and from then on whenever it
 * has come to rest after some work, the start being the first. Without the one, the garbage of a busy gateway grows to
 * several times that before V8 looks; without the others, what a start or a rush needed would stay resident for as long as
 * nothing happens (80 ms; nobody is waiting when it begins, and who comes during it waits for its end). While somebody
 * asks, V8 collects by itself, in steps.
 * @param traffic of the server that callers ask. Quiet is only a whole stretch in which nobody came and nobody waits.
 */
export function startHeapCare(traffic: () => Traffic, { first, every }: Times = TIMES): { stop(): void } {
  collectGarbage('regular');
  let before = performance.eventLoopUtilization();
  let met = traffic().arrived;
  /** In use after the last collection that gave pages back; what a start leaves behind is worth one. */
  let kept = 0;
  const quietSinceThen = () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    const { arrived, underWay } = traffic();
    const asked = arrived !== met;
    [before, met] = [now, arrived];
    return !asked && underWay === 0 && utilization < IDLE;
  };
  const look = () => {
    if (!quietSinceThen() || getHeapStatistics().used_heap_size <= kept + WORTH) return;
    collectGarbage('last-resort');
    kept = getHeapStatistics().used_heap_size;
  };
  // What is left of the start is no sign of what follows it.
  const timers = [setTimeout(quietSinceThen, first / 2), setTimeout(look, first), setInterval(look, every)];
  for (const timer of timers) timer.unref();
  return { stop: () => timers.forEach((timer) => void clearTimeout(timer)) };
}

function collectGarbage(flavor: Flavor): void {
  // The function is there in contexts that are made from then on, and in no other.
  setFlagsFromString('--expose-gc');
  const collect: Collect = runInNewContext('gc');
  collect({ type: 'major', execution: 'sync', flavor });
}
