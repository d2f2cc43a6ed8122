import { generateKeyPairSync } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { openPublished } from '../../src/adapters/sqlite/tiles.ts';
import { parseCheckpoint, signCheckpoint } from '../../src/ledger/checkpoint.ts';
import { EMPTY_EDGE, edgeRoot, grow, leafHash } from '../../src/ledger/merkle.ts';
import { type NoteVerifier, noteSigner, splitNote } from '../../src/ledger/note.ts';
import { publishedFiles } from '../../src/ledger/publish.ts';
import { type Receipt, receiptFor } from '../../src/ledger/receipt.ts';
import { tileSource } from '../../src/ledger/tile-source.ts';
import { detailsBundle, entryBundle, unpackDetails, unpackEntries } from '../../src/ledger/tiles-bundle.ts';
import { type VerifyCode, verifyLedger } from '../../src/ledger/verify.ts';
import { asked, DIGEST, newId, outcome, ownEntry, place } from '../adapters/sqlite/builders.ts';
import { type Files, reading } from '../ledger/published.ts';

/** A small exported directory, held in memory, so that each of its bytes can be tried. */
let exported: Files;
let verifier: NoteVerifier;
let signingKey: Parameters<typeof noteSigner>[1];
/** Of the last entry. */
let receipt: Receipt;

const SIZE = 6;
const ENTRIES = `tile/entries/000.p/${SIZE}`;
const DETAILS = `details/000.p/${SIZE}`;
const TILE = `tile/0/000.p/${SIZE}`;

beforeAll(async () => {
  const at = place();
  ({ verifier } = at);
  ({ signingKey } = at.keys);
  const ledger = await at.open();
  const [one, two] = [newId(), newId()];
  for (const draft of [asked(one), asked(two), outcome(one), ownEntry(), ownEntry('outage')]) {
    await ledger.append(draft);
  }
  receipt = receiptFor(await ledger.append(outcome(two)), DIGEST);
  await ledger.close();
  const reader = openPublished(at.directory);
  const newest = reader.checkpoint();
  if (newest?.size !== SIZE) throw new Error('not the ledger that was meant');
  exported = new Map([['checkpoint', Buffer.from(newest.note)]]);
  for (const { path, bytes } of publishedFiles(reader, SIZE, 0, 0)) exported.set(path, Buffer.from(bytes));
  reader.close();
});

function file(path: string): Buffer {
  const bytes = exported.get(path);
  if (bytes === undefined) throw new Error(`no ${path}`);
  return bytes;
}

async function firstBad(changes: Readonly<Record<string, Buffer | null>>, given?: unknown) {
  const files: Files = new Map(exported);
  for (const [path, bytes] of Object.entries(changes)) {
    if (bytes === null) files.delete(path);
    else files.set(path, bytes);
  }
  const source = await tileSource(reading(files), verifier);
  if (source === null) return 'no log';
  return (await verifyLedger(source, verifier, given === undefined ? undefined : { receipt: given })).firstBad;
}

/** Each byte altered in turn. @returns for each the finding, by what it lies in. */
async function flipped(path: string) {
  const original = file(path);
  const found: { readonly byte: number; readonly index: number; readonly code: VerifyCode }[] = [];
  for (let byte = 0; byte < original.length; byte++) {
    const altered = Buffer.from(original);
    altered[byte] = (altered[byte] ?? 0) ^ (1 << (byte % 8));
    const bad = await firstBad({ [path]: altered });
    if (bad === null || bad === 'no log') throw new Error(`${path}, byte ${byte}: not found`);
    found.push({ byte, ...bad });
  }
  return found;
}

const codesOf = (found: readonly { readonly code: VerifyCode }[]) => [...new Set(found.map((f) => f.code))].toSorted();

/** Which item of a bundle a byte lies in, its length included. */
function itemOf(byte: number, lengths: readonly number[]): number {
  let end = 0;
  return lengths.findIndex((length) => {
    end += length;
    return byte < end;
  });
}

test('as it was exported it verifies, with its receipt', async () => {
  expect([...exported.keys()].toSorted()).toEqual(['checkpoint', DETAILS, TILE, ENTRIES].toSorted());
  expect(await firstBad({})).toBeNull();
  expect(await firstBad({}, receipt)).toBeNull();
});

