import { randomBytes } from 'node:crypto';
import { expect, onTestFinished, test, vi } from 'vitest';
import { writeBatch } from '../../src/adapters/sqlite/batch.ts';
import { ledgerPaths } from '../../src/adapters/sqlite/files.ts';
import { appendedOf, messageOf } from '../../src/adapters/sqlite/messages.ts';
import { LedgerStore } from '../../src/adapters/sqlite/store.ts';
import { holdWriterLock } from '../../src/adapters/sqlite/writer-lock.ts';
import { Fault } from '../../src/domain/faults.ts';
import { exchangeId } from '../../src/domain/ids.ts';
import type { Agreement } from '../../src/domain/partnership.ts';
import { DAY, type Instant, MINUTE } from '../../src/domain/time.ts';
import type { EntryDraft } from '../../src/ledger/entry.ts';
import { noteSigner } from '../../src/ledger/note.ts';
import { erasingPorts } from '../../src/wiring/erasing.ts';
import { type RetentionPorts, startRetention } from '../../src/wiring/retention.ts';
import {
  asked,
  detailsAt,
  entriesAt,
  newId,
  outcome,
  type Place,
  place,
  verifyAt,
} from '../adapters/sqlite/builders.ts';

const DAYS = 30;
const agreement = { id: 'vehicle-tracing', keepLogDays: DAYS } as Agreement;
const AGREEMENTS = [agreement, { ...agreement, id: 'long-one', keepLogDays: 3_650 }];
const projects: Readonly<Record<string, string>> = { 'op-gearbox': 'vehicle-tracing', 'op-axle': 'long-one' };

function told(project: string, more: EntryDraft['accountability'] = {}): EntryDraft['accountability'] {
  const who = { issuer: 'https://idp.example', subject: 'mara', person: 'mara', partner: 'kestrel-police' };
  return { who, project, case: 'KP-1', legs: [{ dataset: 'd', holder: 'northgate-motors' }], ...more };
}

/** The writer's store without its thread, its clock wherever a test wants it. */
function written(at: Place): LedgerStore {
  const lock = holdWriterLock(ledgerPaths(at.directory).lock);
  const { origin, signingKey, kek } = at.keys;
  const signer = noteSigner(origin, signingKey);
  const options = { paths: ledgerPaths(at.directory), signer, kek, node: 'n', random: randomBytes };
  const store = new LedgerStore(options, true);
  onTestFinished(() => {
    store.close();
    lock.release();
  });
  return store;
}

function write(store: LedgerStore, now: Instant, drafts: readonly EntryDraft[]) {
  const { written, refused } = writeBatch(
    store,
    drafts.map((draft, i) => messageOf(i, draft)),
    now,
    new Map(),
  );
  if (refused.length > 0) throw new Error(refused[0]?.reason);
  return written.map((one) => appendedOf(one, store.end.head));
}

/** At each of these ages, in days, one exchange under each agreement. */
function logOver(at: Place, ages: readonly number[]): LedgerStore {
  const store = written(at);
  for (const age of ages) {
    const ids = Object.keys(projects).map((project) => ({ project, id: newId() }));
    const now = Date.now() - age * DAY;
    write(
      store,
      now,
      ids.map(({ id, project }) => ({ ...asked(id), accountability: told(project) })),
    );
    write(
      store,
      now,
      ids.map(({ id }) => ({ ...outcome(id), accountability: { asked: 0 } })),
    );
  }
  return store;
}

/** Every few days one entry, so that the log is never silent for long. */
const STEADY = [44, 38, 32, 26, 20, 14, 8, 2, 0];

