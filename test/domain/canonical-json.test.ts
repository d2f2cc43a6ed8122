import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, keepText } from '../../src/domain/canonical-json.ts';
import type { JsonValue } from '../../src/domain/json.ts';

/** JSON values whose names and texts reach beyond ASCII and plain members. */
const values: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed()),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.string({ unit: 'binary' }).filter((name) => name.isWellFormed()),
      tie('value'),
      { maxKeys: 5 },
    ),
  ),
})).value;

test('writes what an independent implementation of RFC 8785 writes', () => {
  fc.assert(
    fc.property(values, (value) => {
      expect(canonicalJson(value)).toBe(canonicalize(value));
    }),
    { numRuns: 2_000 },
  );
});

test('a kept text stands where the value stands, and the value can no longer change', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), values, { maxKeys: 4 }), values, (inner, beside) => {
      const whole = { b: inner, a: [beside, inner] };
      const before = canonicalJson(whole);
      keepText(inner);
      expect(canonicalJson(whole)).toBe(before);
      expect(Object.isFrozen(inner)).toBe(true);
    }),
  );
  const kept = keepText({ list: [{ deep: 1 }] });
  expect(Object.isFrozen(kept.list[0])).toBe(true);
});

test.each([
  ['NaN', Number.NaN],
  ['infinity', Number.POSITIVE_INFINITY],
  ['half a character', '\ud800'],
  ['half a character in a name', { '\udc00': 1 }],
])('%s has no canonical form', (_name, value) => {
  expect(() => canonicalJson({ inside: [value] })).toThrow(TypeError);
});

test('a member that is undefined is not there', () => {
  const members: Record<string, number> = { b: 1 };
  Reflect.set(members, 'a', undefined);
  expect(canonicalJson(members)).toBe('{"b":1}');
});
