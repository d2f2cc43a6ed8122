import { afterAll, beforeAll, expect, test } from 'vitest';
import { exchangeId } from '../../src/domain/ids.ts';
import type { Version } from '../../src/rulebook/version.ts';
import { makeVersion } from '../../src/rulebook/version.ts';
import { createReplays } from '../../src/wiring/rulebook-replays.ts';
import { createTrials } from '../../src/wiring/rulebook-trial.ts';
import { examplePolicies, NOW } from '../builders.ts';
import { CONFIG, context, drawn, recordedLog } from '../ruleset/log.ts';

const QUESTIONS = 12;
let log: Awaited<ReturnType<typeof recordedLog>>;
beforeAll(async () => {
  log = await recordedLog(drawn(QUESTIONS));
});
afterAll(() => log.close());

/** The example's pages, with a remark that makes another version of them. */
function versionOf(remark: string): Version {
  const sources = examplePolicies();
  sources.set('everywhere.csv', `// ${remark}\n${sources.get('everywhere.csv')}`);
  const made = makeVersion(sources, { parent: null, author: 'a', message: 'm', time: NOW });
  if ('problem' in made) throw new Error(made.problem);
  return made;
}
const base = versionOf('base');

function start() {
  let ids = 0;
  const replays = createReplays({
    config: { ...CONFIG, state: log.directory },
    kek: log.kek,
    trials: createTrials(context, () => NOW),
    newId: () => exchangeId(NOW, new Uint8Array(10).fill(++ids)),
    version: (digest) => (digest === base.digest ? base : undefined),
  });
  const done = (id: string) => expect.poll(() => replays.find(id)?.state, { timeout: 10_000 }).toBe('done');
  /** Its id; null: it was not begun. */
  const begin = (version: Version, partner: string, size = 1_000) =>
    replays.start(version, { partner }, { size, base: base.digest })?.id ?? null;
  const begun = (version: Version, partner: string, size?: number) => {
    const id = begin(version, partner, size);
    if (id === null) throw new Error('not begun');
    return id;
  };
  return { replays, done, begin, begun };
}

test('nothing is opened that was written after the reading, and the base is the one that it names', async () => {
  const { replays, done, begun } = start();
  const whole = await log.read();
  const size = (whole[5]?.at ?? 0) + 1;
  const id = begun(versionOf('one'), 'kestrel-police', size);
  await done(id);
  // One was asked by nobody who is known: it is no partner's.
  const read = { exchanges: { read: 5 }, notShown: 1, entries: size, base: base.digest };
  expect(replays.find(id)).toMatchObject({ base: base.digest, total: 6, done: 6, report: read });
});

test('one replay of a partner at a time: the same is found again, another is not begun until it has ended', async () => {
  const { replays, done, begin, begun } = start();
  const [one, two] = [versionOf('one'), versionOf('two')];
  const first = begun(one, 'kestrel-police');
  expect(begin(one, 'kestrel-police')).toBe(first);
  expect(begin(two, 'kestrel-police')).toBeNull();
  expect(replays.underWay('kestrel-police')?.id).toBe(first);
  const others = begun(two, 'harbour-police');
  await done(first);
  await done(others);
  expect(begin(two, 'kestrel-police')).not.toBeNull();
});

test('a partner’s later replays push out its own earlier ones, of no other partner, and none that runs', async () => {
  const { replays, done, begun } = start();
  const kept = begun(base, 'harbour-police');
  await done(kept);
  const ids: string[] = [];
  for (let i = 0; i < 10; i++) {
    ids.push(begun(base, 'kestrel-police', 1));
    await done(ids.at(-1) ?? '');
  }
  const running = begun(base, 'kestrel-police');
  expect(ids.map((id) => replays.find(id) !== undefined)).toEqual([false, false, ...Array(8).fill(true)]);
  expect([kept, running].map((id) => replays.find(id)?.state)).toEqual(['done', 'running']);
  await done(running);
});
