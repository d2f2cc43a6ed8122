import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { verifyConsistency, verifyInclusion } from '../../src/ledger/proof.ts';
import { parseTilePath, type Tile, tileBytes, tileHashes, tilePath, treeTiles } from '../../src/ledger/tiles.ts';
import { detailsBundle, entryBundle, unpackDetails, unpackEntries } from '../../src/ledger/tiles-bundle.ts';
import { tileProver } from '../../src/ledger/tiles-proof.ts';
import { leafOf, treeOf } from './published.ts';

const anyTile: fc.Arbitrary<Tile> = fc.record({
  level: fc.oneof(fc.constant('entries' as const), fc.integer({ min: 0, max: 63 })),
  index: fc.oneof(fc.nat(), fc.maxSafeNat()),
  width: fc.integer({ min: 1, max: 256 }),
});

describe('paths', () => {
  test.each<[string, Tile]>([
    ['tile/0/x001/x234/067', { level: 0, index: 1_234_067, width: 256 }],
    ['tile/0/273.p/112', { level: 0, index: 273, width: 112 }],
    ['tile/63/000', { level: 63, index: 0, width: 256 }],
    ['tile/entries/x001/000.p/255', { level: 'entries', index: 1000, width: 255 }],
  ])('%s', (path, tile) => {
    expect(tilePath(tile)).toBe(path);
    expect(parseTilePath(path)).toEqual(tile);
  });

  test('every tile has one, and it leads back', () => {
    fc.assert(
      fc.property(anyTile, (tile) => {
        expect(parseTilePath(tilePath(tile))).toEqual(tile);
      }),
    );
  });

  test.each([
    'tile/64/000',
    'tile/00/000',
    'tile/-1/000',
    'tile/0/0',
    'tile/0/1234',
    'tile/0/001/234',
    'tile/0/x000/001',
    'tile/0/x001',
    'tile/0/x001/x234',
    'tile/0/000.p/0',
    'tile/0/000.p/01',
    'tile/0/000.p/256',
    'tile/0/000.p/',
    'tile/0/000.p',
    'tile/0/000/',
    '/tile/0/000',
    'tile/entry/000',
    'tile/0/x999/x999/x999/x999/x999/999',
    'tile/0/000?x',
    'tile/%30/000',
    'details/000',
    'checkpoint',
    '',
  ])('%j is none', (path) => expect(parseTilePath(path)).toBeUndefined());
});

test('a tree of 70,000 has the tiles that the specification counts', () => {
  const paths = [...treeTiles(70_000)].filter(({ level }) => level !== 'entries').map(tilePath);
  expect(paths).toHaveLength(273 + 1 + 1 + 1 + 1);
  expect(paths.slice(-4)).toEqual(['tile/0/273.p/112', 'tile/1/000', 'tile/1/001.p/17', 'tile/2/000.p/1']);
  expect([...treeTiles(256)].map(tilePath)).toEqual(['tile/entries/000', 'tile/0/000', 'tile/1/000.p/1']);
  expect([...treeTiles(0)]).toEqual([]);
});

test('what is new since an earlier size are the pieces that it had not in full', () => {
  const sizes = fc.tuple(fc.nat({ max: 140_000 }), fc.nat({ max: 140_000 }));
  fc.assert(
    fc.property(sizes, ([a, b]) => {
      const [from, size] = [Math.min(a, b), Math.max(a, b)];
      const full = new Set([...treeTiles(from)].filter(({ width }) => width === 256).map(tilePath));
      const expected = [...treeTiles(size)].map(tilePath).filter((path) => !full.has(path));
      expect([...treeTiles(size, from)].map(tilePath)).toEqual(expected);
    }),
    { numRuns: 30 },
  );
});

