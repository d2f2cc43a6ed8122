import { decide, type Petition } from '../../src/safes/decide.ts';
import { median, RUNS } from '../result.ts';
import type { Built } from './build.ts';
import type { LaidOut } from './layouts.ts';
import { authoritiesOf, EVERY_WAY, IN_USE, pairOf, petition, type Way } from './world.ts';

const DECISIONS = 20_000;
/** Decisions between two looks at the clock. */
const SAMPLE = 20;

/** Questions put to one layout. Costs are microseconds for one decision: the median of many short samples. */
export interface Asking {
  /** Milliseconds on the clock of each first decision of a partner and dataset. To be called first, and once. */
  firsts(): readonly number[];
  remembered(): number;
  /** At most RUNS times. */
  unremembered(): number;
  /** As `remembered`, asking about all there are. */
  allInTurn(): number;
  /** How many situations `unremembered` goes through each time. */
  readonly situations: number;
}

/** @throws Error where a question that has to be permitted is refused, or one is refused by an error. */
export function asking(laidOut: LaidOut, { rulebook }: Built): Asking {
  const authorities = authoritiesOf(laidOut, rulebook);
  const { partners, datasets } = laidOut;
  const all = Math.max(partners.length, datasets.length);
  const [allowed, ...others] = EVERY_WAY;
  if (allowed === undefined) throw new Error('no way to ask');
  let turn = 0;
  const question = (pair: number, way: Way): Petition => {
    turn++;
    return petition(pairOf(laidOut, pair), way, turn);
  };
  /** Petitions have been put together before the clock starts. In most short samples no other process has its turn. */
  const costOf = (petitions: readonly Petition[], sample: number, permitted: boolean): number => {
    let permits = 0;
    const costs: number[] = [];
    for (let at = 0; at < petitions.length; at += sample) {
      const some = petitions.slice(at, at + sample);
      const begun = performance.now();
      for (const one of some) if (decide(authorities, one).legs[0]?.permit != null) permits++;
      costs.push(((performance.now() - begun) * 1_000) / some.length);
    }
    if (permitted && permits !== petitions.length) throw new Error(`only ${permits} of ${petitions.length} permitted`);
    return median(costs);
  };
  const oneOf = (pairs: number) => (_: unknown, i: number) => question((i * 7_919) % pairs, allowed);
  const asked = Array.from({ length: DECISIONS }, oneOf(IN_USE));
  const situations = Math.floor(others.length / (RUNS + 1));
  // Not counted: for the compiler of the runtime, and so that every standing in use is known.
  const warm = (): void => {
    for (let i = 0; i < 3; i++) costOf(asked, SAMPLE, true);
    costOf(
      others.slice(0, situations).map((way, i) => question(i % IN_USE, way)),
      1,
      false,
    );
  };
  let warmed = false;
  let heard = 0;
  const whenWarm = (measure: () => number): number => {
    if (!warmed) warm();
    warmed = true;
    return measure();
  };
  return {
    situations,
    firsts: () =>
      Array.from({ length: all }, (_, pair) => {
        const first = question(pair, allowed);
        const begun = performance.now();
        const { legs } = decide(authorities, first);
        const took = performance.now() - begun;
        if (legs[0]?.permit == null) throw new Error('a first question was refused');
        return took;
      }),
    remembered: () => whenWarm(() => costOf(asked, SAMPLE, true)),
    unremembered: () =>
      whenWarm(() => {
        heard += situations;
        const ways = others.slice(heard, heard + situations);
        return costOf(
          ways.map((way, i) => question(i % IN_USE, way)),
          1,
          false,
        );
      }),
    allInTurn: () => {
      const petitions = Array.from({ length: all }, oneOf(all));
      return median(Array.from({ length: RUNS }, () => costOf(petitions, SAMPLE, true)));
    },
  };
}
