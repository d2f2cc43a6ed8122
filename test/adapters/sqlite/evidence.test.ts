import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { provenEntries } from '../../../src/adapters/sqlite/evidence.ts';
import { verifyBundle } from '../../../src/ledger/bundle.ts';
import { openCheckpoint } from '../../../src/ledger/checkpoint.ts';
import { cosign, cosigner, parseWitnessKey, witnessKey } from '../../../src/ledger/cosignature.ts';
import { parseTlogProof } from '../../../src/ledger/tlog-proof.ts';
import { evidencePlace, gatherEvidence } from '../../../src/wiring/evidence.ts';
import { asked, DIGEST, newId, outcome, ownEntry, place } from './builders.ts';

const { privateKey } = generateKeyPairSync('ed25519');
const witness = cosigner('witness.example', privateKey);
const vkey = parseWitnessKey(witnessKey('witness.example', privateKey));
if (vkey === undefined) throw new Error('no witness key');
const witnesses = { quorum: 1, witnesses: [vkey] };

test('entries are proved in the first tree that holds them all, or in one that witnesses signed', async () => {
  const at = place();
  const ledger = await at.open();
  const exchange = newId();
  await ledger.append(ownEntry());
  await ledger.append(asked(exchange));
  await ledger.append(ownEntry());
  await ledger.append(outcome(exchange));
  const { checkpoint } = await ledger.append(ownEntry());
  const found = evidencePlace(at.directory, ledger.key, at.keys.kek);

  const first = gatherEvidence(found, exchange);
  expect(verifyBundle(first, at.verifier)).toMatchObject({ verified: true, entries: 2, size: 4 });
  expect(first?.answer?.digest).toBe(DIGEST);
  expect(verifyBundle(first, at.verifier, { witnesses }).firstBad?.code).toBe('bundle/unwitnessed');

  const sizes: number[] = [];
  const cosigned = (size: number) => {
    sizes.push(size);
    return checkpoint + cosign(`${checkpoint.split('\n\n')[0]}\n`, Date.now(), witness);
  };
  const seen = gatherEvidence({ ...found, cosigned }, exchange);
  expect(verifyBundle(seen, at.verifier, { witnesses })).toMatchObject({ verified: true, size: 5 });
  expect(sizes).toEqual([4]);
  const none = gatherEvidence({ ...found, cosigned: () => null }, exchange);
  expect(none).toEqual(first);
});

test('without the key-encryption key nothing sealed is told; with another one it is an error', async () => {
  const at = place();
  const ledger = await at.open();
  const exchange = newId();
  await ledger.append(asked(exchange));
  await ledger.append(outcome(exchange));
  const bundle = gatherEvidence(evidencePlace(at.directory, ledger.key, null), exchange);
  expect(bundle).toMatchObject({ answer: null, rulebook: null });
  expect(verifyBundle(bundle, at.verifier).verified).toBe(true);
  expect(() => gatherEvidence(evidencePlace(at.directory, ledger.key, Buffer.alloc(32, 1)), exchange)).toThrow();
});

test('an exchange that a crash left open is closed without an answer, and its evidence says so', async () => {
  const at = place();
  const exchange = newId();
  const first = await at.open();
  await first.append(asked(exchange));
  await first.close();
  const ledger = await at.open();
  const bundle = gatherEvidence(evidencePlace(at.directory, ledger.key, at.keys.kek), exchange);
  expect(bundle?.entries).toHaveLength(2);
  expect(bundle?.answer).toBeNull();
  expect(verifyBundle(bundle, at.verifier)).toMatchObject({ verified: true, open: 0 });
});

test('an unknown exchange has none; a checkpoint of another key is an error', async () => {
  const at = place();
  const ledger = await at.open();
  const exchange = newId();
  const { index } = await ledger.append(asked(exchange));
  const open = (note: string) => openCheckpoint(note, at.verifier);
  expect(provenEntries(at.directory, newId(), open)).toBeNull();
  const [entry] = provenEntries(at.directory, exchange, open) ?? [];
  expect(entry).toMatchObject({ index, kind: 'asked' });
  expect(parseTlogProof(entry?.proof ?? '')?.index).toBe(index);
  expect(() => provenEntries(at.directory, exchange, () => undefined)).toThrow('no checkpoint signed by the key');
});