function retaining(at: Place, store: LedgerStore, offset = 0, clock?: () => Instant) {
  const log: string[] = [];
  const erasing = erasingPorts(at.directory, at.keys, {
    agreements: AGREEMENTS,
    project: (id) => ({ agreement: projects[id] }) as never,
  });
  const ports: RetentionPorts = {
    clock: { now: clock ?? (() => Date.now() + offset), until: () => Promise.resolve() },
    ledger: {
      append: async (draft) => {
        const [appended] = write(store, Date.now() + offset, [draft]);
        if (appended === undefined) throw new Error('nothing was written');
        return appended;
      },
    },
    erasing,
    newExchangeId: () => exchangeId(Date.now(), randomBytes(10)),
    log: (event) => void log.push(event),
  };
  const retention = startRetention(ports, 60 * MINUTE);
  onTestFinished(retention.stop);
  return { retention, ports, log, ledger: ports.ledger };
}

function openAsked(at: Place): number {
  return entriesAt(at).filter((e) => e.kind === 'asked' && detailsAt(at, e.index)?.accountability !== null).length;
}

test('what is older than its agreement keeps it goes, as one entry that names the rule; the rest stays', async () => {
  const at = place();
  const store = logOver(at, STEADY);
  const { retention } = retaining(at, store);
  expect(await retention.run()).toBe(3);
  expect(await retention.run()).toBe(0);
  expect(openAsked(at)).toBe(2 * STEADY.length - 3);
  const entries = entriesAt(at).filter((e) => e.kind === 'erasure');
  expect(entries).toHaveLength(1);
  expect(detailsAt(at, entries[0]?.index ?? -1)?.accountability).toMatchObject({
    event: 'retention',
    who: { system: 'retention' },
    rule: { agreement: 'vehicle-tracing', keepLogDays: DAYS },
  });
  expect(await verifyAt(at)).toMatchObject({ verified: true, erased: 6 });
});

/** One exchange each, at this age in days. */
function writeAged(store: LedgerStore, age: number, kinds: readonly EntryDraft['accountability'][]) {
  const ids = kinds.map(() => newId());
  write(
    store,
    Date.now() - age * DAY,
    ids.map((id, i) => ({ ...asked(id), accountability: kinds[i] ?? {} })),
  );
  write(
    store,
    Date.now() - age * DAY,
    ids.map((id) => ({ ...outcome(id), accountability: { asked: 0 } })),
  );
  return ids;
}

const rulesOf = (at: Place) =>
  entriesAt(at)
    .filter((e) => e.kind === 'erasure')
    .map((e) => detailsAt(at, e.index)?.accountability);

test('what belongs to no agreement that is known is kept as long as the one that keeps longest, not for ever', async () => {
  const at = place();
  const store = written(at);
  const of = (id: string) => [{ 'agreement.id': id }];
  const unknown = [told('typo', { facts: [{}] }), told('', { facts: {}, evaluations: [{ error: 'x', judged: null }] })];
  const gone = [told('op-gone', { facts: of('no-longer') }), told('op-gearbox', { facts: of('no-longer') })];
  const ids = writeAged(store, 3_651, [...unknown, ...gone]);
  writeAged(store, 3_649, [...unknown, ...gone]);
  for (let age = 3_645; age >= 0; age -= 5) {
    write(store, Date.now() - age * DAY, [{ kind: 'rulebook', exchange: newId(), accountability: {}, subject: null }]);
  }
  const { retention } = retaining(at, store);
  expect(await retention.run()).toBe(4);
  expect(rulesOf(at)).toMatchObject([{ rule: { agreement: null, keepLogDays: 3_650 }, exchanges: ids }]);
  expect(await verifyAt(at)).toMatchObject({ verified: true });
});

