import type { SourcePath } from '../../domain/dataset.ts';
import { Fault } from '../../domain/faults.ts';

/** The step `[]`: every element of an array. */
export const EACH = Symbol('[]');
export type Step = string | typeof EACH;
export type Steps = readonly Step[];
export type JsonMap = Readonly<Record<string, unknown>>;

/** Steps of `owners[].name`; undefined where the text is not a path. The empty path stands for the value itself. */
export function parsePath(path: SourcePath): Steps | undefined {
  if (path === '') return [];
  const steps: Step[] = [];
  for (const part of path.split('.')) {
    const brackets = /(?:\[\])*$/.exec(part)?.[0] ?? '';
    const key = part.slice(0, part.length - brackets.length);
    if (key === '' || key.includes('[]')) return undefined;
    steps.push(key);
    for (let i = 0; i < brackets.length / 2; i++) steps.push(EACH);
  }
  return steps;
}

export function isMap(value: unknown): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @param place the field or path as configured: the message names it and never the value. */
export function wrongShape(place: string, expected: string): Fault {
  return new Fault('holder/shape', `${place}: expected ${expected}`);
}

/**
 * The value under `keys`, one after the other. Only own properties count: a record can neither hide a field behind its
 * prototype nor borrow one from ours.
 * @returns undefined where a key, or what should hold it, is absent or null.
 * @throws Fault('holder/shape') where something that should hold keys is a scalar or an array.
 */
export function valueAt(scope: unknown, keys: readonly string[], place: string): unknown {
  let value = scope;
  for (const key of keys) {
    if (value === undefined || value === null) return undefined;
    value = member(value, key, place);
  }
  return value;
}

function member(scope: unknown, key: string, place: string): unknown {
  if (!isMap(scope)) throw wrongShape(place, 'an object');
  return Object.hasOwn(scope, key) ? scope[key] : undefined;
}

/** Every value a path leads to, arrays walked; absent ones left out. Throws as `valueAt` does. */
export function valuesAt(scope: unknown, steps: Steps, place: string): readonly unknown[] {
  const found: unknown[] = [];
  collect(scope, steps, 0, place, found);
  return found;
}

function collect(scope: unknown, steps: Steps, at: number, place: string, found: unknown[]): void {
  if (scope === undefined || scope === null) return;
  const step = steps[at];
  if (step === undefined) found.push(scope);
  else if (step !== EACH) collect(member(scope, step, place), steps, at + 1, place, found);
  else if (!Array.isArray(scope)) throw wrongShape(place, 'an array');
  else for (const element of scope) collect(element, steps, at + 1, place, found);
}
