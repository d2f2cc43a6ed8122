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
    if (!isMap(value)) throw wrongShape(place, 'an object');
    value = Object.hasOwn(value, key) ? value[key] : undefined;
  }
  return value;
}

/** Every value a path leads to, arrays walked; absent ones left out. Throws as `valueAt` does. */
export function valuesAt(scope: unknown, steps: Steps, place: string): readonly unknown[] {
  if (scope === undefined || scope === null) return [];
  const [step, ...rest] = steps;
  if (step === undefined) return [scope];
  if (step !== EACH) return valuesAt(valueAt(scope, [step], place), rest, place);
  if (!Array.isArray(scope)) throw wrongShape(place, 'an array');
  return scope.flatMap((element: unknown) => valuesAt(element, rest, place));
}
