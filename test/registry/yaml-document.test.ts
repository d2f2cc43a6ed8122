import { describe, expect, it } from 'vitest';
import { parseYaml } from '../../src/registry/yaml-document.ts';
import { problemsOf } from './builders.ts';

describe('a YAML document', () => {
  it('says what JSON can say, and dates stay text', () => {
    expect(parseYaml('x.yaml', 'a: [1, 2.5, true, null, text]\nfrom: 2026-01-01\nno: no\n')).toEqual({
      a: [1, 2.5, true, null, 'text'],
      from: '2026-01-01',
      no: 'no',
    });
  });

  it.each([
    ['a duplicate key', 'a: 1\na: 2\n', 'unique'],
    ['an alias', 'a: &x [1]\nb: *x\n', 'aliases'],
    ['a chain of aliases', 'a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: [*c,*c]\n', 'aliases'],
    ['a tag', 'a: !!js/function x\n', 'tag'],
    ['broken syntax', 'a: [1\n', 'line 2'],
    ['a second document', 'a: 1\n---\nb: 2\n', 'document'],
    ['a number that is none', 'a: .nan\n', 'x.yaml: a: expected'],
    ['a key that objects misread', 'a:\n  __proto__:\n    b: 1\n', 'x.yaml: a.__proto__: expected another key'],
  ])('refuses %s', (_, text, message) => {
    const problems = problemsOf(() => parseYaml('x.yaml', text));
    expect(problems.join('\n').toLowerCase()).toContain(message.toLowerCase());
    expect(problems.every((problem) => problem.startsWith('x.yaml: '))).toBe(true);
  });
});
