import { expect, test } from 'vitest';
import type { Proposal, ProposalState } from '../../src/domain/rulebook-life.ts';
import { DAY } from '../../src/domain/time.ts';
import { Problem } from '../../src/gateway/problem.ts';
import { drafted, withRoom } from '../../src/gateway/rulebook/drafts.ts';

const NOW = Date.UTC(2026, 10, 22);
const north = { now: NOW, person: { partner: 'north' } };

/** A store with so many drafts of north's. */
function storeOf(count: number, state: ProposalState, time = NOW - DAY + 1) {
  const all: Proposal[] = [];
  const add = (to: ProposalState, at: number) => {
    const version = { digest: `sha256:${'0'.repeat(64)}` } as const;
    const by = { person: 'greta', partner: 'north' };
    all.push({ ...drafted(`P${all.length}`, 'draft', version, by, 'm', at), state: to });
  };
  for (let i = 0; i < count; i++) add(state, time);
  return { proposals: () => [...all], add };
}

async function refusal(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return error instanceof Problem ? `${error.code} ${error.details.detail}` : String(error);
  }
}

test('drafts that come all at once are counted before they are recorded', async () => {
  const store = storeOf(17, 'draft');
  const one = () =>
    withRoom(store, north, async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      store.add('draft', NOW);
    });
  const done = await Promise.all(Array.from({ length: 9 }, () => refusal(one())));
  expect(done.filter((found) => found === undefined)).toHaveLength(3);
  expect(done[8]).toMatch(/^rulebook\/drafts There are 20\./);
  expect(store.proposals()).toHaveLength(20);
  // What could not be recorded takes no room.
  const other = storeOf(19, 'draft');
  await refusal(withRoom(other, north, () => Promise.reject(new Error('the log is away'))));
  expect(await refusal(withRoom(other, north, async () => undefined))).toBeUndefined();
});

test('what is drafted and withdrawn again and again stays in the store, so it comes to an end for the day', async () => {
  const make = async () => undefined;
  expect(await refusal(withRoom(storeOf(99, 'withdrawn'), north, make))).toBeUndefined();
  expect(await refusal(withRoom(storeOf(100, 'withdrawn'), north, make))).toMatch(/^rulebook\/drafts 100 were drafted/);
  expect(await refusal(withRoom(storeOf(100, 'withdrawn', NOW - DAY), north, make))).toBeUndefined();
  const south = { now: NOW, person: { partner: 'south' } };
  expect(await refusal(withRoom(storeOf(100, 'withdrawn'), south, make))).toBeUndefined();
});
