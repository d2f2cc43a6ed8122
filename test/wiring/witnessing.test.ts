import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { readGrowth } from '../../src/adapters/sqlite/growth.ts';
import { DAY } from '../../src/domain/time.ts';
import { openCheckpoint } from '../../src/ledger/checkpoint.ts';
import { cosignaturesIn, parseWitnessKey } from '../../src/ledger/cosignature.ts';
import type { WitnessingOptions } from '../../src/wiring/witnessing.ts';
import { ownEntry, place } from '../adapters/sqlite/builders.ts';
import { writeAt } from '../adapters/sqlite/in-thread.ts';
import { collecting, knownLog, served, until } from './witnesses.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

describe('collecting cosignatures', () => {
  test('the newest checkpoint, from each witness, as it grows; the quorum counts; they outlive a restart', async () => {
    const at = place();
    writeAt(at, [ownEntry()]);
    const [first, second] = [await served([knownLog(at)]), await served([knownLog(at)])];
    const settings = [first.settings, second.settings];
    const { witnessing, stop } = collecting(at, settings);
    await until(() => expect(witnessing.over(1)).not.toBeNull());
    writeAt(
      at,
      Array.from({ length: 6 }, () => ownEntry()),
    );
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
    writeAt(at, [ownEntry()]);
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

  test('a witness that was away when the clock was set back is asked again all the same', async () => {
    const at = place();
    writeAt(at, [ownEntry()]);
    let ahead = DAY;
    const now = Date.now.bind(Date);
    const one = await served([knownLog(at)]);
    await one.server.stop();
    vi.spyOn(Date, 'now').mockImplementation(() => now() + ahead);
    onTestFinished(() => void vi.restoreAllMocks());
    const { witnessing } = collecting(at, [one.settings]);
    await until(() => expect(witnessing.status().witnesses[0]?.problem).toEqual(expect.any(String)));
    ahead = 0;
    await one.serve(Number(new URL(one.settings.url).port));
    await until(() => expect(witnessing.status().witnesses[0]).toMatchObject({ size: 1, problem: null }));
  });

  test('a quorum that is not there', async () => {
    const at = place();
    writeAt(at, [ownEntry()]);
    const [first, second] = [await served([knownLog(at)]), await served([knownLog(at)])];
    await second.server.stop();
    const { witnessing, lines } = collecting(at, [first.settings, second.settings]);
    await until(() => expect(lines.map(({ event }) => event)).toContain('witness-problem'));
    await until(() => expect(witnessing.status().witnesses[0]?.size).toBe(1));
    expect(witnessing.over(0)).toBeNull();
    const note = readGrowth(at.file, (growth) => growth.newest()?.note ?? '');
    expect(witnessing.cosignaturesOf(note).slice(note.length)).toMatch(/^— witness\.example\/\S+ \S+\n$/);
  });

  test('nothing newer: nothing is asked until it is time to refresh', async () => {
    const at = place();
    writeAt(at, [ownEntry()]);
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

describe('answers that no honest witness gives', () => {
  async function answering(status: number, body: string, headers: Readonly<Record<string, string>> = {}) {
    const server = createServer((_req, res) => {
      res.writeHead(status, headers);
      res.end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ends.push(() => {
      server.closeAllConnections();
      server.close();
    });
    const at = place();
    writeAt(at, [ownEntry()]);
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
    writeAt(at, [ownEntry()]);
    const late = await served([knownLog(at)], { now: () => Date.now() - 600_000 });
    const { witnessing } = collecting(at, [late.settings]);
    await until(() => expect(witnessing.status().witnesses[0]?.problem).toContain('clock'));
  });
});
