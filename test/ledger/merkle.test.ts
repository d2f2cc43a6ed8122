import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  EMPTY_EDGE,
  edgeOf,
  edgeRoot,
  grow,
  leafHash,
  type NodeHash,
  type NodeLookup,
} from '../../src/ledger/merkle.ts';
import { consistencyProof, inclusionProver, verifyConsistency, verifyInclusion } from '../../src/ledger/proof.ts';

/** RFC 6962 Section 2.1 written down again, word for word, on lists of entries. */
const sha = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
function naiveRoot(entries: readonly Buffer[]): Buffer {
  const [first] = entries;
  if (first === undefined) return sha();
  if (entries.length === 1) return sha(Buffer.of(0), first);
  let k = 1;
  while (k * 2 < entries.length) k *= 2;
  return sha(Buffer.of(1), naiveRoot(entries.slice(0, k)), naiveRoot(entries.slice(k)));
}
function naivePath(m: number, entries: readonly Buffer[]): Buffer[] {
  if (entries.length <= 1) return [];
  let k = 1;
  while (k * 2 < entries.length) k *= 2;
  return m < k
    ? [...naivePath(m, entries.slice(0, k)), naiveRoot(entries.slice(k))]
    : [...naivePath(m - k, entries.slice(k)), naiveRoot(entries.slice(0, k))];
}

const entries = Array.from({ length: 70 }, (_, i) => Buffer.from(`entry ${i}`));
const leaves = entries.map(leafHash);

/** A tree grown in batches, with a lookup over all its full nodes. */
function tree(size: number, batch: number): { root: NodeHash; at: NodeLookup; edge: ReturnType<typeof grow>['edge'] } {
  const stored = new Map<string, NodeHash>();
  leaves.slice(0, size).forEach((leaf, i) => {
    stored.set(`0/${i}`, leaf);
  });
  let edge = EMPTY_EDGE;
  while (edge.size < size) {
    const growth = grow(edge, leaves.slice(edge.size, Math.min(size, edge.size + batch)));
    for (const node of growth.nodes) stored.set(`${node.level}/${node.index}`, node.hash);
    edge = growth.edge;
  }
  const at: NodeLookup = (level, index) => {
    const found = stored.get(`${level}/${index}`);
    if (found === undefined) throw new RangeError(`${level}/${index}`);
    return found;
  };
  return { root: edgeRoot(edge), at, edge };
}

const hex = (hashes: readonly Uint8Array[]) => hashes.map((h) => Buffer.from(h).toString('hex'));

describe('Merkle tree of RFC 6962', () => {
  test('gives the published roots', () => {
    const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
    const roots = [
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
      'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
      '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
      'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
      '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
    ];
    const published = inputs.map((input) => leafHash(Buffer.from(input, 'hex')));
    roots.forEach((root, size) => {
      expect(hex([edgeRoot(grow(EMPTY_EDGE, published.slice(0, size)).edge)])).toEqual([root]);
    });
  });

  test('agrees with the definition at every size, however the entries come', () => {
    for (let size = 0; size <= 70; size++) {
      const expected = naiveRoot(entries.slice(0, size)).toString('hex');
      for (const batch of [1, 3, 8, 70]) expect(hex([tree(size, batch).root])).toEqual([expected]);
    }
  });

  test('is taken up again from its stored nodes', () => {
    for (let size = 0; size <= 70; size++) {
      const grown = tree(size, 7);
      expect(edgeRoot(edgeOf(size, grown.at))).toEqual(grown.root);
    }
  });

  test('proves every leaf of every size, as the definition does, and no other', () => {
    for (let size = 1; size <= 70; size++) {
      const { root, at } = tree(size, 5);
      const prove = inclusionProver(size, at);
      for (let index = 0; index < size; index++) {
        const proof = prove(index);
        const leaf = leaves[index] ?? Buffer.alloc(0);
        expect(hex(proof)).toEqual(hex(naivePath(index, entries.slice(0, size))));
        expect(verifyInclusion(leaf, index, size, proof, root)).toBe(true);
        if (size > 1) expect(verifyInclusion(leaf, (index + 1) % size, size, proof, root)).toBe(false);
        expect(verifyInclusion(leafHash(Buffer.from('other')), index, size, proof, root)).toBe(false);
      }
    }
  });

  test('refuses proofs that were shortened, lengthened or altered', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 70 }),
        fc.nat(),
        fc.nat(),
        fc.integer({ min: 0, max: 255 }),
        (size, i, p, bit) => {
          const { root, at } = tree(size, 9);
          const index = i % size;
          const leaf = leaves[index] ?? Buffer.alloc(0);
          const proof = inclusionProver(size, at)(index);
          const altered = proof.map((h) => Buffer.from(h));
          const step = altered[p % proof.length];
          if (step !== undefined) step[bit >> 3] = (step[bit >> 3] ?? 0) ^ (1 << (bit & 7));
          expect(verifyInclusion(leaf, index, size, altered, root)).toBe(false);
          expect(verifyInclusion(leaf, index, size, proof.slice(1), root)).toBe(false);
          expect(verifyInclusion(leaf, index, size, [...proof, leaf], root)).toBe(false);
        },
      ),
    );
  });

  test('a growing batch can prove its own entries without the store', () => {
    for (let before = 0; before <= 40; before++) {
      const growth = grow(tree(before, 11).edge, leaves.slice(before, before + 13));
      const prove = inclusionProver(before + 13, growth.at);
      const root = edgeRoot(growth.edge);
      for (let index = before; index < before + 13; index++) {
        expect(verifyInclusion(leaves[index] ?? Buffer.alloc(0), index, before + 13, prove(index), root)).toBe(true);
      }
    }
  });

  test('shows each beginning of the tree to be one, and nothing else', () => {
    for (let to = 1; to <= 40; to++) {
      const whole = tree(to, 4);
      for (let from = 1; from <= to; from++) {
        const part = tree(from, 4);
        const proof = consistencyProof(from, to, whole.at);
        expect(verifyConsistency(from, part.root, to, whole.root, proof)).toBe(true);
        const other = leafHash(Buffer.from('other'));
        expect(verifyConsistency(from, other, to, whole.root, proof)).toBe(false);
        expect(verifyConsistency(from, part.root, to, other, proof)).toBe(false);
        if (proof.length > 0) expect(verifyConsistency(from, part.root, to, whole.root, proof.slice(1))).toBe(false);
      }
    }
  });

  test('refuses size 0 as a start, and what lies outside the tree', () => {
    const { at, root } = tree(5, 5);
    expect(() => consistencyProof(0, 5, at)).toThrow(RangeError);
    expect(() => consistencyProof(6, 5, at)).toThrow(RangeError);
    expect(verifyConsistency(0, edgeRoot(EMPTY_EDGE), 5, root, [])).toBe(false);
    expect(() => inclusionProver(5, at)(5)).toThrow(RangeError);
    expect(verifyInclusion(leaves[0] ?? root, 0, 0, [], root)).toBe(false);
  });
});