test('the agreement that was recorded says how long, not the one that the project has moved to', async () => {
  const at = place();
  const store = written(at);
  const of = (id: string) => ({ 'agreement.id': id });
  const [longOne, short] = [{ facts: [of('long-one')] }, { facts: [{}, of('vehicle-tracing')] }];
  const ids = writeAged(store, 40, [
    told('op-gearbox', longOne),
    told('op-axle', short),
    told('op-gone', short),
    told('op-axle', { facts: of('vehicle-tracing'), evaluations: [{ judged: { facts: {} } }] }),
    told('op-axle', { facts: {}, evaluations: [{ judged: null }, { judged: { facts: of('vehicle-tracing') } }] }),
  ]);
  for (const age of STEADY.slice(1)) writeAged(store, age, [told('op-axle')]);
  const { retention, ports, ledger } = retaining(at, store);
  // A hold on that agreement keeps them, too.
  const key = ports.erasing.holdKey('agreement', 'vehicle-tracing');
  const id = newId();
  const change = (c: NonNullable<EntryDraft['change']>): EntryDraft => ({
    ...{ kind: 'legal-hold', exchange: newId(), accountability: {}, subject: null, change: c },
  });
  await ledger.append(
    change({ kind: 'hold-set', hold: { id, scope: 'agreement', key, person: 'ruth', partner: 'k' } }),
  );
  expect(await retention.run()).toBe(0);
  for (const person of ['ruth', 'otto'])
    await ledger.append(change({ kind: 'hold-lift', hold: id, person, partner: 'k' }));
  expect(await retention.run()).toBe(4);
  expect(rulesOf(at)).toMatchObject([{ rule: { agreement: 'vehicle-tracing' }, exchanges: ids.slice(1) }]);
});

test('a hold keeps it, and once the hold is lifted it goes', async () => {
  const at = place();
  const store = logOver(at, STEADY);
  const { retention, ports, ledger } = retaining(at, store);
  const id = newId();
  const change = (c: EntryDraft['change']): EntryDraft => ({
    kind: 'legal-hold',
    exchange: newId(),
    accountability: {},
    subject: null,
    ...(c && { change: c }),
  });
  const key = ports.erasing.holdKey('case', 'KP-1');
  await ledger.append(change({ kind: 'hold-set', hold: { id, scope: 'case', key, person: 'ruth', partner: 'k' } }));
  expect(await retention.run()).toBe(0);
  expect(await retention.run()).toBe(0);
  for (const person of ['ruth', 'otto'])
    await ledger.append(change({ kind: 'hold-lift', hold: id, person, partner: 'k' }));
  expect(await retention.run()).toBe(3);
});

test('the holds are read once for all that is due, for each reading opens the file', async () => {
  const at = place();
  const store = written(at);
  writeAged(
    store,
    40,
    Array.from({ length: 40 }, () => told('op-gearbox')),
  );
  for (const age of STEADY.slice(1)) writeAged(store, age, [told('op-axle')]);
  const { retention, ports } = retaining(at, store);
  const read = vi.spyOn(ports.erasing, 'holds');
  expect(await retention.run()).toBe(40);
  expect(read.mock.calls.length).toBeLessThanOrEqual(AGREEMENTS.length + 1);
});

test('an index that cannot forget keeps nothing from being erased', async () => {
  const at = place();
  const store = logOver(at, STEADY);
  const { retention, ports, log } = retaining(at, store);
  vi.spyOn(ports.erasing, 'forget').mockRejectedValue(new Fault('ledger/unavailable', 'no index'));
  expect(await retention.run()).toBe(3);
  expect(log).toEqual(['index-lags', 'erased']);
});

test('not by a clock that is not trusted', async () => {
  const at = place();
  const store = logOver(at, STEADY);
  const distrusted = () => {
    throw new Fault('clock/untrusted');
  };
  const { retention, log } = retaining(at, store, 0, distrusted);
  expect(await retention.run()).toBe(0);
  expect(log).toEqual(['retention-waits']);
  expect(openAsked(at)).toBe(2 * STEADY.length);
});

test('not by a clock that was set years forward, also not after entries were written by it', async () => {
  const at = place();
  const store = logOver(at, [3, 2, 1, 0]);
  for (const offset of [1_000 * DAY, 1_000 * DAY + MINUTE]) {
    const { retention, log, ledger } = retaining(at, store, offset);
    expect(await retention.run()).toBe(0);
    await ledger.append({ kind: 'rulebook', exchange: newId(), accountability: {}, subject: null });
    expect(await retention.run()).toBe(0);
    expect(log).toEqual(['retention-waits', 'retention-waits']);
  }
  expect(openAsked(at)).toBe(8);
});
