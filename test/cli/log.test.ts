import { existsSync, renameSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { loadKeys } from '../../src/adapters/sqlite/keys-file.ts';
import { openLedger } from '../../src/adapters/sqlite/ledger.ts';
import { openReader } from '../../src/adapters/sqlite/reader.ts';
import { draftsOf, idOf, initialised, inThisProcess, temporary, writeLedger } from './command.ts';

const listed = z.array(
  z.strictObject({
    index: z.int(),
    time: z.iso.datetime(),
    kind: z.string(),
    exchange: z.string(),
    entry: z.string().transform((text): unknown => JSON.parse(text)),
  }),
);

/** Exchanges 1 to 5, of which the last is left open. */
async function smallLedger() {
  const made = await initialised();
  await writeLedger(made.state, [1, 2, 3, 4, 5].flatMap((number) => draftsOf(number)).slice(0, -1));
  return made;
}

describe('log list', () => {
  let root: string;
  let state: string;
  beforeAll(async () => {
    ({ root, state } = await smallLedger());
  });
  const list = async (...args: string[]) => {
    const ended = await inThisProcess(['log', 'list', ...args], root);
    return { ...ended, entries: listed.parse(JSON.parse(ended.out)) };
  };

  test('shows the newest last, and nothing that was sealed', async () => {
    const { code, out, err, entries } = await list();
    expect(code).toBe(0);
    expect(entries.map((e) => e.index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(entries[1]).toMatchObject({
      kind: 'outcome',
      exchange: idOf(1),
      entry: { exchange: idOf(1), kind: 'outcome' },
    });
    expect(err.split('\n')[0]).toMatch(/^Index +Time +Kind +Exchange$/);
    expect(err.trim().split('\n')).toHaveLength(10);
    expect(out + err).not.toMatch(/mara|WVW|found/);
  });

  test('from, limit and kind choose', async () => {
    const indices = async (...args: string[]) => (await list(...args)).entries.map((e) => e.index);
    expect(await indices('--limit', '2')).toEqual([7, 8]);
    expect(await indices('--from', '3', '--limit', '2')).toEqual([3, 4]);
    expect(await indices('--kind', 'outcome')).toEqual([1, 3, 5, 7]);
    expect(await indices('--kind', 'outcome', '--limit', '2', '--state', 'state')).toEqual([5, 7]);
    expect(await indices('--kind', 'asked', '--from', '1', '--limit', '1')).toEqual([2]);
    expect(await indices('--from', '9')).toEqual([]);
    expect((await list('--kind', 'outage')).err).toBe('No entries.\n');
  });

  test('works while another process writes', async () => {
    const keys = loadKeys(join(state, 'keys'));
    const ledger = await openLedger({ directory: state, ...keys, node: 'gateway' });
    const { code } = await list();
    await ledger.close();
    expect(code).toBe(0);
  });

  test('says where there is no ledger, and makes none', async () => {
    const empty = temporary();
    const { code, out, err } = await inThisProcess(['log', 'list', '--state', '.'], empty);
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toContain('ledger.db does not exist');
    expect(existsSync(join(empty, 'ledger.db'))).toBe(false);
  });
});

describe('log show', () => {
  test('shows both entries of an exchange by id or index, and opens nothing unasked', async () => {
    const { root } = await smallLedger();
    const byIndex = await inThisProcess(['log', 'show', '3'], root);
    const byId = await inThisProcess(['log', 'show', idOf(2).toLowerCase(), '--json'], root);
    expect(byIndex.code).toBe(0);
    expect(byIndex.out).toBe(byId.out);
    const shown = JSON.parse(byId.out);
    expect(shown).toMatchObject({
      exchange: idOf(2),
      reading: null,
      entries: [{ kind: 'asked' }, { kind: 'outcome' }],
    });
    expect(shown.entries[0]).not.toHaveProperty('details');
    expect(byIndex.err).toMatch(/^Entry 2 {2}asked {2}\d{4}-/m);
    expect(listed.parse(JSON.parse((await inThisProcess(['log', 'list'], root)).out))).toHaveLength(9);
  });

  test('details: a reading is recorded first, with who and why', async () => {
    const { root, state } = await smallLedger();
    const { code, out, err } = await inThisProcess(['log', 'show', '2', '--details', '--reason', 'complaint 31'], root);
    expect(code).toBe(0);
    const shown = JSON.parse(out);
    expect(shown.entries[0].details).toEqual({
      accountability: { who: { person: 'mara-lindqvist' }, justification: 'engine 2 found' },
      subject: { by: { scheme: 'vin', value: 'WVWZZZ1KZ8W386002' } },
    });
    expect(err).toContain(`This reading is recorded as entry ${shown.reading}.`);
    expect(err).toContain('      value: WVWZZZ1KZ8W386002');

    const reader = openReader(state);
    // Taking up the ledger closed the exchange that was left open; then came the reading.
    expect([reader.entry(9)?.kind, reader.entry(9)?.exchange, shown.reading]).toEqual(['outcome', idOf(5), 10]);
    expect(reader.entry(10)).toMatchObject({ kind: 'reading', exchange: expect.not.stringContaining(idOf(2)) });
    expect(reader.openDetails(10, loadKeys(join(state, 'keys')).kek)).toEqual({
      accountability: {
        who: userInfo().username,
        query: { exchange: idOf(2) },
        reason: 'complaint 31',
        source: 'five-safes log show',
      },
      subject: null,
    });
    reader.close();
  });

  test('details: a running gateway holds the ledger, and nothing is opened', async () => {
    const { root, state } = await smallLedger();
    const keys = loadKeys(join(state, 'keys'));
    const ledger = await openLedger({ directory: state, ...keys, node: `${hostname()}:gateway` });
    const { code, out, err } = await inThisProcess(['log', 'show', '2', '--details', '--reason', 'audit'], root);
    await ledger.close();
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toContain('while a gateway runs it holds the ledger. Stop the gateway');
    expect(err).not.toContain('WVW');
  });

  test('details: without the keys nothing is opened, nor recorded', async () => {
    const { root, state } = await smallLedger();
    const { verifierKey } = loadKeys(join(state, 'keys'));
    renameSync(join(state, 'keys'), join(state, 'in-the-safe'));
    const { code, out, err } = await inThisProcess(['log', 'show', '2', '--details', '--reason', 'audit'], root);
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toContain('signing-key.pem cannot be read');
    const verified = await inThisProcess(['verify', 'state', '--key', verifierKey, '--json'], root);
    expect(JSON.parse(verified.out)).toMatchObject({ verified: true, entries: 9 });
  });

  test('what is not in the log is not found; what is no id is a usage error', async () => {
    const { root } = await smallLedger();
    for (const wanted of ['9', idOf(77)]) {
      const { code, out, err } = await inThisProcess(['log', 'show', wanted, '--details', '--reason', 'audit'], root);
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(err).toContain(`There is no entry of "${wanted}"`);
    }
    expect((await inThisProcess(['log', 'show', 'latest'], root)).code).toBe(2);
    expect(listed.parse(JSON.parse((await inThisProcess(['log', 'list'], root)).out))).toHaveLength(9);
  });
});
