import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import type { SqliteLedger } from '../../../src/adapters/sqlite/ledger-contract.ts';
import { parseExchangeId } from '../../../src/domain/ids.ts';
import type { Appended, EntryDraft } from '../../../src/ledger/entry.ts';
import { asked, detailsAt, entriesAt, newId, outcome, ownEntry, type Place, place, verifyAt } from './builders.ts';

const UNAVAILABLE = { code: 'ledger/unavailable' };
const INTERRUPTED = { code: 'exchange/interrupted', interrupted: true };

function ofKind(at: Place, kind: string) {
  return entriesAt(at).filter((e) => e.kind === kind);
}

/** Appends until the ledger takes it: each attempt makes the ledger try to recover. */
async function appendUntilTaken(
  ledger: SqliteLedger,
  draft: () => EntryDraft,
): Promise<{ taken: Appended; refused: number }> {
  for (let refused = 0; refused < 100; refused++) {
    try {
      return { taken: await ledger.append(draft()), refused };
    } catch {
      // Refused while down: try again.
    }
  }
  throw new Error('the ledger did not recover');
}

describe('a ledger that cannot be written', () => {
  test('foreign write lock: nothing is acknowledged, then it goes on and tells of it once', async () => {
    const at = place();
    const ledger = await at.open();
    const open = newId();
    await ledger.append(asked(open));
    const foreign = new Database(at.file);
    foreign.exec('BEGIN IMMEDIATE');
    await expect(ledger.append(outcome(open))).rejects.toMatchObject(UNAVAILABLE);
    expect(ledger.status()).toMatchObject({ state: 'down', reason: expect.stringContaining('SQLITE_BUSY') });
    await expect(ledger.append(asked())).rejects.toMatchObject(UNAVAILABLE);
    expect(() => ledger.findExchange(open)).toThrow(expect.objectContaining(UNAVAILABLE));
    foreign.exec('ROLLBACK');
    foreign.close();

    const { refused } = await appendUntilTaken(ledger, ownEntry);
    expect(ledger.status()).toEqual({ state: 'ready' });
    expect(entriesAt(at).map((e) => e.kind)).toEqual(['asked', 'outcome', 'outage', 'rulebook']);
    expect(detailsAt(at, 1)?.accountability).toEqual(INTERRUPTED);
    expect(detailsAt(at, 2)?.accountability).toMatchObject({ turnedAway: 2 + refused });
    expect(ledger.findExchange(open)).toMatchObject({
      standing: { outcome: 'fault', legs: [{ state: 'fault', code: 'exchange/interrupted' }] },
      receipt: null,
    });
    expect(await verifyAt(at)).toMatchObject({ verified: true, open: 0 });
  });

  test('the outage names when it began and ended', async () => {
    const at = place();
    const ledger = await at.open();
    await ledger.append(ownEntry());
    const foreign = new Database(at.file);
    foreign.exec('BEGIN IMMEDIATE');
    const before = Date.now();
    await expect(ledger.append(ownEntry())).rejects.toMatchObject(UNAVAILABLE);
    const status = ledger.status();
    foreign.close();
    await appendUntilTaken(ledger, ownEntry);
    const told = detailsAt(at, 1)?.accountability;
    expect(status.state === 'down' ? status.since : 0).toBeGreaterThanOrEqual(before);
    expect(Date.parse(String(told?.['from']))).toBe(status.state === 'down' ? status.since : 0);
    expect(Date.parse(String(told?.['to']))).toBeGreaterThanOrEqual(Date.parse(String(told?.['from'])));
  });

  test('it recovers by itself when nobody appends', async () => {
    const at = place();
    const ledger = await at.open();
    await ledger.append(ownEntry());
    const foreign = new Database(at.file);
    foreign.exec('BEGIN IMMEDIATE');
    await expect(ledger.append(ownEntry())).rejects.toMatchObject(UNAVAILABLE);
    foreign.close();
    await expect.poll(() => ledger.status().state, { timeout: 10_000, interval: 20 }).toBe('ready');
    expect(ofKind(at, 'outage').length).toBe(1);
  });

  test.each(['ledger.db', 'keys.db', 'lock.db'])(
    '%s renamed away: down while it is away, never begun anew',
    async (name) => {
      const at = place();
      const ledger = await at.open();
      for (let i = 0; i < 3; i++) await ledger.append(asked());
      const file = join(at.directory, name);
      renameSync(file, `${file}.away`);
      await expect(ledger.append(asked())).rejects.toThrow(/moved, removed or replaced/);
      if (name !== 'lock.db') {
        await expect(ledger.append(asked())).rejects.toMatchObject(UNAVAILABLE);
        expect(ledger.status()).toMatchObject({ state: 'down' });
        renameSync(`${file}.away`, file);
      }
      await appendUntilTaken(ledger, ownEntry);
      expect(ofKind(at, 'outage').length).toBe(1);
      // What was committed and yet rejected is closed; what was acknowledged before stays open.
      const found = await verifyAt(at);
      expect(found).toMatchObject({ verified: true, open: 3 });
      expect(ofKind(at, 'asked').length - ofKind(at, 'outcome').length).toBe(3);
    },
  );

  test.each([[['ledger.db-wal']], [['ledger.db-shm']], [['ledger.db-wal', 'ledger.db-shm']]])(
    '%s unlinked: what was acknowledged survives',
    async (names) => {
      const at = place();
      const ledger = await at.open();
      const acknowledged: string[] = [];
      for (let i = 0; i < 5; i++) acknowledged.push((await ledger.append(asked())).entry);
      expect(ledger.findExchange(newId())).toBeNull();
      for (const name of names) rmSync(join(at.directory, name));
      await expect(ledger.append(asked())).rejects.toThrow(/moved, removed or replaced/);
      await appendUntilTaken(ledger, ownEntry);
      expect(
        entriesAt(at)
          .slice(0, 5)
          .map((e) => e.entry),
      ).toEqual(acknowledged);
      expect(await verifyAt(at)).toMatchObject({ verified: true, open: 5 });
    },
  );

  test('an older copy put in its place is not gone on with', async () => {
    const at = place();
    const first = await at.open();
    await first.append(ownEntry());
    await first.close();
    const older = join(at.directory, 'older.db');
    copyFileSync(at.file, older);
    const ledger = await at.open();
    await ledger.append(ownEntry());
    mkdirSync(join(at.directory, 'away'));
    const moved = ['ledger.db', 'ledger.db-wal', 'ledger.db-shm'];
    for (const name of moved) renameSync(join(at.directory, name), join(at.directory, 'away', name));
    copyFileSync(older, at.file);
    await expect(ledger.append(ownEntry())).rejects.toMatchObject(UNAVAILABLE);
    await expect(ledger.append(ownEntry())).rejects.toMatchObject(UNAVAILABLE);
    await expect
      .poll(() => ledger.status(), { interval: 20 })
      .toMatchObject({
        state: 'down',
        reason: expect.stringContaining('does not continue'),
      });
    rmSync(`${at.file}-wal`, { force: true });
    rmSync(`${at.file}-shm`, { force: true });
    for (const name of moved) renameSync(join(at.directory, 'away', name), join(at.directory, name));
    await appendUntilTaken(ledger, ownEntry);
    expect(await verifyAt(at)).toMatchObject({ verified: true });
    expect(ofKind(at, 'outage').length).toBe(1);
  });

  test('a ledger emptied while closed is not begun anew beside its keys', async () => {
    const at = place();
    const ledger = await at.open();
    await ledger.append(ownEntry());
    await ledger.close();
    writeFileSync(at.file, '');
    await expect(at.open()).rejects.toThrow(/missing or empty, though/);
    rmSync(at.file);
    await expect(at.open()).rejects.toThrow(/missing or empty, though/);
  });
});

