import { existsSync, mkdtempSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openProofStore, type ProofStore, type ProofStoreOptions } from '../../../src/adapters/sqlite/used-proofs.ts';

const WINDOW = 60_000;
const NOW = Date.UTC(2026, 10, 20, 12);
const DAY = 86_400_000;

let folder: string;
let path: string;
let open: ProofStore[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'used-proofs-'));
  path = join(folder, 'proofs.db');
});
afterEach(() => {
  for (const store of open) store.close();
  open = [];
  rmSync(folder, { recursive: true, force: true });
});

function opened(changes: Partial<ProofStoreOptions> = {}): ProofStore {
  const store = openProofStore(path, { window: WINDOW, now: NOW, uptime: DAY, ...changes });
  open.push(store);
  return store;
}
const id = (n: number) => Buffer.alloc(32, n);
/** A proof made at an instant. */
const use = (store: ProofStore, n: number, made: number, now = made) => store.use(id(n), made + WINDOW, now);

describe('a proof', () => {
  test('is taken once, in any order of ids', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 60 }), async (ids) => {
        rmSync(path, { force: true });
        const store = openProofStore(path, { window: WINDOW, now: NOW, uptime: DAY });
        const seen = new Set<number>();
        for (const n of ids) {
          expect(await use(store, n, NOW)).toBe(!seen.has(n));
          seen.add(n);
        }
        store.close();
      }),
      { numRuns: 20 },
    );
  });

  test('that was taken before a restart is refused after it, also where the process was killed', async () => {
    expect(await use(opened(), 1, NOW)).toBe(true);
    // The first store still holds the file, as if it had never been closed: nothing is written on closing.
    expect(await use(opened({ now: NOW + 1_000 }), 1, NOW, NOW + 1_000)).toBe(false);
    expect(await use(opened({ now: NOW + 1_000 }), 2, NOW, NOW + 1_000)).toBe(true);
  });

  test('made before the machine came up is refused: what a loss of power took is not known', async () => {
    opened().close();
    const after = opened({ now: NOW + 10_000, uptime: 5_000 });
    expect(await use(after, 1, NOW + 4_000, NOW + 10_000)).toBe(false);
    expect(await use(after, 2, NOW + 5_000, NOW + 10_000)).toBe(true);
  });

  test('made before the store was is refused', async () => {
    const store = opened();
    expect(await use(store, 1, NOW - 1_000, NOW)).toBe(false);
    expect(await use(store, 2, NOW, NOW)).toBe(true);
  });
});

describe('the file', () => {
  test('does not grow: what stopped counting is forgotten', async () => {
    const store = opened();
    for (let n = 0; n < 2_000; n++)
      await store.use(Buffer.from(String(n).padStart(32)), NOW + n * 1_000 + WINDOW, NOW + n * 1_000);
    const db = new Database(path, { readonly: true });
    const rows = Number(db.prepare('SELECT count(*) FROM used').pluck().get());
    db.close();
    // Two minutes' worth, and what has come since the last time.
    expect(rows).toBeLessThan(120 + 128);
    expect(rows).toBeGreaterThanOrEqual(120);
  });

  test('should the clock step back, what was forgotten is still refused', async () => {
    const store = opened();
    await use(store, 1, NOW);
    for (let n = 2; n < 200; n++) await use(store, n, NOW + DAY);
    expect(await use(store, 1, NOW)).toBe(false);
    store.close();
    expect(await use(opened({ now: NOW }), 1, NOW)).toBe(false);
  });

  test('takes no more than there is room for, and takes again once there is', async () => {
    const store = opened({ most: 100 });
    for (let n = 0; n < 100; n++) expect(await use(store, n, NOW)).toBe(true);
    await expect(use(store, 100, NOW)).rejects.toThrow('100 proofs');
    const later = NOW + 3 * WINDOW;
    let taken = false;
    for (let n = 0; n < 65 && !taken; n++) taken = await use(store, 101 + n, later).catch(() => false);
    expect(taken).toBe(true);
  });

  test.each(['', '-wal'])(
    'taken away (proofs.db%s): nothing counts, and then nothing that was made before',
    async (suffix) => {
      const store = opened();
      expect(await use(store, 1, NOW)).toBe(true);
      renameSync(`${path}${suffix}`, join(folder, 'away'));
      await expect(use(store, 2, NOW, NOW + 2_000)).rejects.toThrow('taken away');
      expect(await use(store, 1, NOW, NOW + 2_000)).toBe(false);
      expect(await use(store, 3, NOW + 2_000)).toBe(true);
      expect(existsSync(path)).toBe(true);
    },
  );

  test('that cannot be opened lets nothing count', async () => {
    const store = opened();
    unlinkSync(path);
    await expect(use(store, 1, NOW)).rejects.toThrow();
    for (const suffix of ['-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
    writeFileSync(path, 'no database at all, '.repeat(500));
    await expect(use(store, 1, NOW + 1_000)).rejects.toThrow();
  });

  test('of another kind is not touched', () => {
    const db = new Database(path);
    db.pragma('application_id = 7');
    db.close();
    expect(() => opened()).toThrow('not a store of used proofs');
  });
});
