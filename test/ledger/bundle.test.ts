import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digestOf, digestOfJson } from '../../src/domain/digest.ts';
import { toBase64 } from '../../src/ledger/base64.ts';
import {
  BUNDLE_CODES,
  BUNDLE_TYPE,
  type BundleDemands,
  type EvidenceBundle,
  verifyBundle,
} from '../../src/ledger/bundle.ts';
import { signCheckpoint } from '../../src/ledger/checkpoint.ts';
import { answerCommitment, entryText } from '../../src/ledger/compose.ts';
import { cosign, cosigner, parseWitnessKey, witnessKey } from '../../src/ledger/cosignature.ts';
import type { Entry, EntryKind } from '../../src/ledger/entry.ts';
import { keyChangeText, publishedChange } from '../../src/ledger/log-keys.ts';
import { EMPTY_EDGE, edgeRoot, grow, leafHash } from '../../src/ledger/merkle.ts';
import { noteSigner, parseVerifierKey, signNote, verifierKey } from '../../src/ledger/note.ts';
import { tlogProver } from '../../src/ledger/tlog-proof.ts';

const NAME = 'gateway.example/log';
const { privateKey } = generateKeyPairSync('ed25519');
const signer = noteSigner(NAME, privateKey);
const foreign = noteSigner(NAME, generateKeyPairSync('ed25519').privateKey);
const verifier = parseVerifierKey(verifierKey(NAME, privateKey));
if (verifier === undefined) throw new Error('no verifier key');
const known = verifier;

const witness = cosigner('witness.example', generateKeyPairSync('ed25519').privateKey);
const witnessVkey = parseWitnessKey(witnessKey('witness.example', witness.privateKey));
if (witnessVkey === undefined) throw new Error('no witness key');
const witnesses = { quorum: 1, witnesses: [witnessVkey] };

const ID = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
const OTHER = '01ARZ3NDEKTSV4RRFFQ69G5FAW';
const salt = Buffer.alloc(16, 9);
const DIGEST = digestOf('legs');

function entry(kind: EntryKind, exchange: string, second: number, more: Partial<Entry> = {}): string {
  const time = `2026-11-22T10:00:0${second}.000Z`;
  return entryText({
    v: 1,
    kind,
    exchange,
    time,
    accountability: digestOf(`sealed ${second}`),
    subject: null,
    ...more,
  });
}

const log = [
  entry('rulebook', OTHER, 0),
  entry('asked', ID, 1),
  entry('reading', OTHER, 2),
  entry('outcome', ID, 3, { answer: answerCommitment(salt, DIGEST) }),
  entry('outcome', ID, 4, { answer: answerCommitment(salt, DIGEST) }),
  entry('asked', ID, 5),
  entry('asked', OTHER, 0),
];
const growth = grow(
  EMPTY_EDGE,
  log.map((text) => leafHash(Buffer.from(text))),
);
const noteOf = (by = signer) => signCheckpoint(log.length, edgeRoot(growth.edge), by);
const note = noteOf();

/** A bundle of these entries of the log. */
function bundleOf(indices: readonly number[], changes: Partial<EvidenceBundle> = {}, under = note): EvidenceBundle {
  const prove = tlogProver(under, log.length, growth.at);
  return {
    type: BUNDLE_TYPE,
    exchange: ID,
    entries: indices.map((index) => ({ entry: log[index] ?? '', proof: prove(index) })),
    answer: { digest: DIGEST, salt: toBase64(salt) },
    rulebook: null,
    ...changes,
  };
}
const whole = bundleOf([1, 3]);
const receipt = {
  index: 3,
  checkpoint: note,
  proof: (whole.entries[1]?.proof.split('\n\n')[0] ?? '').split('\n').slice(2),
  digest: DIGEST,
  entry: log[3],
  salt: toBase64(salt),
};