describe('after a crash', () => {
  /** A process that asks and asks, printing each exchange once its entry is durable. */
  async function killWhileAsking(at: Place, acknowledged: number): Promise<string[]> {
    const child = spawn(process.execPath, [new URL('./asking.ts', import.meta.url).pathname, at.directory], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ids: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      if (parseExchangeId(line) !== undefined) ids.push(line);
      if (ids.length === acknowledged) child.kill('SIGKILL');
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    expect(child.signalCode).toBe('SIGKILL');
    return ids;
  }

  test('kill -9: every acknowledged question stands, and each open one is closed exactly once', async () => {
    const at = place();
    const ids: string[] = [];
    for (const count of [40, 90]) {
      ids.push(...(await killWhileAsking(at, count)));
      const ledger = await at.open();
      await ledger.close();
      await (await at.open()).close();
    }
    const entries = entriesAt(at);
    const askedIds = entries.filter((e) => e.kind === 'asked').map((e) => e.exchange);
    const closedIds = entries.filter((e) => e.kind === 'outcome').map((e) => e.exchange);
    expect(ids.filter((id) => !askedIds.includes(id))).toEqual([]);
    expect([...closedIds].sort()).toEqual([...askedIds].sort());
    const last = entries.at(-1);
    expect(detailsAt(at, last?.index ?? 0)?.accountability).toEqual(INTERRUPTED);
    expect(await verifyAt(at)).toMatchObject({ verified: true, open: 0, entries: entries.length });
  });
});
