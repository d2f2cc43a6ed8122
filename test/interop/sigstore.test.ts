import { readFileSync } from 'node:fs';
import { verifyCheckpoint } from '@sigstore/verify/dist/tlog/checkpoint.js';
import { verifyMerkleInclusion } from '@sigstore/verify/dist/tlog/merkle.js';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Appended } from '../../src/ledger/entry.ts';
import { newId, outcome, ownEntry, place } from '../adapters/sqlite/builders.ts';

/**
 * What software that is not ours says of our checkpoints and inclusion proofs: the verifier of Sigstore's signatures,
 * which takes the same forms from Rekor. Its two checks are not exported, hence the paths into an exact version.
 */
interface Claim {
  readonly index: number;
  readonly entry: Buffer;
  readonly hashes: readonly Buffer[];
  readonly checkpoint: string;
}

let claims: readonly Claim[];
let authority: Parameters<typeof verifyCheckpoint>[1][number];

beforeAll(async () => {
  const at = place();
  const ledger = await at.open();
  // Batches of different sizes: proofs of all shapes, whole and ragged trees.
  const written: Appended[] = [];
  for (const count of [1, 1, 2, 3, 5, 8, 13, 4]) {
    const drafts = Array.from({ length: count }, (_, i) => (i % 2 === 0 ? ownEntry() : outcome(newId())));
    written.push(...(await Promise.all(drafts.map((draft) => ledger.append(draft)))));
  }
  claims = written.map(({ index, entry, proof, checkpoint }) => ({
    index,
    entry: Buffer.from(entry),
    hashes: proof.map((hash) => Buffer.from(hash, 'base64')),
    checkpoint,
  }));
  const { name, keyId, publicKey } = at.verifier;
  const always = { start: new Date(0), end: new Date(8e15) };
  authority = { logID: keyId, baseURL: `https://${name}`, publicKey, validFor: always };
});

/** In the form that Rekor's answers have. */
function entryOf({ index, entry, hashes, checkpoint }: Claim): Parameters<typeof verifyCheckpoint>[0] {
  const logIndex = String(index);
  return {
    logIndex,
    logId: { keyId: authority.logID },
    kindVersion: { kind: 'five-safes', version: '1' },
    integratedTime: '0',
    inclusionPromise: undefined,
    // What a checkpoint says itself is taken from the checkpoint.
    inclusionProof: {
      logIndex,
      rootHash: Buffer.alloc(0),
      treeSize: '0',
      hashes: [...hashes],
      checkpoint: { envelope: checkpoint },
    },
    canonicalizedBody: entry,
  };
}

function judge(claim: Claim): void {
  const entry = entryOf(claim);
  verifyMerkleInclusion(entry, verifyCheckpoint(entry, [authority]));
}

function flipped(bytes: Buffer, at: number): Buffer {
  const other = Buffer.from(bytes);
  other[at] = (other[at] ?? 0) ^ 1;
  return other;
}

test('every receipt of a real ledger is accepted', () => {
  expect(claims).toHaveLength(37);
  for (const claim of claims) expect(() => judge(claim), `entry ${claim.index}`).not.toThrow();
  const [first] = claims;
  if (first === undefined) throw new Error('no claim');
  expect(verifyCheckpoint(entryOf(first), [authority])).toMatchObject({ origin: 'gateway.example/log', logSize: 1n });
});

describe('altered ones are rejected', () => {
  test('another entry, another place', () => {
    for (const claim of claims) {
      expect(() => judge({ ...claim, entry: flipped(claim.entry, claim.index) })).toThrow();
      expect(() => judge({ ...claim, index: claim.index + 1 })).toThrow();
    }
  });

  test('any hash of a proof, one too few, one too many', () => {
    for (const claim of claims) {
      claim.hashes.forEach((hash, i) => {
        const hashes = claim.hashes.with(i, flipped(hash, i));
        expect(() => judge({ ...claim, hashes })).toThrow('root hash');
      });
      expect(() => judge({ ...claim, hashes: [...claim.hashes, Buffer.alloc(32)] })).toThrow('hash count');
      if (claim.hashes.length > 0)
        expect(() => judge({ ...claim, hashes: claim.hashes.slice(1) })).toThrow('hash count');
    }
  });

  test('any signed byte of a checkpoint, and one signed by another key', async () => {
    const last = claims.at(-1);
    if (last === undefined) throw new Error('no claim');
    const bytes = Buffer.from(last.checkpoint);
    for (let at = 0; at < bytes.indexOf('\n\n'); at++) {
      const checkpoint = flipped(bytes, at).toString();
      expect(() => judge({ ...last, checkpoint }), `byte ${at}`).toThrow();
    }
    const foreign = await (await place().open()).append(ownEntry());
    expect(() => judge({ ...last, checkpoint: foreign.checkpoint })).toThrow('invalid checkpoint signature');
  });
});

test('the version is exact: its inner paths are no promise', () => {
  const { devDependencies } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  expect(devDependencies['@sigstore/verify']).toBe('3.1.1');
});
