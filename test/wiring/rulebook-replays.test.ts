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
  return { replays, done };
}

test('nothing is opened that was written after the reading, and the base is the one that it names', async () => {
  const { replays, done } = start();
  const whole = await log.read();
  const size = (whole[5]?.at ?? 0) + 1;
  const { id } = replays.start(versionOf('one'), { partner: 'kestrel-police' }, { size, base: base.digest });
  await done(id);
  // One was asked by nobody who is known: it is no partner's.
  const read = { exchanges: { read: 5 }, notShown: 1, entries: size, base: base.digest };
  expect(replays.find(id)).toMatchObject({ base: base.digest, total: 6, done: 6, report: read });
});
