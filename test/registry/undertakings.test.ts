import { describe, expect, it } from 'vitest';
import { partnership, problemsOf, registryOf } from './builders.ts';

const PROMISE = { id: 'confidentiality', version: 1, title: 'Confidentiality', text: 'I tell nobody.' };

/** Two agreements that ask for a promise, and no third. @param id of the second agreement. */
function both(changes: Partial<typeof PROMISE>, id = 'boat-tracing') {
  const documents = partnership();
  const [agreement] = documents.agreements.agreements;
  const agreements = [
    { ...agreement, undertakings: [PROMISE] },
    { ...agreement, id, undertakings: [{ ...PROMISE, ...changes }] },
  ];
  return problemsOf(() => registryOf({ ...documents, agreements: { ...documents.agreements, agreements } }));
}

describe('who accepts an undertaking accepts it for every agreement that asks for it', () => {
  it('so that all of them mean the same one', () => {
    expect(both({})).toEqual([]);
    expect(both({ id: 'secrecy', text: 'I tell my chief alone.' })).toEqual([]);
  });

  it.each([[{ version: 2 }], [{ text: 'I tell nobody but my chief.' }], [{ title: 'Secrecy' }]])(
    'not %j',
    (changes) => {
      const [problem, ...more] = both(changes);
      expect(problem).toMatch(
        /^agreements\.yaml: agreements\[1\]\.undertakings\[0\]: expected the version, title and text/,
      );
      expect(more).toEqual([]);
    },
  );
});

it.each(['everywhere', 'roles', 'holder-northgate-motors'])(
  'an agreement is not called %s, as what stands above agreements is',
  (id) => {
    expect(both({}, id)).toContainEqual(expect.stringContaining(`agreements[1].id: expected another id: ${id}.csv`));
  },
);
