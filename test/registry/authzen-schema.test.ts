import { describe, expect, test } from 'vitest';
import { authzenProblems, authzenSchema } from '../../src/registry/authzen-schema.ts';

const KNOWN = {
  dataset: (id: string) => (id === 'sales' ? {} : undefined),
  project: (id: string) => (id === 'work' ? {} : undefined),
};
const ask = (changes: Readonly<Record<string, unknown>>) => ({
  questions: [{ action: 'read', resource: { type: 'record' }, dataset: 'sales', output: 'hit', ...changes }],
});

test('left out, persons ask for datasets', () => {
  expect(authzenSchema.parse(undefined)).toEqual({
    subjects: { person: { by: 'person' }, account: { by: 'account' } },
    questions: [{ action: 'ask', resource: { type: 'dataset' }, when: {} }],
    context: {},
  });
});

describe('is refused', () => {
  test.each([
    ['an unknown key', { people: {} }],
    ['a subject that is named by something else', { subjects: { user: { by: 'mail' } } }],
    ['an issuer that personal data may not travel to', { subjects: { user: { by: 'account', issuer: 'http://x' } } }],
    ['a property of neither action nor resource', ask({ when: { 'subject.role': 'admin' } })],
    ['an output level that there is not', ask({ output: 'all' })],
    ['a purpose that there is not', { context: { purpose: 'Fun' } }],
    ['a scheme that there is not', { context: { by: { scheme: 'nose', full: true } } }],
  ])('%s', (_, settings) => {
    expect(authzenSchema.safeParse(settings).success).toBe(false);
  });

  test.each([
    [ask({ dataset: 'boats' }), [['questions', 0, 'dataset'], 'unknown dataset "boats"']],
    [
      ask({ owner: { property: 'ownerID', subject: 'mail' } }),
      [['questions', 0, 'owner', 'subject'], 'expected a type that subjects names'],
    ],
    [{ context: { project: 'play' } }, [['context', 'project'], 'unknown project "play"']],
  ])('what names nothing: %j', (settings, problem) => {
    expect(authzenProblems(authzenSchema.parse(settings), KNOWN)).toEqual([problem]);
  });

  test('and what names something is not', () => {
    const settings = { ...ask({ owner: { property: 'ownerID', subject: 'person' } }), context: { project: 'work' } };
    expect(authzenProblems(authzenSchema.parse(settings), KNOWN)).toEqual([]);
  });
});
