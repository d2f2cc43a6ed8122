import { TILE_WIDTH, type Tile, tilePath, tilesAt, treeTiles } from './tiles.ts';
import { detailsPath } from './tiles-bundle.ts';

/** What a store gives of its log in pieces of the published layout. Null where it has not all of a piece. */
export interface PublishedPieces {
  tile(tile: Tile): Uint8Array | null;
  /** Sealed details of a tile's width of entries. */
  details(index: number, width: number): Uint8Array | null;
}

export interface PublishedFile {
  /** Relative, with slashes. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/**
 * All files of a published log but for its checkpoint, which is to be put in place after them.
 * @param size of the tree. @param from the size that is published already: its full pieces are left out.
 * @param detailsFrom the same of the sealed details; null: leave them out. @throws Error where the store lacks a piece.
 */
export function* publishedFiles(
  pieces: PublishedPieces,
  size: number,
  from: number,
  detailsFrom: number | null,
): Generator<PublishedFile> {
  for (const tile of treeTiles(size, from)) {
    yield { path: tilePath(tile), bytes: whole(pieces.tile(tile), tilePath(tile)) };
  }
  if (detailsFrom === null) return;
  for (const { index, width } of tilesAt(size, 'entries', Math.floor(detailsFrom / TILE_WIDTH))) {
    const path = detailsPath(index, width);
    yield { path, bytes: whole(pieces.details(index, width), path) };
  }
}

function whole(bytes: Uint8Array | null, path: string): Uint8Array {
  if (bytes === null) throw new Error(`the ledger lacks a part of what belongs in ${path}; verify it`);
  return bytes;
}
