import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Worker as NodeWorker } from 'node:worker_threads';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { writeBatch } from '../../../src/adapters/sqlite/batch.ts';
import { ledgerPaths } from '../../../src/adapters/sqlite/files.ts';
import { messageOf } from '../../../src/adapters/sqlite/messages.ts';
import { LedgerStore } from '../../../src/adapters/sqlite/store.ts';
import { holdWriterLock } from '../../../src/adapters/sqlite/writer-lock.ts';
import { noteSigner } from '../../../src/ledger/note.ts';
import { asked, detailsAt, entriesAt, newId, outcome, ownEntry, type Place, place, verifyAt } from './builders.ts';

/** The real worker threads, remembered so that a test can end one. */
const started: NodeWorker[] = vi.hoisted(() => []);
vi.mock('node:worker_threads', async (original) => {
  const real = await original<typeof import('node:worker_threads')>();
  class Remembered extends real.Worker {
    constructor(...args: ConstructorParameters<typeof real.Worker>) {
      super(...args);
      started.push(this);
    }
  }
  return { ...real, Worker: Remembered };
});

describe('the writer thread', () => {
  test('when it dies, another takes its place, closes what was open and tells of the outage', async () => {
    const at = place();
    const ledger = await at.open();
    const id = newId();
    await ledger.append(asked(id));
    await started.at(-1)?.terminate();
    await expect(ledger.append(outcome(id))).rejects.toMatchObject({ code: 'ledger/unavailable' });
    expect(ledger.status().state).toBe('down');
    await expect.poll(() => ledger.status().state, { timeout: 10_000, interval: 20 }).toBe('ready');
    await ledger.append(ownEntry());
    expect(entriesAt(at).map((e) => e.kind)).toEqual(['asked', 'outcome', 'outage', 'rulebook']);
    expect(detailsAt(at, 2)?.accountability).toMatchObject({ turnedAway: 1 });
    expect(await verifyAt(at)).toMatchObject({ verified: true });
  });
});

test('closing while another takes the place of one that died leaves no thread behind, and no lock', async () => {
  const at = place();
  const ledger = await at.open();
  await started.at(-1)?.terminate();
  const before = started.length;
  await expect.poll(() => started.length, { timeout: 5_000, interval: 5 }).toBeGreaterThan(before);
  await ledger.close();
  // Were it to become ready after this, it would stay for good.
  await setTimeout(500);
  holdWriterLock(ledgerPaths(at.directory).lock).release();
  expect(started.at(-1)?.threadId).toBe(-1);
});

describe('a batch', () => {
  function locked(): Place {
    const at = place();
    const lock = holdWriterLock(ledgerPaths(at.directory).lock);
    onTestFinished(() => lock.release());
    return at;
  }
  function store(at: Place): LedgerStore {
    const { origin, signingKey, kek } = at.keys;
    const options = {
      paths: ledgerPaths(at.directory),
      signer: noteSigner(origin, signingKey),
      kek,
      node: 'n',
      random: randomBytes,
    };
    return new LedgerStore(options, true);
  }
  const drafts = (count: number) => Array.from({ length: count }, (_, i) => messageOf(i, ownEntry()));

  test('on a full disk leaves nothing behind, and goes on when there is room', () => {
    const at = locked();
    const full = store(at);
    writeBatch(full, drafts(1), Date.now(), new Map());
    const pages = Number(full.db.pragma('page_count', { simple: true }));
    full.db.pragma(`max_page_count = ${pages + 2}`);
    expect(() => writeBatch(full, drafts(200), Date.now(), new Map())).toThrow(
      expect.objectContaining({ code: 'SQLITE_FULL' }),
    );
    full.close();
    const roomy = store(at);
    expect(roomy.end.edge.size).toBe(1);
    expect(writeBatch(roomy, drafts(200), Date.now(), new Map()).written.at(-1)?.index).toBe(200);
    roomy.close();
  });

  test('is refused where somebody wrote past the lock', () => {
    const at = locked();
    const [one, two] = [store(at), store(at)];
    writeBatch(one, drafts(1), Date.now(), new Map());
    expect(() => writeBatch(two, drafts(1), Date.now(), new Map())).toThrow('another process wrote');
    two.close();
    one.close();
  });

  test('uses no key slot twice, across a restart and a failure', () => {
    const at = locked();
    const one = store(at);
    writeBatch(one, drafts(5), Date.now(), new Map());
    one.close();
    const two = store(at);
    writeBatch(two, [messageOf(0, asked()), ...drafts(4)], Date.now(), new Map());
    const used = two.db
      .prepare<[], number>(
        'SELECT accountability_slot FROM entries UNION ALL SELECT subject_slot FROM entries WHERE subject_slot IS NOT NULL',
      )
      .pluck()
      .all();
    two.close();
    expect(used.length).toBe(11);
    expect(new Set(used).size).toBe(11);
  });

  test('counts details whose key was destroyed as erased, and every proof still holds', async () => {
    const at = locked();
    const one = store(at);
    writeBatch(one, [messageOf(0, asked()), ...drafts(1)], Date.now(), new Map());
    const slot = one.db.prepare<[], number>('SELECT subject_slot FROM entries WHERE idx = 0').pluck().get();
    one.slots.destroy([Number(slot)]);
    one.close();
    expect(await verifyAt(at)).toMatchObject({ verified: true, erased: 1, entries: 2 });
    expect(detailsAt(at, 0)).toMatchObject({ accountability: { project: 'op-gearbox' }, subject: null });
  });
});
