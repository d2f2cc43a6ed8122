import { edgeOf, edgeRoot, type NodeHash, type NodeLookup, nodeHash } from './merkle.ts';
import { consistencyProof, inclusionProver } from './proof.ts';
import { nodesAt, TILE_HEIGHT, TILE_WIDTH, type Tile, tileHashes, tilePath } from './tiles.ts';

/** Proofs in one tree, made from its tiles: what a mirror computes for itself, since no log serves proofs. */
export interface TileProver {
  /** Leaf to root. @throws RangeError outside the tree. */
  inclusion(index: number): Promise<readonly NodeHash[]>;
  /** That the tree of `from` leaves is a beginning of this one. @throws RangeError unless 0 < from <= size. */
  consistency(from: number): Promise<readonly NodeHash[]>;
  root(): Promise<NodeHash>;
}

const PLACEHOLDER = new Uint8Array(32);

/**
 * Reads the few tiles that a proof needs, O(log n). The tiles are not checked here: a proof from altered tiles does not
 * lead to the root of the checkpoint, which is for `verifyInclusion` and `verifyConsistency` to say.
 * @param size of the tree, as a checkpoint gives it.
 * @param read bytes of a tile; null where there is none. @throws Error where a tile is missing or of the wrong length.
 */
export function tileProver(size: number, read: (tile: Tile) => Promise<Uint8Array | null>): TileProver {
  /** Goes through the motions once to learn which tiles it takes, and again with their hashes. */
  const withTiles = async <T>(make: (at: NodeLookup) => T): Promise<T> => {
    const wanted = new Map<string, Tile>();
    make((level, index) => {
      const tile = tileOver(size, level, index);
      wanted.set(tilePath(tile), tile);
      return PLACEHOLDER;
    });
    const pairs = [...wanted].map(async ([path, tile]) => [path, await hashesOf(tile, path, read)] as const);
    const hashes = new Map(await Promise.all(pairs));
    return make((level, index) => {
      const found = hashes.get(tilePath(tileOver(size, level, index)));
      if (found === undefined) throw new RangeError(`no node at level ${level}, index ${index}`);
      return nodeIn(found, level, index);
    });
  };
  return {
    inclusion: (index) => withTiles((at) => inclusionProver(size, at)(index)),
    consistency: (from) => withTiles((at) => consistencyProof(from, size, at)),
    root: () => withTiles((at) => edgeRoot(edgeOf(size, at))),
  };
}

/** The tile from which a full node of the tree can be computed. */
function tileOver(size: number, level: number, index: number): Tile {
  const tileLevel = Math.floor(level / TILE_HEIGHT);
  const first = index * 2 ** (level % TILE_HEIGHT);
  const tile = Math.floor(first / TILE_WIDTH);
  return { level: tileLevel, index: tile, width: Math.min(TILE_WIDTH, nodesAt(size, tileLevel) - tile * TILE_WIDTH) };
}

function nodeIn(hashes: readonly NodeHash[], level: number, index: number): NodeHash {
  const width = 2 ** (level % TILE_HEIGHT);
  const start = (index * width) % TILE_WIDTH;
  let row = hashes.slice(start, start + width);
  while (row.length > 1) {
    const below = row;
    row = below.flatMap((left, i) => (i % 2 === 0 ? [nodeHash(left, below[i + 1] ?? PLACEHOLDER)] : []));
  }
  const [node] = row;
  if (node === undefined) throw new RangeError(`no node at level ${level}, index ${index}`);
  return node;
}

async function hashesOf(
  tile: Tile,
  path: string,
  read: (tile: Tile) => Promise<Uint8Array | null>,
): Promise<readonly NodeHash[]> {
  const bytes = await read(tile);
  const hashes = bytes === null ? undefined : tileHashes(bytes, tile.width);
  if (hashes === undefined) throw new Error(`${path} is ${bytes === null ? 'missing' : 'not of its length'}`);
  return hashes;
}
