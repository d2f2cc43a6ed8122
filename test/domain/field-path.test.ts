import { describe, expect, it } from 'vitest';
import { parseFieldPath, pathsClash, type Step } from '../../src/domain/field-path.ts';

function steps(path: string): readonly Step[] {
  const parsed = parseFieldPath(path);
  if (parsed === undefined) throw new Error(`${path} is no path`);
  return parsed;
}

describe('field paths', () => {
  it('parse into steps', () => {
    expect(steps('owners[].name')).toEqual([
      { key: 'owners', each: true },
      { key: 'name', each: false },
    ]);
  });

  it.each([
    '',
    '.',
    'a.',
    '.a',
    'a..b',
    'A',
    '1a',
    'a b',
    'a[0]',
    'a[][]',
    '[]',
    'a[]b',
    '__proto__',
    'a.__proto__',
    'a/b',
  ])('"%s" is none', (path) => expect(parseFieldPath(path)).toBeUndefined());

  it.each([
    ['a', 'a', true],
    ['a', 'a.b', true],
    ['a.b', 'a', true],
    ['a[].b', 'a.b', true],
    ['a[]', 'a', true],
    ['a.b', 'a.c', false],
    ['a[].b', 'a[].c', false],
    ['a', 'b', false],
    ['a', 'ab', false],
    ['x.a', 'y.a', false],
  ])('%s and %s clash: %s', (a, b, clash) => {
    expect(pathsClash(steps(a), steps(b))).toBe(clash);
  });
});
