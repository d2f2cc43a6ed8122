import { expect, test } from 'vitest';
import { openCosignatures } from '../../src/adapters/sqlite/cosignatures.ts';
import { ownEntry, place } from '../adapters/sqlite/builders.ts';
import { writeAt } from '../adapters/sqlite/in-thread.ts';
import { collecting, knownLog, served, until } from '../wiring/witnesses.ts';

test('the age past which nothing is asked: counted only while entries stand beyond', async () => {
  const at = place();
  writeAt(at, [ownEntry()]);
  const one = await served([knownLog(at)]);
  let ahead = 0;
  const changes = { stopAfterMs: 60_000, now: () => Date.now() + ahead };
  const { witnessing } = collecting(at, [one.settings], changes);
  expect(witnessing.problem()).toContain('no checkpoint');
  await until(() => expect(witnessing.problem()).toBeNull());
  await one.server.stop();
  ahead = 61_000;
  expect(witnessing.problem()).toBeNull();
  writeAt(at, [ownEntry()]);
  await until(() => expect(witnessing.problem()).toMatch(/is 6\d s old/));
  ahead = 0;
  await one.serve(Number(new URL(one.settings.url).port));
  await until(() => expect(witnessing.over(2)).not.toBeNull());
  expect(witnessing.problem()).toBeNull();
});

test('what it forgot it learns from the 409 of the witness', async () => {
  const at = place();
  writeAt(at, [ownEntry()]);
  const one = await served([knownLog(at)]);
  const before = collecting(at, [one.settings], { store: openCosignatures(':memory:') });
  await until(() => expect(before.witnessing.over(1)).not.toBeNull());
  await before.stop();
  writeAt(
    at,
    Array.from({ length: 4 }, () => ownEntry()),
  );
  const { witnessing } = collecting(at, [one.settings], { store: openCosignatures(':memory:') });
  await until(() => expect(witnessing.over(5)).not.toBeNull());
  expect(one.lines.map(({ event }) => event)).toEqual(['cosigned', 'conflict', 'cosigned']);
});
