import type { CanonicalRecord, CanonicalValue, FieldSpec } from '../../domain/dataset.ts';
import { Fault } from '../../domain/faults.ts';
import { EACH, type Steps, valueAt, wrongShape } from './path.ts';
import { scalar } from './scalar.ts';

/**
 * The canonical record as a tree, each node knowing where in the holder's record its value stands. `from` is relative
 * to the record, or to the element of the array around it.
 */
export type Shape =
  | { readonly kind: 'scalar'; readonly field: string; readonly from: readonly string[]; readonly spec: FieldSpec }
  | { readonly kind: 'array'; readonly field: string; readonly from: readonly string[]; readonly element: Shape }
  | ObjectShape;
export interface ObjectShape {
  readonly kind: 'object';
  readonly members: readonly (readonly [string, Shape])[];
}

/** A declared field on its way into the tree: the steps not yet taken, in the canonical and in the holder's record. */
export interface Declared {
  readonly field: string;
  readonly to: Steps;
  readonly from: Steps;
  readonly spec: FieldSpec;
}

/** A record read along this tree must not be able to name what every object has. */
const RESERVED: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

function leading(from: Steps): readonly string[] {
  const keys: string[] = [];
  for (const step of from) {
    if (step === EACH) break;
    keys.push(step);
  }
  return keys;
}

function scalarShape(declared: Declared, problems: string[]): Shape {
  const from = leading(declared.from);
  if (from.length < declared.from.length) {
    problems.push(`field ${declared.field}: its path "${declared.spec.from}" walks an array that the field does not`);
  }
  return { kind: 'scalar', field: declared.field, from, spec: declared.spec };
}

function arrayShape(all: readonly Declared[], first: Declared, problems: string[]): Shape {
  const from = leading(first.from);
  const inner: Declared[] = [];
  for (const declared of all) {
    const own = leading(declared.from);
    if (own.length === declared.from.length) {
      problems.push(`field ${declared.field}: its path "${declared.spec.from}" has fewer [] than the field`);
    } else if (JSON.stringify(own) !== JSON.stringify(from)) {
      // Elements of two arrays belong together by nothing but their position, which no holder promises.
      problems.push(`fields ${first.field} and ${declared.field}: one array must come from one array of the holder`);
    } else inner.push({ ...declared, to: declared.to.slice(1), from: declared.from.slice(own.length + 1) });
  }
  return { kind: 'array', field: first.field, from, element: shapeOf(inner, problems) };
}

function shapeOf(all: readonly Declared[], problems: string[]): Shape {
  const [first, second] = all;
  const next = first?.to[0];
  if (first !== undefined && all.some((d) => typeof d.to[0] !== typeof next)) {
    problems.push(`fields ${all.map((d) => d.field).join(', ')}: one cannot be part of another`);
    return { kind: 'object', members: [] };
  }
  if (first !== undefined && next === undefined) {
    if (second !== undefined) problems.push(`field ${first.field} is declared twice`);
    return scalarShape(first, problems);
  }
  if (first !== undefined && next === EACH) return arrayShape(all, first, problems);
  return objectShape(all, problems);
}

/** @param problems is added to; what is returned counts only if nothing was. */
export function objectShape(all: readonly Declared[], problems: string[]): ObjectShape {
  const byKey = new Map<string, Declared[]>();
  for (const declared of all) {
    const [key, ...to] = declared.to;
    if (typeof key !== 'string') continue;
    if (RESERVED.has(key)) problems.push(`field ${declared.field}: "${key}" cannot be the name of a field`);
    byKey.set(key, [...(byKey.get(key) ?? []), { ...declared, to }]);
  }
  return { kind: 'object', members: [...byKey].map(([key, inner]) => [key, shapeOf(inner, problems)] as const) };
}

/** One answer being read. */
export interface Reading {
  /** Last year that two digits can mean in this century. */
  readonly pivotYear: number;
  /** Elements of all its arrays so far. */
  elements: number;
}

/**
 * An element of three bytes can become all fields that are planned below it, each written out: two megabytes of them
 * would be a hundred, and keep every other question waiting.
 */
export const MOST_ELEMENTS = 20_000;

/**
 * Builds the record from nothing: only what the tree names can come into it.
 * @throws Fault 'holder/shape', 'holder/too-large'
 */
export function readObject(shape: ObjectShape, scope: unknown, reading: Reading): CanonicalRecord {
  const record: Record<string, CanonicalValue> = {};
  // Assignment makes own members of these: no field can be called `__proto__`.
  for (const [key, member] of shape.members) record[key] = read(member, scope, reading);
  return record;
}

function read(shape: Shape, scope: unknown, reading: Reading): CanonicalValue {
  if (shape.kind === 'object') return readObject(shape, scope, reading);
  const found = valueAt(scope, shape.from, shape.field);
  if (shape.kind === 'scalar') return scalar(found, shape.spec, shape.field, reading.pivotYear);
  if (found === undefined || found === null) return [];
  if (!Array.isArray(found)) throw wrongShape(shape.field, 'an array');
  reading.elements += found.length;
  if (reading.elements > MOST_ELEMENTS) {
    throw new Fault('holder/too-large', `${shape.field}: more than ${MOST_ELEMENTS} elements in one answer`);
  }
  return found.map((element: unknown) => read(shape.element, element, reading));
}
