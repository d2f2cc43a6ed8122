import { expect, test } from 'vitest';
import type { Heard } from '../../src/domain/matching.ts';
import { createMemory } from '../../src/rulebook/memory.ts';
import type { Standing } from '../../src/rulebook/standing.ts';

const nothing = { allowed: false, evaluated: [] };
const HEARD: Heard = { people: nothing, projects: nothing, settings: nothing, data: nothing, outputs: nothing };

function standing(serial: number, size: number): Standing {
  return { serial, size, conditions: [], hear: () => HEARD };
}

function counting(mostRows: number, size: number) {
  const memory = createMemory(undefined, mostRows);
  let found = 0;
  const ask = (partner: string) =>
    memory.standing('deal', { dataset: 'cars', output: 'hit', facts: { 'caller.partner': partner } }, () =>
      standing(found++, size),
    );
  return { memory, ask, found: () => found };
}

test('what was used lately is kept, what was not is found again', () => {
  const { ask, found } = counting(20, 9);
  for (const partner of ['a', 'b', 'a', 'b', 'a']) ask(partner);
  expect(found()).toBe(2);
  // The third fills the young half; a is asked for again and goes with it, b is not.
  ask('c');
  ask('a');
  ask('d');
  ask('a');
  expect(found()).toBe(4);
  ask('b');
  expect(found()).toBe(5);
});

test('a standing larger than the whole memory is still remembered while nothing else comes', () => {
  const { ask, found } = counting(5, 1_000);
  ask('a');
  ask('a');
  expect(found()).toBe(1);
});

test('a situation is heard once for each way that the conditions of a standing fare', () => {
  const memory = createMemory();
  let heard = 0;
  const hear = () => {
    heard++;
    return HEARD;
  };
  const [one, other] = [standing(1, 1), standing(11, 1)];
  memory.heard(one, ['met', 'unmet'], hear);
  memory.heard(one, ['met', 'unmet'], hear);
  expect(heard).toBe(1);
  memory.heard(one, ['unmet', 'met'], hear);
  memory.heard(one, ['met', 'unknown'], hear);
  memory.heard(other, ['met', 'unmet'], hear);
  expect(heard).toBe(4);
});
