import type { Dataset } from '../domain/dataset.ts';
import { parseFieldPath, parseSourcePath, type Step } from '../domain/field-path.ts';
import type { JsonObject, JsonValue } from '../domain/json.ts';

/** Writes a treated record the way its holder writes records. See `createSourceShape`. */
export type SourceShape = (record: JsonObject) => JsonObject;

/** Where a value goes: keys, and positions in lists. */
type Place = readonly (string | number)[];

/** A record under construction. Maps, because a holder may name its keys `__proto__` or `constructor`. */
type Growing = Map<string | number, Growing | Leaf>;
interface Leaf {
  readonly leaf: JsonValue;
}

/**
 * The mapping of a dataset backwards: from canonical fields to the places in the holder's record that they come from.
 * What comes out is built from nothing but the record that goes in, so a field that was withheld is nowhere in it. Keys
 * stand in the order in which the dataset declares its fields; values stay as they are, so dates are `YYYY-MM-DD`.
 * @throws TypeError where a path has not the notation; the registry refuses such datasets.
 */
export function createSourceShape(fields: Dataset['fields']): SourceShape {
  const ways = Object.entries(fields).map(([field, { from }]) => {
    const [there, back] = [parseFieldPath(field), parseSourcePath(from)];
    if (there === undefined || back === undefined) throw new TypeError(`"${field}" or "${from}" is not a path`);
    return { there, back };
  });
  return (record) => {
    const root: Growing = new Map();
    for (const { there, back } of ways) {
      for (const { at, value } of found(record, there, [])) put(root, placeOf(back, at), value);
    }
    return objectOf(root);
  };
}

interface Found {
  /** Positions in the lists along the path. */
  readonly at: readonly number[];
  /** An empty list where the path ends in one before its end. */
  readonly value: JsonValue;
}

function found(scope: JsonValue, [step, ...rest]: readonly Step[], at: readonly number[]): readonly Found[] {
  if (step === undefined) return [{ at, value: scope }];
  if (!isObject(scope) || !Object.hasOwn(scope, step.key)) return [];
  const inner = scope[step.key] ?? null;
  if (!step.each) return found(inner, rest, at);
  if (!isList(inner)) return [];
  if (inner.length === 0) return [{ at, value: [] }];
  return inner.flatMap((element, i) => found(element, rest, [...at, i]));
}

/** As many lists are entered as there are positions; a path of which fewer are known ends at the list itself. */
function placeOf(steps: readonly Step[], positions: readonly number[]): Place {
  const place: (string | number)[] = [];
  let entered = 0;
  for (const { key, each } of steps) {
    place.push(key);
    if (!each) continue;
    const position = positions[entered++];
    if (position === undefined) return place;
    place.push(position);
  }
  return place;
}

function put(root: Growing, place: Place, value: JsonValue): void {
  let level = root;
  for (const [i, key] of place.entries()) {
    const known = level.get(key);
    if (i === place.length - 1) {
      // Another field of the same list has said that it is empty.
      if (known === undefined) level.set(key, { leaf: value });
      return;
    }
    if (known !== undefined && 'leaf' in known) throw new TypeError('two fields cannot stand in one record');
    const next: Growing = known ?? new Map();
    level.set(key, next);
    level = next;
  }
}

function objectOf(level: Growing): JsonObject {
  return Object.fromEntries([...level].map(([key, inner]) => [key, grown(inner)]));
}

function grown(inner: Growing | Leaf): JsonValue {
  if ('leaf' in inner) return inner.leaf;
  const [first] = inner.keys();
  if (typeof first !== 'number') return objectOf(inner);
  return [...inner].toSorted(([a], [b]) => Number(a) - Number(b)).map(([, element]) => grown(element));
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