describe('a bundle', () => {
  test('holds with nothing but the verifier key', () => {
    expect(verifyBundle(JSON.parse(JSON.stringify(whole)), known)).toEqual({
      verified: true,
      entries: 2,
      open: 0,
      erased: 0,
      size: log.length,
      root: toBase64(edgeRoot(growth.edge)),
      firstBad: null,
    });
    expect(verifyBundle(bundleOf([1], { answer: null }), known)).toMatchObject({ verified: true, open: 1 });
    expect(verifyBundle(bundleOf([3]), known)).toMatchObject({ verified: true, open: 0 });
  });

  test('takes a receipt of the same outcome, and the texts of the rulebook', () => {
    const sources = { files: { 'everywhere.csv': 'safe,id\n' }, catalogue: { terms: [] } };
    const rulebook = digestOfJson(sources);
    expect(verifyBundle({ ...whole, rulebook, sources }, known, { receipt }).firstBad).toBeNull();
  });

  test('shows that witnesses saw its checkpoint', () => {
    const line = cosign(note.slice(0, note.indexOf('\n\n') + 1), Date.UTC(2026, 10, 22), witness);
    const seen = bundleOf([1, 3], {}, note + line);
    expect(verifyBundle(seen, known, { witnesses }).firstBad).toBeNull();
    const two = { ...witnesses, quorum: 2 };
    expect(verifyBundle(seen, known, { witnesses: two }).firstBad?.code).toBe('bundle/unwitnessed');
  });

  test('is followed across a change of the key, from either key', () => {
    const before = verifierKey(NAME, foreign.privateKey);
    const text = keyChangeText(0, before, verifierKey(NAME, privateKey));
    const keyChanges = publishedChange(toBase64(salt), signNote(text, { ...foreign, also: signer }));
    const earlier = parseVerifierKey(before);
    if (earlier === undefined) throw new Error('no key');
    expect(verifyBundle(whole, earlier).firstBad?.code).toBe('proof/checkpoint');
    expect(verifyBundle({ ...whole, keyChanges }, earlier, { receipt }).firstBad).toBeNull();
    expect(verifyBundle({ ...whole, keyChanges }, known).firstBad).toBeNull();
  });

  const [askedPart, outcomePart] = whole.entries;
  if (askedPart === undefined || outcomePart === undefined) throw new Error('two entries');
  const altered = { ...outcomePart, entry: outcomePart.entry.replace('10:00:03', '10:00:02') };
  const flaws: readonly (readonly [string, unknown, string, number, BundleDemands?])[] = [
    ['no object', null, 'bundle/malformed', 0],
    ['a member nobody knows', { ...whole, note: 'trust me' }, 'bundle/malformed', 0],
    ['changes of the key that are none', { ...whole, keyChanges: 'salt' }, 'bundle/keys', 0],
    ['no entries', { ...whole, entries: [] }, 'bundle/malformed', 0],
    [
      'an entry of another form',
      { ...whole, entries: [{ ...askedPart, entry: `${askedPart.entry} ` }] },
      'bundle/entry',
      1,
    ],
    [
      'an entry of an unknown kind',
      { ...whole, entries: [{ ...askedPart, entry: askedPart.entry.replace('asked', 'answered') }] },
      'bundle/entry',
      1,
    ],
    ["another exchange's entry", bundleOf([1, 2]), 'bundle/exchange', 2],
    ['entries out of order', bundleOf([3, 1]), 'bundle/order', 1],
    ['the same entry twice', bundleOf([1, 1]), 'bundle/order', 1],
    ['a second outcome', bundleOf([1, 3, 4]), 'bundle/turn', 4],
    ['asked after its outcome', bundleOf([3, 5]), 'bundle/turn', 5],
    ['an altered entry', { ...whole, entries: [askedPart, altered] }, 'proof/inclusion', 3],
    [
      'a proof of another entry',
      { ...whole, entries: [{ ...askedPart, proof: outcomePart.proof }] },
      'proof/inclusion',
      3,
    ],
    ['a checkpoint of another key', bundleOf([1, 3], {}, noteOf(foreign)), 'proof/checkpoint', 1],
    [
      'bytes that nothing authenticates',
      { ...whole, entries: [{ ...askedPart, proof: askedPart.proof.replace('\nindex', '\nextra AAAA\nindex') }] },
      'proof/malformed',
      0,
    ],
    [
      'two checkpoints',
      { ...whole, entries: [askedPart, bundleOf([3], {}, note + noteOf(foreign).split('\n\n')[1]).entries[0]] },
      'bundle/checkpoint',
      3,
    ],
    ['too few witnesses', whole, 'bundle/unwitnessed', 1, { witnesses }],
    ['another answer', { ...whole, answer: { ...whole.answer, digest: digestOf('none') } }, 'bundle/answer', 3],
    ['an answer without an outcome', bundleOf([1]), 'bundle/answer', 1],
    [
      'pages of another version',
      { ...whole, rulebook: DIGEST, sources: { files: {}, catalogue: {} } },
      'bundle/rulebook',
      1,
    ],
    ['pages of no version', { ...whole, sources: { files: {}, catalogue: {} } }, 'bundle/rulebook', 1],
    ['no receipt', whole, 'receipt/malformed', 3, { receipt: {} }],
    ["another exchange's receipt", bundleOf([1], { answer: null }), 'receipt/entry', 1, { receipt }],
    ['a receipt over another answer', whole, 'receipt/answer', 3, { receipt: { ...receipt, digest: digestOf('x') } }],
  ];
  for (const [what, bundle, code, index, demands] of flaws) {
    test(`with ${what} does not hold`, () => {
      expect(verifyBundle(bundle, known, demands)).toMatchObject({ verified: false, firstBad: { index, code } });
    });
  }

  test('that this test breaks in every way a bundle can be broken', () => {
    const shown = new Set(flaws.map(([, , code]) => code));
    const own = BUNDLE_CODES.filter((code) => !code.startsWith('receipt/'));
    expect(own.filter((code) => !shown.has(code))).toEqual([]);
  });

  test('in which any one character of entries, proofs or answer is another does not hold', () => {
    const text = JSON.stringify(whole);
    const from = text.indexOf('"exchange"');
    const to = text.indexOf('"rulebook"');
    fc.assert(
      fc.property(fc.integer({ min: from, max: to - 1 }), fc.constantFrom('A', 'b', '0', '7', ' '), (at, other) => {
        fc.pre(text[at] !== other);
        let input: unknown;
        try {
          input = JSON.parse(`${text.slice(0, at)}${other}${text.slice(at + 1)}`);
        } catch {
          return;
        }
        // White space between members is no change of the bundle.
        fc.pre(JSON.stringify(input) !== text);
        expect(verifyBundle(input, known).verified).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});
