import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { createWitness, loadWitness, witnessMemory } from '../../src/adapters/sqlite/witness-key.ts';
import { openWitnessStore } from '../../src/adapters/sqlite/witness-store.ts';
import { signCheckpoint } from '../../src/ledger/checkpoint.ts';
import { parseWitnessKey } from '../../src/ledger/cosignature.ts';
import { EMPTY_EDGE, edgeRoot, grow, leafHash, type NodeHash } from '../../src/ledger/merkle.ts';
import { noteSigner, parseVerifierKey, verifierKey } from '../../src/ledger/note.ts';
import { consistencyProof } from '../../src/ledger/proof.ts';
import { addCheckpointBody } from '../../src/ledger/witnessing.ts';
import type { WitnessPorts } from '../../src/witness/add-checkpoint.ts';

export const ORIGIN = 'gateway.example/log';

/** A log in memory: its key, and every tree it has been. */
export function log(origin = ORIGIN, key = generateKeyPairSync('ed25519').privateKey, seed = '') {
  const signer = noteSigner(origin, key);
  const verifier = parseVerifierKey(verifierKey(origin, key));
  if (verifier === undefined) throw new Error('no verifier key');
  const leaves = Array.from({ length: 40 }, (_, i) => leafHash(Buffer.from(`entry ${i}${i >= 5 ? seed : ''}`)));
  const { at } = grow(EMPTY_EDGE, leaves);
  const root = (size: number): NodeHash => edgeRoot(grow(EMPTY_EDGE, leaves.slice(0, size)).edge);
  const note = (size: number) => signCheckpoint(size, root(size), signer);
  const proof = (from: number, to: number) => (from === 0 || from > to ? [] : consistencyProof(from, to, at));
  return {
    key,
    signer,
    verifier,
    root,
    note,
    proof,
    request: (from: number, to: number) => addCheckpointBody({ oldSize: from, proof: proof(from, to), note: note(to) }),
  };
}

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0).reverse()) end();
});

/** A witness on disk that knows some logs. Its operational log is kept. */
export function witness(...logs: readonly ReturnType<typeof log>[]) {
  const state = mkdtempSync(join(tmpdir(), 'five-safes-witness-'));
  ends.push(() => rmSync(state, { recursive: true, force: true }));
  const key = createWitness(state, `witness.example/${randomBytes(3).toString('hex')}`);
  const verifier = parseWitnessKey(key);
  if (verifier === undefined) throw new Error('no witness key');
  const lines: { readonly event: string; readonly [field: string]: unknown }[] = [];
  const open = (): WitnessPorts => {
    const memory = openWitnessStore(witnessMemory(state));
    ends.push(() => memory.close());
    return {
      memory,
      signer: loadWitness(state).signer,
      keysOf: (origin) => logs.map((known) => known.verifier).filter(({ name }) => name === origin),
      origins: logs.map((known) => known.verifier.name),
      now: () => 1_800_000_000_000,
      log: (event, fields) => lines.push({ event, ...fields }),
    };
  };
  return { state, key, verifier, lines, open };
}
