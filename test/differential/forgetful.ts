import { createMemory, type Memory, NAMING, type Naming } from '../../src/rulebook/memory.ts';

/** A name that is JSON of agreement, dataset, output level, partner and roles, with one of them altered. */
function renamed(alter: (parts: unknown[]) => unknown[]): Naming['standing'] {
  return (agreement, question) => {
    const parts: unknown = JSON.parse(NAMING.standing(agreement, question));
    if (!Array.isArray(parts) || parts.length !== 5) throw new Error('a standing is named otherwise now');
    return JSON.stringify(alter(parts));
  };
}

/** Mistakes that could be made in remembering: each lets one caller be told what was found for another. */
export const FORGETFUL: Readonly<Record<string, Partial<Naming>>> = {
  'the dataset left out': { standing: renamed((parts) => parts.with(1, '')) },
  'the output level left out': { standing: renamed((parts) => parts.with(2, '')) },
  'the partner left out': { standing: renamed((parts) => parts.with(3, '')) },
  'roles left out': { standing: renamed((parts) => parts.with(4, '')) },
  'only the first role': { standing: renamed((parts) => parts.with(4, Array.isArray(parts[4]) ? parts[4][0] : '')) },
  'only how many roles': {
    standing: renamed((parts) => parts.with(4, Array.isArray(parts[4]) ? parts[4].length : '')),
  },
  'roles not known as no roles': { standing: renamed((parts) => parts.with(4, parts[4] ?? [])) },
  'a partner not known as one that is': { standing: renamed((parts) => parts.with(3, parts[3] ?? 'police')) },
  'the first condition left out': { situation: (met) => NAMING.situation(met.slice(1)) },
  'the last condition left out': { situation: (met) => NAMING.situation(met.slice(0, -1)) },
  'one condition in the middle left out': {
    situation: (met) => NAMING.situation(met.toSpliced(Math.floor(met.length / 2), 1)),
  },
  'conditions in no order': { situation: (met) => NAMING.situation(met.toSorted()) },
  'unknown as unmet': { situation: (met) => NAMING.situation(met.map((is) => (is === 'unknown' ? 'unmet' : is))) },
  'unknown as met': { situation: (met) => NAMING.situation(met.map((is) => (is === 'unknown' ? 'met' : is))) },
};

/** @param fault to be committed on purpose; null: none. @param mostRows kept, few so that much is forgotten again. */
export function memoryWith(fault: string | null, mostRows?: number): Memory {
  return createMemory({ ...NAMING, ...(fault === null ? {} : FORGETFUL[fault]) }, mostRows);
}
