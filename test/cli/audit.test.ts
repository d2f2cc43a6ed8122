import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { exchangeDrafts, recorded, refusedDraft } from '../ledger/records.ts';
import { initialised, inThisProcess, temporary, writeLedger } from './command.ts';

const STATED = ['--use', 'lawfulness', '--reason', 'complaint 2026-31'];
const [one, two] = [recorded(), recorded({ vin: 'WF0AXXTTGA7R41552', person: 'tomas-brandt' })];

describe('on the machine of the ledger', () => {
  let root: string;
  beforeAll(async () => {
    const made = await initialised();
    root = made.root;
    await writeLedger(made.state, [...exchangeDrafts(one, 0), refusedDraft(two)]);
  });
  const run = async (...args: string[]) => {
    const ended = await inThisProcess(['log', ...args, '--state', 'state'], root);
    return { ...ended, found: ended.out === '' ? null : JSON.parse(ended.out) };
  };

  test('find: a reading, then what has all that is named', async () => {
    const { code, found, err } = await run('find', '--by', 'vin=WF0AXXTTGA7R41552', ...STATED);
    expect([code, found.reading, found.exchanges.length]).toEqual([0, 3, 1]);
    expect(found.exchanges[0]).toMatchObject({ exchange: two.exchange, person: 'tomas-brandt', result: 'refused' });
    expect(err).toContain('This reading is recorded as entry 3.');
    expect(err).not.toContain('WF0AXXTTGA7R41552');
    expect((await run('find', '--person', 'mara-lindqvist', ...STATED)).found.exchanges).toHaveLength(1);
    expect((await run('find', '--person', 'nobody', ...STATED)).found.exchanges).toEqual([]);
  });

  test('find: what --limit left out is not passed over in silence', async () => {
    const first = await run('find', '--agreement', 'vehicle-tracing', '--limit', '1', ...STATED);
    expect([first.code, first.found.exchanges.length, first.found.more]).toEqual([0, 1, true]);
    expect(first.err).toContain('There is more: narrow the search');
    const all = await run('find', '--agreement', 'vehicle-tracing', '--limit', '2', ...STATED);
    expect([all.found.exchanges.length, all.found.more]).toEqual([2, false]);
    expect(all.err).not.toContain('There is more');
  });

  test('report and reindex', async () => {
    const period = ['--from', '2020-01-01', '--until', '2099-01-01'];
    const { code, found } = await run('report', 'completeness', ...period, ...STATED);
    expect([code, found.rows, found.summary.complete]).toEqual([0, [], true]);
    const refusals = await run('report', 'disclosures', ...period, ...STATED);
    expect(refusals.found.summary).toMatchObject({ totals: [{ recipient: 'kestrel-police', none: 1 }] });
    const again = await run('reindex', '--reason', 'disk was replaced');
    expect([again.code, again.found.skipped, again.found.position === again.found.size]).toEqual([0, 0, true]);
  });

  test.each([
    [['find'], '--use: expected one of'],
    [['find', '--use', 'curiosity', '--reason', 'x'], '--use: expected one of'],
    [['find', '--use', 'lawfulness'], '--reason is required'],
    [['find', '--cursor', 'x'], '--state does not go with --cursor'],
    [['find', '--by', 'vin=WVW*', ...STATED], '--by: expected a VIN'],
    [['report', 'gossip', '--from', '2026-01-01', '--until', '2026-02-01', ...STATED], 'expected one of completeness'],
    [
      ['report', 'refusals', '--from', '2026-02-01', '--until', '2026-01-01', ...STATED],
      '--until: expected a later time',
    ],
  ])('a wrong command line: exit 2, nothing recorded: %j', async (args, says) => {
    const { code, err, out } = await run(...args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(says);
  });
});

test('reconcile: what one has and the other has not, and what differs', async () => {
  const root = temporary();
  const lines = (...all: unknown[]) => `${all.map((line) => JSON.stringify(line)).join('\n')}\n`;
  writeFileSync(
    join(root, 'ours.jsonl'),
    lines({ exchange: 'A', result: 'none' }, { exchange: 'B', legs: [{ dataset: 'd' }] }, { exchange: 'C' }),
  );
  writeFileSync(
    join(root, 'theirs.jsonl'),
    lines(
      { exchange: 'A', result: 'released' },
      { exchange: 'B', dataset: 'd' },
      { exchange: 'D' },
      { exchange: null },
    ),
  );
  const { code, out } = await inThisProcess(['log', 'reconcile', 'ours.jsonl', 'theirs.jsonl'], root);
  expect([code, JSON.parse(out)]).toEqual([
    1,
    {
      a: 3,
      b: 4,
      both: 2,
      onlyA: ['C'],
      onlyB: ['(no exchange, line 4)', 'D'],
      differing: [{ exchange: 'A', member: 'result', a: 'none', b: 'released' }],
      more: 0,
    },
  ]);
  expect((await inThisProcess(['log', 'reconcile', 'ours.jsonl', 'ours.jsonl'], root)).code).toBe(0);
});
