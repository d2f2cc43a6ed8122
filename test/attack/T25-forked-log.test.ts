import { cpSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openCosignatures } from '../../src/adapters/sqlite/cosignatures.ts';
import { openCheckpoint } from '../../src/ledger/checkpoint.ts';
import { asked, outcome, ownEntry, place, verifyAt } from '../adapters/sqlite/builders.ts';
import { writeAt } from '../adapters/sqlite/in-thread.ts';
import { collecting, knownLog, served, until } from '../wiring/witnesses.ts';

/** An operator who holds every key there is cannot tell two stories to one honest witness. */
describe('a log that forked', () => {
  test('written anew from the start, with the real key', async () => {
    const at = place();
    const draft = asked();
    writeAt(at, [draft]);
    writeAt(at, [outcome(draft.exchange)]);
    const [honest, other] = [await served([knownLog(at)]), await served([knownLog(at)])];
    const before = collecting(at, [honest.settings]);
    await until(() => expect(before.witnessing.over(2)).not.toBeNull());
    await before.stop();

    // The operator holds every key there is, and makes a log that is whole in itself.
    const rewritten = { ...place(), keys: at.keys, verifier: at.verifier };
    writeAt(
      rewritten,
      Array.from({ length: 3 }, () => ownEntry()),
    );
    expect(await verifyAt(rewritten)).toMatchObject({ verified: true, entries: 3 });

    const { witnessing, lines } = collecting(rewritten, [other.settings, honest.settings], { quorum: 2 });
    await until(() => expect(witnessing.status().witnesses[1]?.problem).toContain('another history'));
    expect(witnessing.over(0)).toBeNull();
    expect(lines).toContainEqual(expect.objectContaining({ event: 'witness-problem', grave: true }));
    expect(honest.lines.at(-1)).toMatchObject({ event: 'inconsistent', known: 2 });
  });

  test('rewritten at the same size: the witness keeps both checkpoints, which prove it to anybody', async () => {
    const at = place();
    writeAt(at, [ownEntry()]);
    const honest = await served([knownLog(at)]);
    const before = collecting(at, [honest.settings]);
    await until(() => expect(before.witnessing.over(1)).not.toBeNull());
    await before.stop();
    const rewritten = { ...place(), keys: at.keys };
    writeAt(rewritten, [ownEntry()]);
    const { witnessing } = collecting(rewritten, [honest.settings]);
    await until(() => expect(witnessing.status().witnesses[0]?.problem).toContain('another history'));
    const proof = honest.lines.findLast(({ event }) => event === 'fork');
    const told = [proof?.['cosigned'], proof?.['other']].map((note) => openCheckpoint(String(note), at.verifier));
    expect(told.map((checkpoint) => checkpoint?.size)).toEqual([1, 1]);
    expect(told[0]?.root).not.toEqual(told[1]?.root);
  });

  test('set back to an older copy: the witness has seen more', async () => {
    const at = place();
    writeAt(at, [ownEntry()]);
    const old = place();
    cpSync(at.directory, old.directory, { recursive: true });
    writeAt(at, [ownEntry()]);
    const honest = await served([knownLog(at)]);
    const before = collecting(at, [honest.settings]);
    await until(() => expect(before.witnessing.over(2)).not.toBeNull());
    await before.stop();
    const { witnessing } = collecting(old, [honest.settings], { store: openCosignatures(':memory:') });
    await until(() => expect(witnessing.status().witnesses[0]?.problem).toContain('the log was cut'));
  });
});
