import { expect, test } from 'vitest';
import { verdicts } from '../../../src/adapters/identity/verdicts.ts';

const CLAIMS = { iss: 'i', sub: 's', client_id: 'c', aud: 'a', exp: 2, iat: 1 };

test('a verdict lasts a minute, also where the clock steps back', () => {
  const known = verdicts();
  known.remember('t', CLAIMS, 100_000);
  expect(known.recall('t', 160_000)).toBe(CLAIMS);
  expect(known.recall('u', 160_000)).toBeUndefined();
  expect(known.recall('t', 160_001)).toBeUndefined();
  known.remember('t', CLAIMS, 100_000);
  expect(known.recall('t', 39_999)).toBeUndefined();
});

test('at most so many are kept; the longest unused goes first', () => {
  const known = verdicts(2);
  known.remember('a', CLAIMS, 0);
  known.remember('b', CLAIMS, 0);
  expect(known.recall('a', 1)).toBe(CLAIMS);
  known.remember('c', CLAIMS, 1);
  expect(['a', 'b', 'c'].map((t) => known.recall(t, 2) !== undefined)).toEqual([true, false, true]);
});