describe('bundles', () => {
  const bytes = fc.uint8Array({ maxLength: 300 });

  test('entries come out as they went in; cut or lengthened they do not, and it says where', () => {
    fc.assert(
      fc.property(fc.array(bytes, { minLength: 1, maxLength: 20 }), fc.nat(), (entries, cut) => {
        const bundle = entryBundle(entries);
        const width = entries.length;
        expect(unpackEntries(bundle, width)).toEqual({ items: entries.map((e) => Buffer.from(e)), bad: null });
        const short = unpackEntries(bundle.subarray(0, cut % bundle.length), width);
        expect(short.bad).toBe(short.items.length);
        expect(unpackEntries(Buffer.concat([bundle, Buffer.of(0)]), width).bad).toBe(width - 1);
      }),
    );
  });

  test('the length of an entry has 16 bits, the higher ones first', () => {
    expect(entryBundle([Buffer.alloc(65_535), Buffer.of(7)]).subarray(65_535)).toEqual(Buffer.of(0, 0, 0, 1, 7));
    expect(entryBundle([Buffer.alloc(258)]).subarray(0, 2)).toEqual(Buffer.of(1, 2));
    expect(() => entryBundle([Buffer.alloc(65_536)])).toThrow(RangeError);
  });

  test('details as well, with parts that are not there', () => {
    const part = fc.option(
      fc.uint8Array({ minLength: 28, maxLength: 200 }).map((b) => ({ sealed: Buffer.from(b), erased: false })),
    );
    const details = fc.array(fc.record({ accountability: part, subject: part }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(details, fc.nat(), (all, cut) => {
        const bundle = detailsBundle(all);
        expect(unpackDetails(bundle, all.length)).toEqual({ items: all, bad: null });
        const short = unpackDetails(bundle.subarray(0, cut % bundle.length), all.length);
        expect(short.bad).toBe(short.items.length);
        expect(unpackDetails(Buffer.concat([bundle, Buffer.of(0)]), all.length).bad).toBe(all.length - 1);
      }),
    );
  });
});

describe('proofs from tiles', () => {
  // More than one full tile of level 1.
  const SIZE = 66_100;
  const tree = treeOf(Array.from({ length: SIZE }, (_, i) => leafOf(i)));
  const proverAt = (size: number, fetched: string[] = []) =>
    tileProver(size, async ({ level, index, width }) => {
      if (level === 'entries') throw new Error('no entries are needed');
      fetched.push(tilePath({ level, index, width }));
      return tileBytes(level, index, width, tree.at);
    });

  test('of inclusion and consistency are accepted, from a handful of tiles', async () => {
    const roots = new Map<number, Uint8Array>();
    const rootOf = (size: number) => {
      const root = roots.get(size) ?? tree.root(size);
      roots.set(size, root);
      return root;
    };
    const sizes = fc.constantFrom(1, 2, 255, 256, 257, 511, 1000, 65_535, 65_536, 65_537, SIZE);
    await fc.assert(
      fc.asyncProperty(sizes, sizes, fc.nat(), async (a, b, n) => {
        const [from, size] = [Math.min(a, b), Math.max(a, b)];
        const fetched: string[] = [];
        const prover = proverAt(size, fetched);
        const index = n % size;
        const inclusion = await prover.inclusion(index);
        expect(verifyInclusion(tree.at(0, index), index, size, inclusion, rootOf(size))).toBe(true);
        expect(fetched.length).toBeLessThanOrEqual(6);
        const consistency = await prover.consistency(from);
        expect(verifyConsistency(from, rootOf(from), size, rootOf(size), consistency)).toBe(true);
        expect(Buffer.from(await prover.root()).equals(rootOf(size))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test('fail outside the tree, and where a tile is missing or too short', async () => {
    await expect(proverAt(300).inclusion(300)).rejects.toThrow(RangeError);
    await expect(proverAt(300).consistency(301)).rejects.toThrow(RangeError);
    await expect(tileProver(300, async () => null).inclusion(0)).rejects.toThrow('is missing');
    await expect(tileProver(300, async () => Buffer.alloc(31)).root()).rejects.toThrow('not of its length');
    expect(tileHashes(Buffer.alloc(64), 2)).toHaveLength(2);
    expect(tileHashes(Buffer.alloc(64), 1)).toBeUndefined();
  });
});
