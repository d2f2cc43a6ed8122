import type { Checkpoint, StoredCheckpoint } from './checkpoint.ts';
import { parseEntry } from './compose.ts';
import { logKeys } from './log-keys.ts';
import type { NodeHash } from './merkle.ts';
import type { NoteVerifier } from './note.ts';
import { verifyInclusion } from './proof.ts';
import { type LedgerSource, SourceFault, type StoredEntry } from './source.ts';
import { TILE_HEIGHT, TILE_WIDTH, type Tile, tileHashes, tileLimit, tilePath, tilesAt } from './tiles.ts';
import { DETAILS_LIMIT, detailsPath, type SealedDetails, unpackDetails, unpackEntries } from './tiles-bundle.ts';
import { tileProver } from './tiles-proof.ts';

/**
 * Reads what stands at a path of the published layout, in a directory or on a server.
 * @param path relative, as `tilePath` and its like write it. @param limit bytes that are accepted at most.
 * @returns null where there is nothing. @throws Error where it cannot be read, or is larger.
 */
export type ReadPath = (path: string, limit: number) => Promise<Uint8Array | null>;

export const CHECKPOINT_PATH = 'checkpoint';
const CHECKPOINT_LIMIT = 65_536;
/** Published changes of the signing key, see `log-keys.ts`; not there where it never changed. */
export const LOG_KEYS_PATH = 'log-keys';
const LOG_KEYS_LIMIT = 1024 * 1024;
/** Pieces that are fetched while the ones before are checked: distance must not set the pace. */
const AHEAD = 4;

export interface TileSource extends LedgerSource {
  /** Whether sealed details are there, or were demanded. */
  readonly details: boolean;
}

/**
 * A published log as the verifier's source: one checkpoint, entry bundles, tiles, and sealed details where there are
 * any. Memory holds a few bundles.
 * @param wanted `find`: check sealed details if there are any; `demand`: their absence is a fault of the log; `leave`: do
 * not look for them.
 * @returns null where there is no checkpoint. A checkpoint that `verifier` did not sign gives a source that says so.
 */
export async function tileSource(
  read: ReadPath,
  verifier: NoteVerifier,
  wanted: 'find' | 'demand' | 'leave' = 'find',
): Promise<TileSource | null> {
  const bytes = await read(CHECKPOINT_PATH, CHECKPOINT_LIMIT);
  if (bytes === null) return null;
  const note = Buffer.from(bytes).toString('utf8');
  const keyChanges = Buffer.from((await read(LOG_KEYS_PATH, LOG_KEYS_LIMIT)) ?? '').toString('utf8');
  // A byte that is no UTF-8 reads as another: the note must be exactly what was signed.
  const keys = Buffer.from(note).equals(bytes) ? logKeys(verifier, keyChanges) : undefined;
  const checkpoint = keys?.open(note);
  if (checkpoint === undefined) return { keyChanges, ...unsigned() };
  const details = wanted === 'find' ? await hasDetails(read, checkpoint.size) : wanted === 'demand';
  return { keyChanges, details, ...published(read, checkpoint, note, details) };
}

function published(read: ReadPath, checkpoint: Checkpoint, note: string, details: boolean): LedgerSource {
  const { size, root } = checkpoint;
  const hashes = (level: number) => mapped(tilesAt(size, level), (tile) => hashesOf(read, tile));
  return {
    size,
    entries: () => bundled(read, size, details),
    checkpoints: (): StoredCheckpoint[][] => [[{ size, note }]],
    leaves: () => hashes(0),
    nodes: (level) => (level % TILE_HEIGHT === 0 ? hashes(level / TILE_HEIGHT) : null),
    proves: async (index, leaf) => {
      const prover = tileProver(size, (tile) => read(tilePath(tile), tileLimit(tile)));
      const proof = await prover.inclusion(index).catch((): readonly NodeHash[] => []);
      return verifyInclusion(leaf, index, size, proof, root);
    },
  };
}

function unsigned(): TileSource {
  return {
    size: 0,
    details: false,
    entries: () => {
      throw new SourceFault(0, 'checkpoint/unsigned');
    },
    checkpoints: () => [],
  };
}

/** Looks at both ends, so that a first bundle which somebody took away does not pass for tiles without details. */
async function hasDetails(read: ReadPath, size: number): Promise<boolean> {
  const [first] = tilesAt(size, 'entries');
  const last = [...tilesAt(size, 'entries', Math.floor((size - 1) / TILE_WIDTH))].at(-1);
  for (const end of [first, last]) {
    if (end !== undefined && (await read(detailsPath(end.index, end.width), DETAILS_LIMIT)) !== null) return true;
  }
  return false;
}

async function* bundled(read: ReadPath, size: number, withDetails: boolean): AsyncGenerator<readonly StoredEntry[]> {
  const pieces = mapped(tilesAt(size, 'entries'), async (tile) => {
    const { index, width } = tile;
    const [entries, details] = await Promise.all([
      read(tilePath(tile), tileLimit(tile)),
      withDetails ? read(detailsPath(index, width), DETAILS_LIMIT) : null,
    ]);
    return { start: index * TILE_WIDTH, width, entries, details };
  });
  for await (const { start, width, entries, details } of pieces) {
    if (entries === null) throw new SourceFault(start, 'entries/missing');
    if (withDetails && details === null) throw new SourceFault(start, 'details/missing');
    const { items, bad } = unpackEntries(entries, width);
    const sealed = details === null ? null : unpackDetails(details, width);
    const whole = items.slice(0, bad ?? width);
    // What comes before the damage is judged first: it may hold the first bad entry.
    yield whole.slice(0, sealed?.bad ?? width).map((leaf, i) => storedEntry(start + i, leaf, sealed?.items[i] ?? null));
    if (sealed?.bad != null && sealed.bad <= whole.length) throw new SourceFault(start + sealed.bad, 'details/form');
    if (bad !== null) throw new SourceFault(start + bad, 'entries/form');
  }
}

/** A published log has no columns beside the bytes: they are what the bytes say. Bytes that say nothing are told by the verifier. */
function storedEntry(index: number, bytes: Uint8Array, details: SealedDetails | null): StoredEntry {
  const entry = parseEntry(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1'));
  const { kind = '', exchange = '', time = '' } = entry ?? {};
  return { index, kind, exchange, time: Date.parse(time), bytes, details };
}

async function hashesOf(read: ReadPath, tile: Tile): Promise<readonly NodeHash[]> {
  const bytes = await read(tilePath(tile), tileLimit(tile));
  const start = tile.index * TILE_WIDTH * (tile.level === 'entries' ? 1 : TILE_WIDTH ** tile.level);
  if (bytes === null) throw new SourceFault(start, 'tile/missing');
  const hashes = tileHashes(bytes, tile.width);
  if (hashes === undefined) throw new SourceFault(start, 'tile/form');
  return hashes;
}

/** In order, with a few under way at a time. */
async function* mapped<From, To>(items: Iterable<From>, work: (item: From) => Promise<To>): AsyncGenerator<To> {
  const underWay: Promise<To>[] = [];
  for (const item of items) {
    const begun = work(item);
    // Its failure is told when its turn comes; until then it is nobody's.
    begun.catch(() => undefined);
    underWay.push(begun);
    if (underWay.length < AHEAD) continue;
    const next = underWay.shift();
    if (next !== undefined) yield await next;
  }
  for (const next of underWay) yield await next;
}
