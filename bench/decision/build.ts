import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { buildRulebook, type Rulebook } from '../../src/rulebook/rulebook.ts';
import { evaluateCondition } from '../../src/safes/conditions/index.ts';
import type { LaidOut } from './layouts.ts';
import { vocabularyOf } from './world.ts';

export interface Built {
  readonly rulebook: Rulebook;
  /** From text to a rulebook that can be asked. */
  readonly buildMs: number;
  /** Longest time in which a timer of one millisecond could not go off meanwhile. */
  readonly blockMs: number;
  readonly heapMb: number;
}

/** Builds a version from its files as the gateway does when one is activated. @throws Error where it has flaws. */
export async function build(laidOut: LaidOut): Promise<Built> {
  const vocabulary = vocabularyOf(laidOut);
  const before = heapMb();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  // A turn for the monitor to begin in.
  await new Promise((resolve) => setTimeout(resolve, 20));
  delay.enable();
  const begun = performance.now();
  const built = await buildRulebook(laidOut.sources, vocabulary, evaluateCondition);
  const buildMs = performance.now() - begun;
  await new Promise((resolve) => setTimeout(resolve, 5));
  delay.disable();
  if ('flaws' in built) throw new Error(`no rulebook: ${JSON.stringify(built.flaws.slice(0, 3))}`);
  return { rulebook: built.rulebook, buildMs, blockMs: delay.max / 1e6, heapMb: heapMb() - before };
}

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** Megabytes in use when everything that is not has been thrown away. */
export function heapMb(): number {
  collect();
  return process.memoryUsage().heapUsed / 2 ** 20;
}
