import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Officers, type Person, startOfficers } from '../gateway/officers.ts';
import { type Partnership, question, startPartnership } from '../gateway/partnership.ts';
import { inThisProcess, temporary } from './command.ts';

const root = temporary();
let officers: Officers;
let p: Partnership;
beforeAll(async () => {
  officers = await startOfficers();
  p = await startPartnership(officers.edits);
});
afterAll(async () => {
  await p.stop();
  await officers.stop();
});

async function run(as: Person, ...args: readonly string[]) {
  const { token, dpopJwk } = await officers.access(as);
  const { code, out, err } = await inThisProcess(args, root, {
    FIVE_SAFES_TOKEN: token,
    FIVE_SAFES_DPOP_KEY: JSON.stringify(dpopJwk),
    FIVE_SAFES_GATEWAY: p.running().url,
  });
  return { code, err, json: out === '' ? null : JSON.parse(out) };
}

test('two officers hold, lift and erase from the command line', async () => {
  const { body } = await p.ask('mara.lindqvist', question());
  const exchange = String(body.exchange);
  const why = ['--reason', 'order 12/2026'];
  expect((await run('greta.holm', 'erase', 'list')).err).toBe('No erasure of yours to see.\n');
  const proposed = await run(
    'greta.holm',
    'erase',
    'propose',
    '--exchange',
    exchange,
    '--parts',
    'whole',
    '--ground',
    'order',
    ...why,
  );
  expect(proposed, proposed.err).toMatchObject({ code: 0, json: { state: 'proposed', exchanges: [exchange] } });
  expect(proposed.err).toContain('five-safes erase approve');
  const { erasure } = proposed.json;

  expect((await run('lars.berg', 'hold', 'list')).err).toBe('No legal hold of yours to see.\n');
  const set = await run('lars.berg', 'hold', 'set', 'exchange', exchange, ...why);
  expect(set, set.err).toMatchObject({ code: 0, json: { state: 'set' } });
  expect(await run('lars.berg', 'erase', 'approve', erasure, ...why)).toMatchObject({
    code: 1,
    json: { code: 'erasure/held' },
  });
  expect((await run('pia.lund', 'hold', 'list')).json.holds).toMatchObject([{ state: 'set', scope: 'exchange' }]);
  expect(await run('lars.berg', 'hold', 'lift', set.json.hold, ...why)).toMatchObject({
    code: 0,
    json: { state: 'lifting' },
  });
  expect(await run('greta.holm', 'hold', 'lift', set.json.hold, ...why)).toMatchObject({
    code: 0,
    json: { state: 'lifted' },
  });

  expect(await run('greta.holm', 'erase', 'approve', erasure, ...why)).toMatchObject({ code: 1 });
  expect(await run('lars.berg', 'erase', 'approve', erasure, ...why)).toMatchObject({
    code: 0,
    json: { state: 'done' },
  });
  const listed = await run('greta.holm', 'erase', 'list');
  expect(listed.json.erasures).toMatchObject([
    { erasure, state: 'done', proposer: 'greta-holm', approver: 'lars-berg' },
  ]);
});

test.each<[readonly string[], string]>([
  [['erase', 'propose', '--ground', 'order', '--reason', 'r'], 'give one of'],
  [['erase', 'propose', '--exchange', 'x', '--by', 'vin=1', '--ground', 'order', '--reason', 'r'], 'give one of'],
  [
    ['erase', 'propose', '--exchange', 'x', '--parts', 'all', '--ground', 'order', '--reason', 'r'],
    '--parts: expected one of',
  ],
  [['erase', 'propose', '--by', 'vin=1', '--ground', 'whim', '--reason', 'r'], '--ground: expected one of storage-'],
  [['hold', 'set', 'case', '--reason', 'r'], 'expected VALUE'],
  [['hold', 'set', 'vehicle', 'x', '--reason', 'r'], 'expected one of exchange, case, agreement, not "vehicle"'],
])('a wrong command line: exit 2: %j', async (args, says) => {
  const { code, err } = await run('greta.holm', ...args);
  expect(code).toBe(2);
  expect(err).toContain(says);
});

test('the key-encryption key is changed while no gateway runs', async () => {
  const refused = await inThisProcess(['keys', 'rotate-kek', '--state', p.state], root);
  expect(refused).toMatchObject({ code: 3, out: '' });
  const signing = await inThisProcess(['log', 'rotate-key', '--state', p.state], root);
  expect(signing).toMatchObject({ code: 3, out: '' });
  const nowhere = await inThisProcess(['keys', 'rotate-kek', '--state', '.'], root);
  expect([nowhere.code, nowhere.err]).toEqual([3, expect.stringContaining(`${root}/keys does not exist`)]);
  expect(existsSync(join(root, 'lock.db'))).toBe(false);
  for (const { err } of [refused, signing]) expect(err).toContain('stop the gateway, then try again');
  await p.running().stop();
  const done = await inThisProcess(['keys', 'rotate-kek', '--state', p.state, '--json'], root);
  expect([done.code, done.err]).toEqual([0, '']);
  expect(JSON.parse(done.out)).toMatchObject({ rotated: true });
  await p.restart();
  expect((await p.ask('mara.lindqvist', question())).status).toBe(200);
  expect(await p.verify()).toMatchObject({ verified: true, open: 0 });
});
