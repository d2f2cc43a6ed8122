import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Circumstances, factsOf } from '../../src/safes/facts.ts';
import { ADA, AGREEMENT, attested, CALLER, DATASET, ENQUIRY, PROJECT } from './workshop.ts';

const around = (now: number, person: Circumstances['person'], roles: Circumstances['roles']): Circumstances => ({
  ...{ now, person, roles, caller: CALLER, networks: [], project: PROJECT, agreement: AGREEMENT, enquiry: ENQUIRY },
  ...{ accepted: [], paused: false },
});
const VERSIONS: readonly Circumstances['roles'][] = [
  new Map([['investigator', ['investigator']]]),
  new Map([['investigator', ['investigator', 'reader']]]),
];
const instant = fc.integer({ min: 0, max: 12 });
const papers = (...names: string[]) =>
  fc.array(
    fc
      .tuple(fc.constantFrom(...names), instant, instant)
      .map(([name, from, length]) => attested(name, from, from + length)),
    { maxLength: 3 },
  );

test('of one person at instants in any order, under either version, the facts are those of somebody never asked about', () => {
  const someone = fc.record({
    roles: papers('investigator'),
    accreditations: papers('cars', 'boats'),
    trainings: papers('privacy', 'driving'),
    suspensions: papers('ground'),
  });
  const questions = fc.array(fc.tuple(fc.integer({ min: -1, max: 25 }), fc.constantFrom(...VERSIONS)), {
    minLength: 9,
  });
  fc.assert(
    fc.property(someone, questions, (held, asked) => {
      const person = { ...ADA, ...held };
      for (const [now, roles] of asked) {
        expect(factsOf(around(now, person, roles), DATASET)).toEqual(
          factsOf(around(now, { ...person }, roles), DATASET),
        );
      }
    }),
  );
});
