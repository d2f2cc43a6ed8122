import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FieldSpec } from '../../src/domain/dataset.ts';
import { pathsClash, type Step } from '../../src/domain/field-path.ts';
import type { JsonObject, JsonValue } from '../../src/domain/json.ts';
import { createSourceShape } from '../../src/treat/source-shape.ts';

function shape(from: Readonly<Record<string, string>>) {
  const fields = Object.entries(from).map(([field, path]): [string, FieldSpec] => [
    field,
    { from: path, type: 'text' },
  ]);
  return createSourceShape(Object.fromEntries(fields));
}

describe('the mapping backwards', () => {
  test('puts each value where it came from', () => {
    const back = shape({ 'buyer.name': 'customer.fullName', 'buyer.town': 'customer.address.town', notes: 'Remarks' });
    expect(back({ buyer: { name: 'Oda', town: 'Northgate' }, notes: null })).toEqual({
      customer: { fullName: 'Oda', address: { town: 'Northgate' } },
      Remarks: null,
    });
  });

  test('keeps elements of lists together, also of lists in lists, and empty lists', () => {
    const back = shape({
      'owners[].name': 'history[].person.full name',
      'owners[].since': 'history[].since',
      'owners[].phones[].no': 'history[].calls[].number',
    });
    const owners = [
      { name: 'A', since: '2020', phones: [{ no: '1' }, { no: '2' }] },
      { name: 'B', since: null, phones: [] },
    ];
    expect(back({ owners })).toEqual({
      history: [
        { person: { 'full name': 'A' }, since: '2020', calls: [{ number: '1' }, { number: '2' }] },
        { person: { 'full name': 'B' }, since: null, calls: [] },
      ],
    });
    expect(back({ owners: [] })).toEqual({ history: [] });
  });

  test('a field that is not in the record leaves no trace, nor does what nobody declared', () => {
    const back = shape({ 'buyer.name': 'customer.name', 'buyer.born': 'customer.private.born' });
    expect(back({ buyer: { name: 'Oda', email: 'oda@mail.example' }, status: 'sold' })).toEqual({
      customer: { name: 'Oda' },
    });
    expect(back({})).toEqual({});
  });

  test('keys that every object has are keys like any other', () => {
    const text = JSON.stringify(shape({ a: '__proto__.polluted', b: 'constructor' })({ a: 1, b: 2 }));
    expect(text).toBe('{"__proto__":{"polluted":1},"constructor":2}');
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });
});

/** Paths of few keys, so that they share them. */
const steps = fc.array(fc.record({ key: fc.constantFrom('a', 'b', 'c'), each: fc.boolean() }), {
  minLength: 1,
  maxLength: 4,
});
const pathOf = (path: readonly Step[]) => path.map(({ key, each }) => (each ? `${key}[]` : key)).join('.');

/** Source paths of one record: none of them clashes with another. */
const sources = fc
  .array(steps, { minLength: 1, maxLength: 8 })
  .map((paths) => paths.filter((path, i) => paths.slice(0, i).every((other) => !pathsClash(path, other))));

/** Builds a record with a number at the end of every path; lists have `size` elements. */
function recordAlong(paths: readonly (readonly Step[])[], size: number): JsonObject {
  const byKey = Map.groupBy(paths, ([first]) => first?.key ?? '');
  return Object.fromEntries(
    [...byKey].map(([key, inner]): [string, JsonValue] => {
      const rests = inner.map(([, ...rest]) => rest);
      const value = (i: number): JsonValue => (rests.some((rest) => rest.length === 0) ? i : recordAlong(rests, size));
      return [key, inner[0]?.[0]?.each ? Array.from({ length: size }, (_, i) => value(i)) : value(7)];
    }),
  );
}

test('whatever the mapping, what it renamed comes back under the old names and nothing else', () => {
  fc.assert(
    fc.property(sources, fc.integer({ min: 0, max: 3 }), (paths, size) => {
      // Canonical names differ from the holder's in every key.
      const renamed = (path: readonly Step[]) => path.map(({ key, each }) => ({ key: `${key}x`, each }));
      const back = shape(Object.fromEntries(paths.map((path) => [pathOf(renamed(path)), pathOf(path)])));
      expect(back(recordAlong(paths.map(renamed), size))).toEqual(recordAlong(paths, size));
    }),
  );
});
