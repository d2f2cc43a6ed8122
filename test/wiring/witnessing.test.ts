import { cpSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { openCosignatures } from '../../src/adapters/sqlite/cosignatures.ts';
import { readGrowth } from '../../src/adapters/sqlite/growth.ts';
import { openCheckpoint } from '../../src/ledger/checkpoint.ts';
import { cosignaturesIn, parseWitnessKey } from '../../src/ledger/cosignature.ts';
import { Witnessing, type WitnessingOptions } from '../../src/wiring/witnessing.ts';
import { asked, outcome, ownEntry, place, verifyAt } from '../adapters/sqlite/builders.ts';
import type { log } from '../witness/logs.ts';
import { served } from './witnesses.ts';

type Place = ReturnType<typeof place>;
const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** Collects for the ledger in a directory. */
function collecting(at: Place, settings: WitnessingOptions['witnesses'], changes: Partial<WitnessingOptions> = {}) {
  const lines: { readonly event: string; readonly [field: string]: unknown }[] = [];
  const witnessing = new Witnessing({
    witnesses: settings,
    quorum: settings.length,
    stopAfterMs: null,
    store: openCosignatures(join(at.directory, 'cosignatures.db')),
    read: (work) => readGrowth(at.file, work),
    now: Date.now,
    log: (event, fields) => lines.push({ event, ...fields }),
    everyMs: 5,
    ...changes,
  });
  witnessing.start();
  const stop = vi.fn(() => witnessing.stop());
  ends.push(async () => {
    if (stop.mock.calls.length === 0) await stop();
  });
  return { witnessing, lines, stop };
}

const until = (check: () => void) => vi.waitFor(check, { timeout: 4_000, interval: 5 });
const knownLog = (at: Place) => ({ verifier: at.verifier }) as ReturnType<typeof log>;

describe('collecting cosignatures', () => {
  test('the newest checkpoint, from each witness, as it grows; the quorum counts; they outlive a restart', async () => {
    const at = place();
    const ledger = await at.open();
    await ledger.append(ownEntry());
    const [first, second] = [await served([knownLog(at)]), await served([knownLog(at)])];
    const settings = [first.settings, second.settings];
    const { witnessing, stop } = collecting(at, settings);
    await until(() => expect(witnessing.over(1)).not.toBeNull());
    for (let i = 0; i < 6; i++) await ledger.append(ownEntry());
    await until(() => expect(witnessing.over(7)).not.toBeNull());
    const head = witnessing.over(7);
    const keys = settings.map(({ key }) => parseWitnessKey(key)).filter((key) => key !== undefined);
    expect(cosignaturesIn(head?.note ?? '', keys)).toHaveLength(2);
    expect(openCheckpoint(head?.note ?? '', at.verifier)?.size).toBe(7);
    expect(witnessing.over(8)).toBeNull();
    expect(witnessing.status()).toMatchObject({
      quorum: 2,
      size: 7,
      entries: 7,
      witnesses: [{ size: 7 }, { size: 7 }],
    });
    await stop();
    // Both witnesses are gone now: what they signed is still there.
    await Promise.all([first.server.stop(), second.server.stop()]);
    expect(collecting(at, settings).witnessing.over(7)?.note).toBe(head?.note);
  });

  test('n of m: one witness that is away takes nothing from the others, and is asked again when it is back', async () => {
    const at = place();
    const ledger = await at.open();
    await ledger.append(ownEntry());
    const [first, second, third] = [
      await served([knownLog(at)]),
      await served([knownLog(at)]),
      await served([knownLog(at)]),
    ];
    await third.server.stop();
    const { witnessing, lines } = collecting(at, [first.settings, second.settings, third.settings], { quorum: 2 });
    await until(() => expect(witnessing.over(1)).not.toBeNull());
    await until(() =>
      expect(lines).toContainEqual(expect.objectContaining({ event: 'witness-problem', grave: false })),
    );
    await third.serve(Number(new URL(third.settings.url).port));
    await until(() => expect(witnessing.status().witnesses[2]).toMatchObject({ size: 1, problem: null }));
    expect(lines.map(({ event }) => event)).toContain('witness-back');
  });

  test('a quorum that is not there', async () => {
    const at = place();
    await (await at.open()).append(ownEntry());
    const [first, second] = [await served([knownLog(at)]), await served([knownLog(at)])];
    await second.server.stop();
    const { witnessing, lines } = collecting(at, [first.settings, second.settings]);
    await until(() => expect(lines.map(({ event }) => event)).toContain('witness-problem'));
    await until(() => expect(witnessing.status().witnesses[0]?.size).toBe(1));
    expect(witnessing.over(0)).toBeNull();
    const note = readGrowth(at.file, (growth) => growth.newest()?.note ?? '');
    expect(witnessing.cosignaturesOf(note).slice(note.length)).toMatch(/^— witness\.example\/\S+ \S+\n$/);
  });

  test('what it forgot it learns from the 409 of the witness', async () => {
    const at = place();
    const ledger = await at.open();
    await ledger.append(ownEntry());
    const one = await served([knownLog(at)]);
    const before = collecting(at, [one.settings], { store: openCosignatures(':memory:') });
    await until(() => expect(before.witnessing.over(1)).not.toBeNull());
    await before.stop();
    for (let i = 0; i < 4; i++) await ledger.append(ownEntry());
    const { witnessing } = collecting(at, [one.settings], { store: openCosignatures(':memory:') });
    await until(() => expect(witnessing.over(5)).not.toBeNull());
    expect(one.lines.map(({ event }) => event)).toEqual(['cosigned', 'conflict', 'cosigned']);
  });

  test('nothing newer: nothing is asked until it is time to refresh', async () => {
    const at = place();
    await (await at.open()).append(ownEntry());
    const one = await served([knownLog(at)]);
    const looks = vi.fn();
    const read: WitnessingOptions['read'] = (work) => {
      looks();
      return readGrowth(at.file, work);
    };
    let ahead = 0;
    const { witnessing } = collecting(at, [one.settings], { read, now: () => Date.now() + ahead });
    await until(() => expect(witnessing.over(1)).not.toBeNull());
    looks.mockClear();
    await until(() => expect(looks.mock.calls.length).toBeGreaterThan(10));
    expect(one.lines).toHaveLength(1);
    ahead = 11 * 60_000;
    await until(() => expect(one.lines.length).toBeGreaterThan(1));
    expect(one.lines.at(-1)).toMatchObject({ event: 'cosigned', size: 1 });
  });
});

describe('a log that forked is found by one honest witness', () => {
  test('written anew from the start, with the real key', async () => {
    const at = place();
    const ledger = await at.open();
    const draft = asked();
    await ledger.append(draft);
    await ledger.append(outcome(draft.exchange));
    const [honest, other] = [await served([knownLog(at)]), await served([knownLog(at)])];
    const before = collecting(at, [honest.settings]);
    await until(() => expect(before.witnessing.over(2)).not.toBeNull());
    await before.stop();
    await ledger.close();

    // The operator holds every key there is, and makes a log that is whole in itself.
    const rewritten = { ...place(), keys: at.keys, verifier: at.verifier };
    const { origin, signingKey, kek } = at.keys;
    const again = await rewritten.open({ origin, signingKey, kek });
    for (let i = 0; i < 3; i++) await again.append(ownEntry());
    expect(await verifyAt(rewritten)).toMatchObject({ verified: true, entries: 3 });

    const { witnessing, lines } = collecting(rewritten, [other.settings, honest.settings], { quorum: 2 });
    await until(() => expect(witnessing.status().witnesses[1]?.problem).toContain('another history'));
    expect(witnessing.over(0)).toBeNull();
    expect(lines).toContainEqual(expect.objectContaining({ event: 'witness-problem', grave: true }));
    expect(honest.lines.at(-1)).toMatchObject({ event: 'inconsistent', known: 2 });
  });

  test('rewritten at the same size: the witness keeps both checkpoints, which prove it to anybody', async () => {
    const at = place();
    const ledger = await at.open();
    await ledger.append(ownEntry());
    const honest = await served([knownLog(at)]);
    const before = collecting(at, [honest.settings]);
    await until(() => expect(before.witnessing.over(1)).not.toBeNull());
    await before.stop();
    const rewritten = place();
    const { origin, signingKey, kek } = at.keys;
    const other = await rewritten.open({ origin, signingKey, kek });
    await other.append(ownEntry());
    const { witnessing } = collecting(rewritten, [honest.settings]);
    await until(() => expect(witnessing.status().witnesses[0]?.problem).toContain('another history'));
    const proof = honest.lines.findLast(({ event }) => event === 'fork');
    const told = [proof?.['cosigned'], proof?.['other']].map((note) => openCheckpoint(String(note), at.verifier));
    expect(told.map((checkpoint) => checkpoint?.size)).toEqual([1, 1]);
    expect(told[0]?.root).not.toEqual(told[1]?.root);
  });

  test('set back to an older copy: the witness has seen more', async () => {
    const at = place();
    const first = await at.open();
    await first.append(ownEntry());
    await first.close();
    const old = place();
    cpSync(at.directory, old.directory, { recursive: true });
    const ledger = await at.open();
    await ledger.append(ownEntry());
    const honest = await served([knownLog(at)]);
    const before = collecting(at, [honest.settings]);
    await until(() => expect(before.witnessing.over(2)).not.toBeNull());
    await before.stop();
    const { witnessing } = collecting(old, [honest.settings], { store: openCosignatures(':memory:') });
    await until(() => expect(witnessing.status().witnesses[0]?.problem).toContain('the log was cut'));
  });
});

describe('answers that no honest witness gives', () => {
  async function answering(status: number, body: string, headers: Readonly<Record<string, string>> = {}) {
    const server = createServer((_req, res) => {
      res.writeHead(status, headers);
      res.end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ends.push(async () => {
      server.closeAllConnections();
      server.close();
    });
    const at = place();
    await (await at.open()).append(ownEntry());
    const { key } = await served([knownLog(at)]);
    const { port } = server.address() as AddressInfo;
    const { witnessing } = collecting(at, [{ name: 'w', url: `http://127.0.0.1:${port}`, key }]);
    await until(() => expect(witnessing.status().witnesses[0]?.problem).not.toBeNull());
    expect(witnessing.over(0)).toBeNull();
    return witnessing.status().witnesses[0]?.problem;
  }
  const size = { 'content-type': 'text/x.tlog.size' };

  test.each([
    ['no signature', 200, 'hello\n', {}, 'no cosignature of its key'],
    ['the signature of another', 200, '— other AAAAAAAAAAAAAAAA\n', {}, 'no cosignature of its key'],
    ['more than there is room for', 200, 'x'.repeat(100_000), {}, 'more than 32768 bytes'],
    ['a redirect', 302, '', { location: 'http://127.0.0.1:1/' }, 'status 302'],
    ['a conflict in another type', 409, '0\n', {}, 'status 409'],
    ['a conflict about what was sent', 409, '0\n', size, 'contradicts itself'],
    ['a key it does not trust', 403, '', {}, 'does not trust the key'],
    ['a log it does not know', 404, '', {}, 'does not know this log'],
  ])('%s', async (_, status, body, headers, problem) => {
    expect(await answering(status, body, headers)).toContain(problem);
  });

  test('a clock far off', async () => {
    const at = place();
    await (await at.open()).append(ownEntry());
    const late = await served([knownLog(at)], { now: () => Date.now() - 600_000 });
    const { witnessing } = collecting(at, [late.settings]);
    await until(() => expect(witnessing.status().witnesses[0]?.problem).toContain('clock'));
  });
});

test('the age past which nothing is asked: counted only while entries stand beyond', async () => {
  const at = place();
  const ledger = await at.open();
  await ledger.append(ownEntry());
  const one = await served([knownLog(at)]);
  let ahead = 0;
  const changes = { stopAfterMs: 60_000, now: () => Date.now() + ahead };
  const { witnessing } = collecting(at, [one.settings], changes);
  expect(witnessing.problem()).toContain('no checkpoint');
  await until(() => expect(witnessing.problem()).toBeNull());
  await one.server.stop();
  ahead = 61_000;
  expect(witnessing.problem()).toBeNull();
  await ledger.append(ownEntry());
  await until(() => expect(witnessing.problem()).toMatch(/is 6\d s old/));
  ahead = 0;
  await one.serve(Number(new URL(one.settings.url).port));
  await until(() => expect(witnessing.over(2)).not.toBeNull());
  expect(witnessing.problem()).toBeNull();
});
