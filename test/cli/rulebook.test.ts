import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dispatch } from '../../src/cli/dispatch.ts';
import { type Bench, type Official, startBench } from '../gateway/rulebook-officers.ts';
import { fiveSafes, temporary } from './command.ts';

const root = temporary();
let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.stop());

async function run(as: Official, ...args: readonly string[]) {
  const { token, dpopJwk } = await bench.access(as);
  const { code, out, err } = await fiveSafes(['rulebook', ...args], root, {
    FIVE_SAFES_TOKEN: token,
    FIVE_SAFES_DPOP_KEY: JSON.stringify(dpopJwk),
    FIVE_SAFES_GATEWAY: bench.p.running().url,
  });
  return { code, err, json: out === '' ? null : JSON.parse(out) };
}

/** How far the replay is, on a line of its own that is taken away, then the replay. */
const LINE_THEN_REPLAY = /^(\r<clear>\d+ of \d+ entries)+\r<clear>Replay /;

/** What a terminal gets, in the order in which it gets it. */
async function watched(as: Official, ...args: readonly string[]): Promise<string> {
  const { token, dpopJwk } = await bench.access(as);
  const screen: string[] = [];
  const show = (text: string) => screen.push(text);
  await dispatch(['rulebook', ...args, '--gateway', bench.p.running().url], {
    env: { FIVE_SAFES_TOKEN: token, FIVE_SAFES_DPOP_KEY: JSON.stringify(dpopJwk) },
    ...{ directory: root, terminal: true, out: show, err: show, progress: show },
  });
  return screen.join('').replaceAll('\u001b[K', '<clear>');
}

test('a directory that is not there is told, and no check of a configuration is advised', async () => {
  const { code, err } = await run('greta.holm', 'draft', 'nowhere', '--message', 'm');
  expect([code, err]).toEqual([1, expect.stringContaining(join(root, 'nowhere'))]);
  expect(err).not.toContain('five-safes check');
});

test('a version goes from a directory to activation and back into one by commands', async () => {
  expect(await run('greta.holm', 'export', 'active', 'policies')).toMatchObject({ code: 0 });
  const page = join(root, 'policies', 'vehicle-tracing.csv');
  writeFileSync(
    page,
    readFileSync(page, 'utf8')
      .replace('// Data of the Northgate', '// \u001b[31mData of the Northgate')
      .replace('mask(3)', 'keep'),
  );
  const expected = join(root, 'policies', 'vehicle-tracing.expected.csv');
  writeFileSync(expected, readFileSync(expected, 'utf8').replaceAll('buyer.phone=mask(3)@D9', 'buyer.phone=keep@D9'));
  const mistaken = await run('greta.holm', 'import', 'policies', '--message', 'with a hidden character');
  expect(mistaken.err).not.toContain('\u001b');
  expect(mistaken.err).toContain('mend the errors');
  writeFileSync(page, readFileSync(page, 'utf8').replace('\u001b[31m', ''));
  const drafted = await run('greta.holm', 'import', 'policies', '--message', 'telephone numbers as a whole');
  expect(drafted, drafted.err).toMatchObject({ code: 0, json: { state: 'draft' } });
  const { version, proposal } = drafted.json;
  const replay = await run(
    'greta.holm',
    'replay',
    version,
    '--use',
    'self-monitoring',
    '--reason',
    'before submitting',
  );
  expect(replay, replay.err).toMatchObject({ code: 0, json: { state: 'done' } });
  expect(await watched('greta.holm', 'replay', version, '--use', 'security', '--reason', 'again')).toMatch(
    LINE_THEN_REPLAY,
  );
  const sent = await run('greta.holm', 'submit', proposal, '--replay', replay.json.replay);
  expect(sent, sent.err).toMatchObject({ code: 0, json: { state: 'submitted' } });
  const word = ['approve', proposal, '--version', version, '--reason', 'read'];
  expect(await run('greta.holm', ...word)).toMatchObject({ code: 1, json: { code: 'people/same-person' } });
  const read = await run('lars.berg', 'report', proposal);
  expect(read, read.err).toMatchObject({ code: 0, json: { version, digest: sent.json.submission.replay } });
  expect(await run('lars.berg', ...word)).toMatchObject({ code: 0, json: { state: 'approved' } });
  for (const at of ['12/01/2026', '2026-12-01T06:00:00', 'Tuesday'])
    expect(await run('lars.berg', 'activate', proposal, '--at', at)).toMatchObject({ code: 2, json: null });
  expect(await run('lars.berg', 'activate', proposal)).toMatchObject({ code: 0, json: { state: 'active' } });
  expect((await run('pia.lund', 'show', 'active')).json.version).toMatchObject({ version });
  expect((await run('pia.lund', 'list')).err).toContain('telephone numbers as a whole');
});