describe('any byte altered', () => {
  test('of the entries: found at that very entry', async () => {
    const lengths = unpackEntries(file(ENTRIES), SIZE).items.map((entry) => entry.length + 2);
    const found = await flipped(ENTRIES);
    for (const { byte, index, code } of found) {
      expect(index, `byte ${byte}: ${code}`).toBe(itemOf(byte, lengths));
    }
    expect(codesOf(found)).toEqual(expect.arrayContaining(['entries/form', 'entry/altered', 'entry/form']));
    expect(found.length).toBeGreaterThan(1500);
  });

  test('of a commitment within an entry: found at that entry, with its details and without', async () => {
    const bundle = file(ENTRIES);
    for (const match of bundle.toString('latin1').matchAll(/sha256:([0-9a-f]{64})/g)) {
      const start = match.index + 'sha256:'.length;
      for (let byte = start; byte < start + 64; byte++) {
        const altered = Buffer.from(bundle);
        // Another hexadecimal digit: the entry keeps its form.
        altered.write(((Number.parseInt(bundle.toString('latin1', byte, byte + 1), 16) + 1) % 16).toString(16), byte);
        const index = itemOf(
          byte,
          unpackEntries(bundle, SIZE).items.map((entry) => entry.length + 2),
        );
        expect(await firstBad({ [ENTRIES]: altered, [DETAILS]: null })).toEqual({ index, code: 'entry/altered' });
        const bad = await firstBad({ [ENTRIES]: altered });
        expect(bad).toMatchObject({ index, code: expect.stringMatching(/^(entry|details)\/altered$/) });
      }
    }
  });

  test('of the tree: found at that very leaf, and told apart from an altered entry', async () => {
    const found = await flipped(TILE);
    expect(found).toHaveLength(32 * SIZE);
    for (const { byte, index } of found) expect(index).toBe(Math.floor(byte / 32));
    expect(codesOf(found)).toEqual(['node/altered']);
  });

  test('of the sealed details: found at the entry they belong to', async () => {
    const lengths = unpackDetails(file(DETAILS), SIZE).items.map(
      ({ accountability, subject }) => 8 + (accountability?.sealed?.length ?? 0) + (subject?.sealed?.length ?? 0),
    );
    const found = await flipped(DETAILS);
    for (const { byte, index, code } of found) {
      expect(index, `byte ${byte}: ${code}`).toBe(itemOf(byte, lengths));
    }
    expect(codesOf(found)).toEqual(expect.arrayContaining(['details/altered', 'details/form']));
    expect(found.length).toBeGreaterThan(600);
  });

  test('of the checkpoint: it is no longer signed', async () => {
    expect(codesOf(await flipped('checkpoint'))).toEqual(['checkpoint/unsigned']);
  });
});

/** What somebody can make of the log who has no key: everything but the checkpoint, consistently. */
function rewritten(order: readonly number[]): Record<string, Buffer> {
  const entries = unpackEntries(file(ENTRIES), SIZE).items;
  const details = unpackDetails(file(DETAILS), SIZE).items;
  const pick = <T>(items: readonly T[]) => order.flatMap((i) => items[i] ?? []);
  const width = order.length === 256 ? '' : `.p/${order.length}`;
  return {
    [`tile/entries/000${width}`]: entryBundle(pick(entries)),
    [`tile/0/000${width}`]: Buffer.concat(pick(entries).map(leafHash)),
    [`details/000${width}`]: detailsBundle(pick(details)),
  };
}

/** And what the operator can, who has the key. */
function resigned(order: readonly number[]): Record<string, Buffer> {
  const entries = unpackEntries(file(ENTRIES), SIZE).items;
  const { edge } = grow(
    EMPTY_EDGE,
    order.flatMap((i) => (entries[i] === undefined ? [] : [leafHash(entries[i])])),
  );
  const note = signCheckpoint(edge.size, edgeRoot(edge), noteSigner(verifier.name, signingKey));
  return { ...rewritten(order), checkpoint: Buffer.from(note) };
}

