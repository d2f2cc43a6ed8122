import { describe, expect, test } from 'vitest';
import { type Checkpoint, openCheckpoint } from '../../src/ledger/checkpoint.ts';
import type { NoteVerifier } from '../../src/ledger/note.ts';
import { verifyConsistency } from '../../src/ledger/proof.ts';
import { type ReadPath, tileSource } from '../../src/ledger/tile-source.ts';
import { tileLimit, tilePath } from '../../src/ledger/tiles.ts';
import { tileProver } from '../../src/ledger/tiles-proof.ts';
import { verifyLedger } from '../../src/ledger/verify.ts';
import { type Files, identity, leafOf, published, reading } from './published.ts';

/** One step of a mirror, with nothing but GET: the newest checkpoint, and whether it continues the one before. */
async function follow(
  read: ReadPath,
  verifier: NoteVerifier,
  before: Checkpoint | null,
): Promise<Checkpoint | 'unsigned' | 'shrunk' | 'forked'> {
  const note = await read('checkpoint', 65_536);
  const now = note === null ? undefined : openCheckpoint(Buffer.from(note).toString('utf8'), verifier);
  if (now === undefined) return 'unsigned';
  if (before === null) return now;
  if (now.size < before.size) return 'shrunk';
  const prover = tileProver(now.size, (tile) => read(tilePath(tile), tileLimit(tile)));
  const proof = await prover.consistency(before.size);
  return verifyConsistency(before.size, before.root, now.size, now.root, proof) ? now : 'forked';
}

const us = identity();
const leaves = Array.from({ length: 700 }, (_, i) => leafOf(i));
/** The same operator, the same key, another story from entry 300 on. */
const fork = leaves.map((leaf, i) => (i < 300 ? leaf : leafOf(i, 'b')));

async function steps(...logs: readonly Files[]) {
  let seen: Checkpoint | null = null;
  const told: (number | string)[] = [];
  for (const files of logs) {
    const next: Checkpoint | string = await follow(reading(files), us.verifier, seen);
    told.push(typeof next === 'string' ? next : next.size);
    if (typeof next !== 'string') seen = next;
  }
  return told;
}

describe('a mirror that follows the log', () => {
  test('goes along with it as it grows', async () => {
    const sizes = [1, 6, 255, 256, 257, 512, 700, 700];
    expect(await steps(...sizes.map((size) => published(leaves, us, size)))).toEqual(sizes);
  });

  test('finds a log that was forked before what it saw, of any later size', async () => {
    const seen = published(leaves, us, 400);
    expect(await steps(seen, published(fork, us, 400), published(fork, us, 500))).toEqual([400, 'forked', 'forked']);
    expect(await steps(published(leaves, us, 300), published(fork, us, 500))).toEqual([300, 500]);
  });

  test('finds a log that became shorter, and one that another signed', async () => {
    const stranger = published(leaves, identity(), 500);
    expect(await steps(published(leaves, us, 400), published(leaves, us, 399), stranger)).toEqual([
      400,
      'shrunk',
      'unsigned',
    ]);
  });
});

describe('a log of tiles over two levels', () => {
  const whole = () => published(leaves, us);
  const verified = async (files: Files) => {
    const source = await tileSource(reading(files), us.verifier);
    if (source === null) throw new Error('no checkpoint');
    return verifyLedger(source, us.verifier);
  };

  test('verifies, entries counted and without details', async () => {
    expect(await verified(whole())).toMatchObject({ verified: true, entries: 700, open: 0, erased: 0, size: 700 });
    expect(await tileSource(reading(new Map()), us.verifier)).toBeNull();
    expect(await tileSource(reading(whole()), us.verifier)).toMatchObject({ details: false });
  });

  test('each piece that is missing, too short or altered is named with the entry where it begins', async () => {
    const altered = (path: string, at: number) => {
      const files = whole();
      const bytes = Buffer.from(files.get(path) ?? []);
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      return files.set(path, bytes);
    };
    const found = async (files: Files) => (await verified(files)).firstBad;
    for (const [path, index] of [
      ['tile/0/000', 0],
      ['tile/0/001', 256],
      ['tile/0/002.p/188', 512],
      ['tile/1/000.p/2', 0],
      ['tile/entries/001', 256],
      ['tile/entries/002.p/188', 512],
    ] as const) {
      const missing = whole();
      missing.delete(path);
      const kind = path.startsWith('tile/entries') ? 'entries' : 'tile';
      expect(await found(missing), path).toEqual({ index, code: `${kind}/missing` });
      const short = whole().set(path, (whole().get(path) ?? Buffer.alloc(0)).subarray(0, -1));
      const last = path.includes('.p/') ? 699 : 511;
      expect(await found(short), path).toEqual({ index: kind === 'tile' ? index : last, code: `${kind}/form` });
    }
    expect(await found(altered('tile/0/001', 32 * 9))).toEqual({ index: 265, code: 'node/altered' });
    expect(await found(altered('tile/1/000.p/2', 40))).toEqual({ index: 511, code: 'node/altered' });
    // Within the hexadecimal of the commitment: the entry keeps its form.
    const rewritten = whole();
    const bundle = Buffer.from(rewritten.get('tile/entries/001') ?? []);
    bundle.write(bundle.toString('latin1', 40, 41) === '0' ? '1' : '0', 40);
    expect(await found(rewritten.set('tile/entries/001', bundle))).toEqual({ index: 256, code: 'entry/altered' });
  });

  test('a leaf and its entry altered alike still do not lead to the checkpoint', async () => {
    const files = whole();
    for (const [path, bytes] of published(fork, us)) if (path !== 'checkpoint') files.set(path, bytes);
    expect((await verified(files)).firstBad).toEqual({ index: 699, code: 'checkpoint/root' });
  });
});
