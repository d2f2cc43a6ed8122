import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { writeBatch } from '../../../src/adapters/sqlite/batch.ts';
import { erasureReader } from '../../../src/adapters/sqlite/erasure-reader.ts';
import { ledgerPaths } from '../../../src/adapters/sqlite/files.ts';
import { messageOf } from '../../../src/adapters/sqlite/messages.ts';
import { LedgerStore } from '../../../src/adapters/sqlite/store.ts';
import { withLedger } from '../../../src/adapters/sqlite/with-ledger.ts';
import { holdWriterLock } from '../../../src/adapters/sqlite/writer-lock.ts';
import type { ExchangeId } from '../../../src/domain/ids.ts';
import type { EntryDraft } from '../../../src/ledger/entry.ts';
import { type ErasedParts, type ErasingChange, SECOND_PERSON_WITHIN } from '../../../src/ledger/erasure.ts';
import { noteSigner } from '../../../src/ledger/note.ts';
import { asked, detailsAt, entriesAt, newId, outcome, type Place, place as unlocked, verifyAt } from './builders.ts';

function place(): Place {
  const at = unlocked();
  const lock = holdWriterLock(ledgerPaths(at.directory).lock);
  onTestFinished(() => lock.release());
  return at;
}

function store(at: Place): LedgerStore {
  const { origin, signingKey, kek } = at.keys;
  const signer = noteSigner(origin, signingKey);
  return new LedgerStore({ paths: ledgerPaths(at.directory), signer, kek, node: 'n', random: randomBytes }, true);
}

function write(to: LedgerStore, drafts: readonly EntryDraft[], now = Date.now()) {
  return writeBatch(
    to,
    drafts.map((draft, i) => messageOf(i, draft)),
    now,
    new Map(),
  );
}

function erasing(change: ErasingChange): EntryDraft {
  return { kind: 'erasure', exchange: newId(), accountability: { event: change.kind }, subject: null, change };
}

function erase(parts: ErasedParts, exchanges: readonly string[], holdKeys: readonly string[] = []): EntryDraft {
  const erased = exchanges.map((exchange) => ({ exchange, holdKeys }));
  return erasing({ kind: 'erase', proposal: null, approver: null, parts, exchanges: erased });
}

/** So many exchanges, asked and concluded. */
function concluded(to: LedgerStore, count: number, key?: string): readonly ExchangeId[] {
  const ids = Array.from({ length: count }, newId);
  write(
    to,
    ids.map((id) => asked(id, key)),
  );
  write(
    to,
    ids.map((id) => outcome(id)),
  );
  return ids;
}

/** Every file under the directory but the keys that people keep, which say nothing of data keys. */
function bytesOf(directory: string): Buffer {
  return Buffer.concat(
    readdirSync(directory, { recursive: true, encoding: 'utf8' })
      .map((name) => join(directory, name))
      .filter((path) => statSync(path).isFile())
      .map((path) => readFileSync(path)),
  );
}

function slotsOf(at: Place, exchange: string): { a: number; s: number | null }[] {
  return withLedger(at.directory, (db) =>
    db
      .prepare<[string], { a: number; s: number | null }>(
        'SELECT accountability_slot AS a, subject_slot AS s FROM entries WHERE exchange = ?',
      )
      .all(exchange),
  );
}