describe('entries taken away', () => {
  const cut: readonly [string, readonly number[]][] = [
    ['one', [0, 1, 3, 4, 5]],
    ['two in a row', [0, 1, 4, 5]],
    ['the first', [1, 2, 3, 4, 5]],
    ['the tail', [0, 1, 2, 3]],
  ];
  test.each(cut)('%s, without the key: the checkpoint asks for all', async (_, order) => {
    const gone = { [ENTRIES]: null, [TILE]: null, [DETAILS]: null };
    expect(await firstBad({ ...gone, ...rewritten(order) })).toEqual({ index: 0, code: 'entries/missing' });
    // Put where the whole would stand, they are too few.
    const { [`tile/entries/000.p/${order.length}`]: entries = null } = rewritten(order);
    const bad = await firstBad({ [ENTRIES]: entries });
    expect(bad).toMatchObject({
      index:
        order.findIndex((original, i) => original !== i) === -1
          ? order.length
          : order.findIndex((original, i) => original !== i),
    });
  });

  test.each(cut)('%s, by the operator, signed anew: any receipt tells', async (_, order) => {
    expect(await firstBad(resigned(order), receipt)).toMatchObject({ code: expect.stringMatching(/^receipt\//) });
  });

  test('the tail, by the operator: found with a receipt, and with nothing else', async () => {
    expect(await firstBad(resigned([0, 1, 2, 3]))).toBeNull();
    expect(await firstBad(resigned([0, 1, 2, 3]), receipt)).toEqual({ index: 4, code: 'receipt/size' });
  });
});

describe('put elsewhere', () => {
  test.each<[string, readonly number[], number]>([
    ['two neighbours', [0, 1, 3, 2, 4, 5], 2],
    ['the last one first', [5, 0, 1, 2, 3, 4], 0],
  ])('entries, %s', async (_, order, index) => {
    const { [ENTRIES]: entries = null, [DETAILS]: details = null, ...tree } = rewritten(order);
    const bad = await firstBad({ [ENTRIES]: entries, [DETAILS]: details });
    expect(bad).toMatchObject({ code: expect.stringMatching(/^entry\/(altered|time)$/) });
    expect(bad).toMatchObject({ index: expect.toSatisfy((at: number) => at === index || at === index + 1) });
    // With their hashes: nothing but the root tells, unless the clock does.
    expect(await firstBad({ [ENTRIES]: entries, [DETAILS]: details, ...tree })).toMatchObject({
      code: expect.stringMatching(/^(checkpoint\/root|entry\/time|entry\/second-asked)$/),
    });
  });

  test('details of two entries exchanged', async () => {
    const { [DETAILS]: details = null } = rewritten([0, 1, 2, 4, 3, 5]);
    expect(await firstBad({ [DETAILS]: details })).toEqual({ index: 3, code: 'details/altered' });
  });

  test('the two parts of one entry exchanged, and one put where none belongs', async () => {
    const items = unpackDetails(file(DETAILS), SIZE).items;
    const turned = items.map((d, i) => (i === 1 ? { accountability: d.subject, subject: d.accountability } : d));
    expect(await firstBad({ [DETAILS]: detailsBundle(turned) })).toEqual({ index: 1, code: 'details/altered' });
    const more = items.map((d, i) => (i === 3 ? { ...d, subject: d.accountability } : d));
    expect(await firstBad({ [DETAILS]: detailsBundle(more) })).toEqual({ index: 3, code: 'details/undeclared' });
    const fewer = items.map((d, i) => (i === 4 ? { ...d, accountability: null } : d));
    expect(await firstBad({ [DETAILS]: detailsBundle(fewer) })).toEqual({ index: 4, code: 'details/missing' });
  });
});

describe('the checkpoint', () => {
  test('signed anew with another key of the same name', async () => {
    const parts = splitNote(file('checkpoint').toString('utf8'));
    const checkpoint = parts === undefined ? undefined : parseCheckpoint(parts.text);
    if (checkpoint === undefined) throw new Error('no checkpoint');
    const { privateKey } = generateKeyPairSync('ed25519');
    const note = signCheckpoint(checkpoint.size, checkpoint.root, noteSigner(verifier.name, privateKey));
    expect(await firstBad({ checkpoint: Buffer.from(note) })).toEqual({ index: 0, code: 'checkpoint/unsigned' });
  });

  test('and each other file taken away', async () => {
    expect(await firstBad({ checkpoint: null })).toBe('no log');
    expect(await firstBad({ [ENTRIES]: null })).toEqual({ index: 0, code: 'entries/missing' });
    expect(await firstBad({ [TILE]: null })).toEqual({ index: 0, code: 'tile/missing' });
    const files: Files = new Map(exported);
    files.delete(DETAILS);
    const demanding = await tileSource(reading(files), verifier, 'demand');
    if (demanding === null) throw new Error('no log');
    expect((await verifyLedger(demanding, verifier)).firstBad).toEqual({ index: 0, code: 'details/missing' });
  });
});
