import { generateKeyPairSync } from 'node:crypto';
import { exchangeId } from '../../src/domain/ids.ts';
import { isoTime } from '../../src/domain/time.ts';
import { signCheckpoint } from '../../src/ledger/checkpoint.ts';
import { detailsDigest, entryText } from '../../src/ledger/compose.ts';
import { EMPTY_EDGE, edgeRoot, grow, leafHash, type NodeHash, type NodeLookup } from '../../src/ledger/merkle.ts';
import {
  type NoteSigner,
  type NoteVerifier,
  noteSigner,
  parseVerifierKey,
  verifierKey,
} from '../../src/ledger/note.ts';
import { publishedFiles } from '../../src/ledger/publish.ts';
import type { ReadPath } from '../../src/ledger/tile-source.ts';
import { TILE_WIDTH, type Tile, tileBytes } from '../../src/ledger/tiles.ts';
import { entryBundle } from '../../src/ledger/tiles-bundle.ts';

/** Files of a published log by path. */
export type Files = Map<string, Buffer>;

export interface Identity {
  readonly signer: NoteSigner;
  readonly verifier: NoteVerifier;
}

export function identity(name = 'log.example'): Identity {
  const { privateKey } = generateKeyPairSync('ed25519');
  const verifier = parseVerifierKey(verifierKey(name, privateKey));
  if (verifier === undefined) throw new Error('no verifier key');
  return { signer: noteSigner(name, privateKey), verifier };
}

const START = 1_800_000_000_000;

/** Outcome number `i`, as a log would hold it. @param said makes two logs differ. */
export function leafOf(i: number, said = 'a'): Buffer {
  const bytes = Buffer.alloc(10);
  bytes.writeUInt32BE(i, 6);
  const time = isoTime(START + i);
  const accountability = detailsDigest(Buffer.from(`${said} ${i}`));
  return Buffer.from(
    entryText({ v: 1, kind: 'outcome', exchange: exchangeId(START + i, bytes), time, accountability, subject: null }),
  );
}

/** A tree with every node of it at hand. */
export function treeOf(leaves: readonly Buffer[]): { readonly at: NodeLookup; root(size: number): NodeHash } {
  const rows: NodeHash[][] = [leaves.map(leafHash)];
  const { nodes } = grow(EMPTY_EDGE, rows[0] ?? []);
  for (const { level, index, hash } of nodes) {
    rows[level] ??= [];
    const row = rows[level];
    if (row !== undefined) row[index] = hash;
  }
  return {
    at(level, index) {
      const found = rows[level]?.[index];
      if (found === undefined) throw new RangeError(`no node at level ${level}, index ${index}`);
      return found;
    },
    root: (size) => edgeRoot(grow(EMPTY_EDGE, (rows[0] ?? []).slice(0, size)).edge),
  };
}

/** A log with its checkpoint, as it would be served at a size. */
export function published(leaves: readonly Buffer[], { signer }: Identity, size = leaves.length): Files {
  const tree = treeOf(leaves.slice(0, size));
  const tile = ({ level, index, width }: Tile) =>
    level === 'entries'
      ? entryBundle(leaves.slice(index * TILE_WIDTH, index * TILE_WIDTH + width))
      : tileBytes(level, index, width, tree.at);
  const files: Files = new Map();
  for (const { path, bytes } of publishedFiles({ tile, details: () => null }, size, 0, null)) {
    files.set(path, Buffer.from(bytes));
  }
  return files.set('checkpoint', Buffer.from(signCheckpoint(size, tree.root(size), signer)));
}

export function reading(files: Files): ReadPath {
  return async (path, limit) => {
    const found = files.get(path) ?? null;
    if (found !== null && found.length > limit) throw new Error(`${path}: too large`);
    return found;
  };
}
