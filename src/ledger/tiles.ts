import type { NodeHash, NodeLookup } from './merkle.ts';

/**
 * The tree in pieces that never change, for everybody to fetch: C2SP tlog-tiles. A tile of level L holds consecutive
 * nodes of level 8·L of the Merkle tree, 256 where it is full; an entry bundle holds the entries under a tile of level 0.
 */
export interface Tile {
  readonly level: number | 'entries';
  /** Of the tile within its level: its first node or entry is 256 times that. */
  readonly index: number;
  /** Nodes or entries in it, 1 to 256. */
  readonly width: number;
}

export const TILE_WIDTH = 256;
/** Levels of the Merkle tree that lie in one tile. */
export const TILE_HEIGHT = 8;
const HASH_BYTES = 32;
const HIGHEST_LEVEL = 63;

const PATH = /^tile\/(0|[1-9]\d?|entries)\/((?:x\d{3}\/){0,5}\d{3})(?:\.p\/([1-9]\d{0,2}))?$/;

/** Where a tile is served, without a leading slash: `tile/0/x001/067`, `tile/entries/000.p/5`. */
export function tilePath({ level, index, width }: Tile): string {
  return `tile/${level}/${bundlePath(index, width)}`;
}

/** `<N>[.p/<W>]`: index and width of anything that is laid out like tiles. */
export function bundlePath(index: number, width: number): string {
  const last = String(index % 1000).padStart(3, '0');
  const before: string[] = [];
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    before.unshift(`x${String(rest % 1000).padStart(3, '0')}/`);
  }
  return `${before.join('')}${last}${width === TILE_WIDTH ? '' : `.p/${width}`}`;
}

/** The tile of a path. Undefined for anything that `tilePath` would not write: one tile has one path. */
export function parseTilePath(path: string): Tile | undefined {
  const match = PATH.exec(path);
  if (match === null) return undefined;
  const [, level = '', index = '', width] = match;
  const tile: Tile = {
    level: level === 'entries' ? level : Number(level),
    index: Number(index.replaceAll(/[x/]/g, '')),
    width: width === undefined ? TILE_WIDTH : Number(width),
  };
  const known = tile.level === 'entries' || tile.level <= HIGHEST_LEVEL;
  return known && Number.isSafeInteger(tile.index) && tilePath(tile) === path ? tile : undefined;
}

/** How many nodes a tree of `size` has at the level of a tile. */
export function nodesAt(size: number, level: Tile['level']): number {
  return level === 'entries' ? size : Math.floor(size / TILE_WIDTH ** level);
}

/** Every tile of one level of a tree, from the tile `first` on, in order. The last one may be partial; none is empty. */
export function* tilesAt(size: number, level: Tile['level'], first = 0): Generator<Tile> {
  const nodes = nodesAt(size, level);
  for (let index = first; index * TILE_WIDTH < nodes; index++) {
    yield { level, index, width: Math.min(TILE_WIDTH, nodes - index * TILE_WIDTH) };
  }
}

/** Tiles and entry bundles that a tree of `size` has, but for the full ones that it had at `from`. */
export function* treeTiles(size: number, from = 0): Generator<Tile> {
  yield* tilesAt(size, 'entries', Math.floor(from / TILE_WIDTH));
  for (let level = 0; nodesAt(size, level) > 0; level++) {
    yield* tilesAt(size, level, Math.floor(nodesAt(from, level) / TILE_WIDTH));
  }
}

/** Bytes of a tile of hashes. Throws `RangeError` where the tree has not all of its nodes. */
export function tileBytes(level: number, index: number, width: number, at: NodeLookup): Buffer {
  return Buffer.concat(Array.from({ length: width }, (_, i) => at(level * TILE_HEIGHT, index * TILE_WIDTH + i)));
}

/** The nodes in a tile of hashes, or undefined where the length is wrong. */
export function tileHashes(bytes: Uint8Array, width: number): readonly NodeHash[] | undefined {
  if (bytes.length !== width * HASH_BYTES) return undefined;
  return Array.from({ length: width }, (_, i) => bytes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES));
}

/** How many bytes a tile can have at most. */
export function tileLimit({ level, width }: Tile): number {
  return level === 'entries' ? width * (2 + 65_535) : width * HASH_BYTES;
}
