import { copyFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startGateway } from '../../src/main.ts';
import { type Partnership, question, startPartnership } from '../gateway/partnership.ts';

const FILES = ['ledger.db', 'ledger.db-wal', 'ledger.db-shm'];

let p: Partnership;
let calls: number;
beforeEach(async () => {
  p = await startPartnership();
  expect((await p.ask('mara.lindqvist', question())).status).toBe(200);
  calls = p.dealer.calls.length;
});
afterEach(() => p.stop());

async function expectNothingMoves(): Promise<void> {
  const { status, body, text } = await p.ask('mara.lindqvist', question());
  expect([status, body.code]).toEqual([503, 'ledger/unavailable']);
  expect(text).not.toContain('Fennimore');
  expect(text).not.toContain(p.root);
  expect(p.dealer.calls.length).toBe(calls);
}

/** What operators are told; of the gateway started last. */
async function readiness(): Promise<string> {
  return (await fetch(`${p.running().ops}/readyz`)).text();
}

async function expectRecovery(): Promise<void> {
  await vi.waitFor(async () => expect((await p.ask('mara.lindqvist', question())).status).toBe(200), {
    timeout: 10_000,
    interval: 100,
  });
  expect(p.entries().filter((entry) => entry.kind === 'outage')).toHaveLength(1);
  expect(await p.verify()).toMatchObject({ verified: true, open: 0 });
}

describe('while the gateway runs', () => {
  test('the log is moved away: nothing moves until it is back', async () => {
    for (const file of FILES) renameSync(join(p.state, file), join(p.root, file));
    await expectNothingMoves();
    for (const file of FILES) renameSync(join(p.root, file), join(p.state, file));
    await expectRecovery();
  });

  test.each(['ledger.db-wal', 'ledger.db-shm', 'keys.db'])(
    '%s is taken away: what was acknowledged is not lost',
    async (file) => {
      const before = p.entries().map((entry) => entry.exchange);
      renameSync(join(p.state, file), join(p.root, file));
      await expectNothingMoves();
      if (file === 'keys.db') renameSync(join(p.root, file), join(p.state, file));
      await expectRecovery();
      expect(
        p
          .entries()
          .slice(0, before.length)
          .map((entry) => entry.exchange),
      ).toEqual(before);
    },
  );

  test('an older copy is put in place of the log: it is not gone on with', async () => {
    await p.gateway.stop();
    const old = join(p.root, 'old.db');
    copyFileSync(join(p.state, 'ledger.db'), old);
    await p.restart();
    expect((await p.ask('mara.lindqvist', question())).status).toBe(200);
    calls = p.dealer.calls.length;
    const aside = FILES.map((file) => join(p.state, file));
    for (const file of aside) renameSync(file, `${file}.aside`);
    copyFileSync(old, join(p.state, 'ledger.db'));
    await expectNothingMoves();
    await vi.waitFor(async () => expect(await readiness()).toContain('does not continue the log'), { timeout: 5_000 });
    await expectNothingMoves();
    for (const file of aside) {
      rmSync(file, { force: true });
      renameSync(`${file}.aside`, file);
    }
    await expectRecovery();
  });

  test('an empty file is put in its place: no second log is begun', async () => {
    const aside = FILES.map((file) => join(p.state, file));
    for (const file of aside) renameSync(file, `${file}.aside`);
    writeFileSync(join(p.state, 'ledger.db'), '');
    await expectNothingMoves();
    await vi.waitFor(async () => expect(await readiness()).not.toContain('moved, removed'), { timeout: 5_000 });
    await expectNothingMoves();
    for (const file of aside) {
      rmSync(file, { force: true });
      renameSync(`${file}.aside`, file);
    }
    await expectRecovery();
  });

  test('somebody else locks it: nothing moves until the lock is gone', async () => {
    const other = new Database(join(p.state, 'ledger.db'));
    other.exec('BEGIN IMMEDIATE');
    try {
      const { status, body } = await p.ask('mara.lindqvist', question());
      expect([status, body.code]).toEqual([503, 'ledger/unavailable']);
      expect(p.dealer.calls.length).toBe(calls);
    } finally {
      other.exec('ROLLBACK');
      other.close();
    }
    await expectRecovery();
  });

  test('a second gateway cannot write to the same log', async () => {
    const env = { FIVE_SAFES_LISTEN_PORT: '0', FIVE_SAFES_OPS_PORT: '0', FIVE_SAFES_STATE: p.state };
    await expect(startGateway(p.config, env)).rejects.toMatchObject({ code: 'ledger/unavailable' });
    expect((await p.ask('mara.lindqvist', question())).status).toBe(200);
  });
});
