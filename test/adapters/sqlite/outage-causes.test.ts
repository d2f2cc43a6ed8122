import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { canTrace, inject } from '../../../scripts/chaos/tracer.ts';
import { createKeys } from '../../../src/adapters/sqlite/keys-file.ts';
import { openLedger } from '../../../src/adapters/sqlite/ledger.ts';
import type { SqliteLedger } from '../../../src/adapters/sqlite/ledger-contract.ts';
import { openReader } from '../../../src/adapters/sqlite/reader.ts';
import { asked, entriesAt, newId, outcome, ownEntry, place, verifyAt } from './builders.ts';

const UNAVAILABLE = { code: 'ledger/unavailable' };

/** What operators are told: closed code first. */
function cause(ledger: SqliteLedger): string {
  const status = ledger.status();
  return status.state === 'ready' ? 'ready' : (/^ledger\/[a-z-]+(?=: )/.exec(status.reason)?.[0] ?? status.reason);
}

async function recovered(ledger: SqliteLedger): Promise<void> {
  await expect.poll(() => cause(ledger), { timeout: 10_000, interval: 20 }).toBe('ready');
  await ledger.append(ownEntry());
}

describe('each cause of an outage has its code, and is got over without a restart', () => {
  test('a file moved', async () => {
    const at = place();
    const ledger = await at.open();
    await ledger.append(ownEntry());
    renameSync(at.file, `${at.file}.away`);
    await expect(ledger.append(ownEntry())).rejects.toMatchObject(UNAVAILABLE);
    expect(cause(ledger)).toBe('ledger/moved');
    renameSync(`${at.file}.away`, at.file);
    await recovered(ledger);
    expect(entriesAt(at).filter((e) => e.kind === 'outage')).toHaveLength(1);
  });

  test('a lock held by another', async () => {
    const at = place();
    const ledger = await at.open();
    await ledger.append(ownEntry());
    const other = new Database(at.file);
    other.exec('BEGIN IMMEDIATE');
    await expect(ledger.append(ownEntry())).rejects.toMatchObject(UNAVAILABLE);
    expect(cause(ledger)).toBe('ledger/locked');
    other.close();
    await recovered(ledger);
    await expect(at.open()).rejects.toThrow('ledger/locked: another process holds the ledger');
  });

  test('a damaged page: not opened', async () => {
    const at = place();
    const ledger = await at.open();
    for (let i = 0; i < 4; i++) await ledger.append(ownEntry());
    await ledger.close();
    const db = new Database(at.file);
    const root = db.prepare<[], number>("SELECT rootpage FROM sqlite_master WHERE name = 'checkpoints'").pluck().get();
    db.close();
    const descriptor = openSync(at.file, 'r+');
    writeSync(descriptor, Buffer.alloc(4096, 0xff), 0, 4096, (Number(root) - 1) * 4096);
    closeSync(descriptor);
    await expect(at.open()).rejects.toThrow('ledger/corrupt: SQLITE_CORRUPT');
  });

  test('a clock stepped back is no outage of the ledger', async () => {
    const at = place();
    const ledger = await at.open({ clockOffsetMs: 60_000 });
    await ledger.append(ownEntry());
    await ledger.close();
    const behind = await at.open();
    await expect(behind.append(ownEntry())).rejects.toMatchObject({ code: 'clock/untrusted' });
    expect(cause(behind)).toBe('ready');
  });
});

/** A file system of one megabyte, where this process may make one. */
function smallDisk(): string | null {
  const directory = mkdtempSync(join(tmpdir(), 'five-safes-small-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', directory], { stdio: 'ignore' }).status;
  onTestFinished(() => {
    if (mounted === 0) spawnSync('umount', ['-l', directory]);
    rmSync(directory, { recursive: true, force: true });
  });
  return mounted === 0 ? directory : null;
}

test('a full disk: ledger/full, and there is room again: it goes on', async ({ skip }) => {
  const disk = smallDisk();
  if (disk === null) return skip('no file system can be mounted here');
  const directory = join(disk, 'state');
  mkdirSync(directory);
  const { origin, signingKey, kek } = createKeys(join(directory, 'keys'), 'gateway.example/log');
  const ledger = await openLedger({ directory, origin, signingKey, kek, node: 'n' });
  onTestFinished(() => ledger.close());
  await ledger.append(ownEntry());
  const filler = openSync(join(disk, 'filler'), 'w');
  expect(() => {
    for (;;) writeSync(filler, Buffer.alloc(4096));
  }).toThrow('ENOSPC');
  closeSync(filler);
  const results = await Promise.allSettled(Array.from({ length: 200 }, () => ledger.append(asked())));
  expect(results.some(({ status }) => status === 'rejected')).toBe(true);
  expect(cause(ledger)).toBe('ledger/full');
  rmSync(join(disk, 'filler'));
  await recovered(ledger);
  const reader = openReader(directory);
  expect(reader.list(0, 10_000).filter((e) => e.kind === 'outage')).toHaveLength(1);
  reader.close();
});

describe.runIf(canTrace())('system calls that fail, by strace', { timeout: 40_000 }, () => {
  test.each(['pwrite64', 'fsync'] as const)('EIO on %s: ledger/io', async (call) => {
    const at = place();
    const ledger = await at.open();
    await ledger.append(ownEntry());
    const tracer = await inject(process.pid, [{ call, what: 'error=EIO', when: '1+' }]);
    await expect(ledger.append(asked())).rejects.toMatchObject(UNAVAILABLE);
    expect(cause(ledger)).toBe('ledger/io');
    await tracer.detach();
    await recovered(ledger);
    expect(entriesAt(at).filter((e) => e.kind === 'outage')).toHaveLength(1);
    expect(await verifyAt(at)).toMatchObject({ verified: true, open: 0 });
  });

  test('a disk that hangs: nobody is kept waiting, and what was written meanwhile is closed', async () => {
    const at = place();
    const ledger = await at.open({ hungAfterMs: 300 });
    const open = newId();
    await ledger.append(asked(open));
    const tracer = await inject(process.pid, [{ call: 'fsync', what: 'delay_enter=2000000', when: '1' }]);
    const begun = performance.now();
    const late = newId();
    await expect(Promise.all([ledger.append(asked(late)), ledger.append(outcome(open))])).rejects.toThrow(
      'ledger/hung',
    );
    expect(performance.now() - begun).toBeLessThan(1_900);
    expect(cause(ledger)).toBe('ledger/hung');
    await expect(ledger.append(ownEntry())).rejects.toMatchObject(UNAVAILABLE);
    await recovered(ledger);
    await tracer.detach();
    expect(entriesAt(at).filter((e) => e.kind === 'outage')).toHaveLength(1);
    expect(await verifyAt(at)).toMatchObject({ verified: true, open: 0 });
    expect(
      entriesAt(at)
        .filter((e) => e.exchange === late)
        .map((e) => e.kind),
    ).toEqual(['asked', 'outcome']);
  });
});

test('a file that is no database is told from one that was moved', async () => {
  const at = place();
  const ledger = await at.open();
  await ledger.append(ownEntry());
  await ledger.close();
  writeFileSync(at.file, Buffer.alloc(8192, 7));
  await expect(at.open()).rejects.toThrow('ledger/corrupt: SQLITE_NOTADB');
});
