import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openCheckpoint, signCheckpoint } from '../../src/ledger/checkpoint.ts';
import { EMPTY_EDGE, edgeRoot, grow, leafHash, type NodeLookup, nodeHash } from '../../src/ledger/merkle.ts';
import { noteSigner, parseVerifierKey, verifierKey } from '../../src/ledger/note.ts';
import { parseTlogProof, tlogProver, verifyTlogProof, writeTlogProof } from '../../src/ledger/tlog-proof.ts';

const NAME = 'gateway.example/log';
const { privateKey } = generateKeyPairSync('ed25519');
const signer = noteSigner(NAME, privateKey);
const verifier = parseVerifierKey(verifierKey(NAME, privateKey));
if (verifier === undefined) throw new Error('no verifier key');
const known = (text: string) => openCheckpoint(text, verifier);

const leaves = Array.from({ length: 9 }, (_, i) => leafHash(Buffer.from(`entry ${i}`)));
const growth = grow(EMPTY_EDGE, leaves);
const note = signCheckpoint(9, edgeRoot(growth.edge), signer);

describe('the text', () => {
  test('is that of the specification, line by line', () => {
    const hash = Buffer.alloc(32, 1);
    const proof = { index: 73_894, hashes: [hash, hash], checkpoint: note, extra: Buffer.from('more') };
    const text = writeTlogProof(proof);
    expect(text).toBe(
      `c2sp.org/tlog-proof@v1\nextra bW9yZQ==\nindex 73894\n${hash.toString('base64')}\n${hash.toString('base64')}\n\n${note}`,
    );
    expect(parseTlogProof(text)).toEqual(proof);
    const bare = writeTlogProof({ ...proof, index: 0, hashes: [], extra: null });
    expect(bare).toBe(`c2sp.org/tlog-proof@v1\nindex 0\n\n${note}`);
    expect(parseTlogProof(bare)).toMatchObject({ index: 0, hashes: [], extra: null });
  });

  const good = tlogProver(note, 9, growth.at)(3);
  test.each([
    ['another first line', good.replace('@v1', '@v2')],
    ['no index', good.replace(/index 3\n/, '')],
    ['an index with a leading zero', good.replace('index 3', 'index 03')],
    ['a negative index', good.replace('index 3', 'index -3')],
    ['an index past what counts exactly', good.replace('index 3', 'index 9999999999999999')],
    ['a short hash', good.replace(/\n[A-Za-z0-9+/]{43}=\n/, '\nAAAA\n')],
    ['line ends of another system', good.replaceAll('\n', '\r\n')],
    ['no checkpoint', good.split('\n\n')[0] ?? ''],
    ['extra after the index', good.replace('index 3\n', 'index 3\nextra AAAA\n')],
    ['empty extra', good.replace('index', 'extra \nindex')],
    ['extra that is no base64', good.replace('index', 'extra ?\nindex')],
    ['more hashes than any tree needs', good.replace('index 3\n', `index 3\n${`${'A'.repeat(43)}=\n`.repeat(60)}`)],
  ])('with %s is none', (_, text) => {
    expect(parseTlogProof(good)).toBeDefined();
    expect(text).not.toBe(good);
    expect(parseTlogProof(text)).toBeUndefined();
  });
});

describe('a proof', () => {
  test('holds for its entry and for no other', () => {
    const prove = tlogProver(note, 9, growth.at);
    leaves.forEach((leaf, index) => {
      const proof = parseTlogProof(prove(index));
      if (proof === undefined) throw new Error('no proof');
      expect(verifyTlogProof(proof, leaf, known)).toMatchObject({ checkpoint: { size: 9, origin: NAME } });
      const next = leaves[(index + 1) % 9] ?? leaf;
      expect(verifyTlogProof(proof, next, known)).toEqual({ code: 'proof/inclusion' });
      const altered = { ...proof, checkpoint: note.replace('\n9\n', '\n8\n') };
      expect(verifyTlogProof(altered, leaf, known)).toEqual({ code: 'proof/checkpoint' });
    });
  });

  test('is made of a few nodes, however long the log is', () => {
    // A tree in which all entries are alike: each level has one hash, so that any size costs nothing to build.
    const levels = [leafHash(Buffer.from('alike'))];
    for (let level = 1; level < 40; level++) {
      const below = levels[level - 1] ?? Buffer.alloc(0);
      levels.push(nodeHash(below, below));
    }
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e11 }), fc.double({ min: 0, max: 1, noNaN: true }), (size, part) => {
        let looked = 0;
        const at: NodeLookup = (level) => {
          looked += 1;
          return levels[level] ?? Buffer.alloc(32);
        };
        const index = Math.min(size - 1, Math.floor(part * size));
        tlogProver('', size, at)(index);
        expect(looked).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(size + 1)));
      }),
    );
  });
});