describe('an erasure', () => {
  test('leaves every proof valid, and nobody opens the details with key-encryption key and files', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom<ErasedParts | 'kept'>('subject', 'whole', 'kept'), { minLength: 1, maxLength: 12 }),
        async (fates) => {
          const at = place();
          const open = store(at);
          const ids = concluded(open, fates.length);
          const of = (fate: string) => ids.filter((_, i) => fates[i] === fate);
          const keys = ids.map((id) => slotsOf(at, id).map(({ a, s }) => [open.slots.find(a)?.key, s] as const));
          const destroyed = ids.flatMap((_, i) =>
            fates[i] === 'whole' ? (keys[i] ?? []).map(([key]) => Buffer.from(key ?? '')) : [],
          );
          write(open, [erase('subject', of('subject')), erase('whole', of('whole'))]);
          open.close();

          const erased = 1 * of('subject').length + 2 * of('whole').length;
          expect(await verifyAt(at)).toMatchObject({ verified: true, erased, open: 0 });
          for (const { index, kind, exchange } of entriesAt(at)) {
            if (kind !== 'asked') continue;
            const fate = fates[ids.map(String).indexOf(exchange)];
            const details = detailsAt(at, index);
            expect(details?.subject === null).toBe(fate !== 'kept');
            expect(details?.accountability === null).toBe(fate === 'whole');
          }
          const bytes = bytesOf(at.directory);
          for (const key of destroyed) expect(bytes.includes(key)).toBe(false);
        },
      ),
      { numRuns: 8 },
    );
  });

  test('leaves no earlier copy of the page in any file: a page kept from before has no place among them', () => {
    const at = place();
    const open = store(at);
    const [id = ''] = concluded(open, 1);
    const before = readFileSync(ledgerPaths(at.directory).keys);
    const [slot] = slotsOf(at, id);
    const page = Math.floor((slot?.a ?? 0) / 120);
    write(open, [erase('whole', [id])]);
    open.close();
    const after = readFileSync(ledgerPaths(at.directory).keys);
    let same = 0;
    for (let block = 4096; block + 4096 <= before.length; block += 4096) {
      if (before.subarray(block, block + 4096).equals(after.subarray(block, block + 4096))) same += 1;
    }
    expect(page).toBeGreaterThan(0);
    expect(same).toBe(before.length / 4096 - 2);
  });

  test('takes the digest of the request out of the rows beside the tree, also of their pages and the log before them', () => {
    const at = place();
    const open = store(at);
    const [one = '', two = ''] = [...concluded(open, 1, 'key-of-mine-1'), ...concluded(open, 1, 'key-of-mine-2')];
    write(open, [erase('subject', [one]), erase('whole', [two])]);
    const rows = withLedger(at.directory, (db) =>
      db.prepare('SELECT exchange, asker, key, request, legs FROM exchanges ORDER BY exchange').all(),
    );
    expect(rows).toContainEqual(expect.objectContaining({ exchange: one, asker: 'asker-1', key: null, request: null }));
    expect(rows).toContainEqual({ exchange: two, asker: null, key: null, request: null, legs: '[]' });
    open.close();
    expect(bytesOf(at.directory).includes('key-of-mine')).toBe(false);
  });

  test('that a crash cut short between entry and keys is completed at the next start', async () => {
    const at = place();
    const open = store(at);
    const [id = ''] = concluded(open, 1);
    const cut = vi.spyOn(open.slots, 'destroy').mockImplementation(() => {
      throw new Error('killed');
    });
    expect(() => write(open, [erase('whole', [id])])).toThrow('killed');
    cut.mockRestore();
    open.close();
    expect(entriesAt(at).at(-1)?.kind).toBe('erasure');
    expect(await verifyAt(at)).toMatchObject({ verified: true, erased: 0 });

    store(at).close();
    expect(await verifyAt(at)).toMatchObject({ verified: true, erased: 2 });
    expect(detailsAt(at, 0)).toEqual({ accountability: null, subject: null });
    expect(withLedger(at.directory, (db) => db.prepare('SELECT * FROM destructions WHERE done = 0').all())).toEqual([]);
  });

  test('of an exchange that is open is refused: its outcome is still to come', () => {
    const at = place();
    const open = store(at);
    const id = newId();
    write(open, [asked(id)]);
    expect(write(open, [erase('whole', [id])]).refused).toMatchObject([{ reason: expect.stringContaining('open') }]);
    open.close();
  });

  test('needs its proposal to stand, in time, and another person', () => {
    const at = place();
    const open = store(at);
    const exchanges = concluded(open, 1);
    const now = Date.now() + 1_000;
    const proposal = {
      id: newId(),
      parts: 'whole',
      ground: 'order',
      exchanges,
      proposer: 'ruth',
      partner: 'k',
    } as const;
    write(open, [erasing({ kind: 'erasure-proposed', proposal: { ...proposal, proposed: now } })], now);
    const approve = (approver: string, id: string, then: number) =>
      write(
        open,
        [
          erasing({
            kind: 'erase',
            proposal: id,
            approver,
            parts: 'whole',
            exchanges: exchanges.map((exchange) => ({ exchange, holdKeys: [] })),
          }),
        ],
        then,
      ).refused.length;
    const late = now + SECOND_PERSON_WITHIN + 1;
    expect(approve('ruth', proposal.id, now)).toBe(1);
    expect(approve('otto', newId(), now)).toBe(1);
    expect(approve('otto', proposal.id, now)).toBe(0);
    expect(approve('otto', proposal.id, now)).toBe(1);
    const second = { ...proposal, id: newId(), proposed: now };
    write(open, [erasing({ kind: 'erasure-proposed', proposal: second })], now);
    expect(approve('otto', second.id, late)).toBe(1);
    open.close();
  });

  test('is found by its id, however many were proposed after it', () => {
    const at = place();
    const open = store(at);
    const ids = Array.from({ length: 501 }, newId).toSorted();
    const common = { parts: 'whole', ground: 'order', exchanges: [newId()], proposer: 'ruth', partner: 'k' } as const;
    const proposed = Date.now();
    write(
      open,
      ids.map((id) => erasing({ kind: 'erasure-proposed', proposal: { id, ...common, proposed } })),
    );
    open.close();
    const reader = erasureReader(at.directory, () => at.keys.kek);
    expect(reader.erasures().some(({ id }) => id === ids[0])).toBe(false);
    expect(reader.erasure(ids[0] ?? '')).toMatchObject({ id: ids[0], state: 'proposed' });
    expect(reader.erasure(newId())).toBeNull();
  });

  test('is blocked by a hold, also one set a moment before in the same batch, until two persons lifted it', () => {
    const at = place();
    const open = store(at);
    const [id = ''] = concluded(open, 1);
    const hold = { id: newId(), scope: 'case', key: 'case-key', person: 'ruth', partner: 'k' } as const;
    const first = write(open, [erasing({ kind: 'hold-set', hold }), erase('whole', [id], ['x', 'case-key'])]);
    expect(first.refused).toMatchObject([{ id: 1, reason: 'a legal hold blocks the erasure' }]);
    const lift = (person: string, partner = 'k') =>
      write(open, [erasing({ kind: 'hold-lift', hold: hold.id, person, partner })]).refused.length;
    const blocked = () => write(open, [erase('subject', [id], ['case-key'])]).refused.length;
    expect(lift('otto', 'n')).toBe(0);
    expect(blocked()).toBe(1);
    expect(lift('otto', 'n')).toBe(1);
    expect(lift('hanna', 'n')).toBe(1);
    expect(lift('ruth')).toBe(0);
    expect(lift('ruth')).toBe(1);
    expect(blocked()).toBe(0);
    open.close();
    expect(erasureReader(at.directory, () => at.keys.kek).holds()).toMatchObject([
      { state: 'lifted', key: 'case-key' },
    ]);
  });
});
