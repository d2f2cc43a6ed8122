import type { Met } from '../domain/catalogue.ts';
import type { Heard, Question } from '../domain/matching.ts';
import type { Standing } from './standing.ts';

/**
 * What one version remembers of what its rows said, for as long as it lives and never longer. Nothing in it is an answer
 * about a person: the names under which things are remembered say all that rows look at, so that whoever is found under
 * the same name would be told the same by asking the rows.
 */
export interface Memory {
  /** Which rows can concern everybody who stands like this; found once. */
  standing(agreement: string, question: Question, find: () => Standing): Standing;
  /** What those rows say while their conditions fare like this; heard once. */
  heard(standing: Standing, met: readonly Met[], hear: () => Heard): Heard;
}

/** How standings and situations are named. */
export interface Naming {
  standing(agreement: string, question: Question): string;
  /** @param met each condition of the standing's rows, in their order. */
  situation(met: readonly Met[]): string;
}

/** Rows look at dataset, output level, partner and roles, and at facts through conditions alone. */
export const NAMING: Naming = {
  standing: (agreement, { dataset, output, facts }) =>
    // JSON, since nothing that is put into it can pass for a border between two names.
    JSON.stringify([agreement, dataset, output, facts['caller.partner'] ?? null, facts['caller.roles'] ?? null]),
  situation: (met) => {
    let situation = '';
    for (const is of met) situation += LETTERS[is];
    return situation;
  },
};

const LETTERS: Readonly<Record<Met, string>> = { met: '+', unmet: '-', unknown: '?' };

/** As many rows are kept in standings, and twice in situations: each row of one costs about a kilobyte. */
const MOST_ROWS = 120_000;

export function createMemory(naming: Naming = NAMING, mostRows = MOST_ROWS): Memory {
  const standings = createStore<Standing>(mostRows, (standing) => standing.size);
  const situations = createStore<{ readonly heard: Heard; readonly size: number }>(mostRows, ({ size }) => size);
  return {
    standing: (agreement, question, find) => standings(naming.standing(agreement, question), find),
    heard: (standing, met, hear) =>
      situations(`${standing.serial}${naming.situation(met)}`, () => ({ heard: hear(), size: standing.size })).heard,
  };
}

/**
 * Keeps what was used lately. Two halves: when the young one is full it becomes the old one, and what was in the old one is
 * forgotten unless it was asked for since.
 * @param most of what `sizeOf` counts in each half.
 */
function createStore<T extends object>(most: number, sizeOf: (value: T) => number) {
  let [young, old, size] = [new Map<string, T>(), new Map<string, T>(), 0];
  return (name: string, find: () => T): T => {
    const known = young.get(name);
    if (known !== undefined) return known;
    const value = old.get(name) ?? find();
    size += sizeOf(value) + 1;
    if (size > most && young.size > 0) [old, young, size] = [young, new Map(), sizeOf(value) + 1];
    young.set(name, value);
    return value;
  };
}
