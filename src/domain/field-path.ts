import type { FieldPath, SourcePath } from './dataset.ts';

/** One key of a path. */
export interface Step {
  readonly key: string;
  /** `[]` was written: the key holds an array, and the rest of the path is walked in each element. */
  readonly each: boolean;
}

const KEY = /^[a-z][A-Za-z0-9_-]{0,63}$/;

/**
 * Parses a canonical field path such as `owners[].name`.
 * @returns its steps, or undefined where it has not the notation: keys of letters, digits, `-` and `_` that begin with
 * a lower-case letter, joined by `.`, each perhaps followed by `[]`.
 */
export function parseFieldPath(path: FieldPath): readonly Step[] | undefined {
  const steps: Step[] = [];
  for (const part of path.split('.')) {
    const each = part.endsWith('[]');
    const key = each ? part.slice(0, -2) : part;
    if (!KEY.test(key)) return undefined;
    steps.push({ key, each });
  }
  return steps;
}

/**
 * Parses a path into a holder's record such as `previousOwners[].full name`: keys are the holder's, so nearly anything goes.
 * @returns its steps, or undefined where it has not the notation.
 */
export function parseSourcePath(path: SourcePath): readonly Step[] | undefined {
  const steps: Step[] = [];
  for (const part of path.split('.')) {
    const each = part.endsWith('[]');
    const key = each ? part.slice(0, -2) : part;
    if (key === '' || /[[\]]/.test(key)) return undefined;
    steps.push({ key, each });
  }
  return steps;
}

/**
 * Whether two different paths cannot stand in one record: one leads into what the other calls a value, or they disagree
 * about whether a key holds an array.
 */
export function pathsClash(a: readonly Step[], b: readonly Step[]): boolean {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const [x, y] = [a[i], b[i]];
    if (x?.key !== y?.key) return false;
    if (x?.each !== y?.each) return true;
  }
  return true;
}
