import { resolve } from 'node:path';
import { directoryPaths, directoryWriter } from '../adapters/mirror/directory.ts';
import { openPublished, type PublishedReader } from '../adapters/sqlite/tiles.ts';
import { toBase64 } from '../ledger/base64.ts';
import { parseCheckpoint } from '../ledger/checkpoint.ts';
import { edgeOf, edgeRoot } from '../ledger/merkle.ts';
import { splitNote } from '../ledger/note.ts';
import { publishedFiles } from '../ledger/publish.ts';
import { CHECKPOINT_PATH, LOG_KEYS_PATH } from '../ledger/tile-source.ts';
import { TILE_WIDTH, tilesAt } from '../ledger/tiles.ts';
import { DETAILS_LIMIT, detailsPath } from '../ledger/tiles-bundle.ts';
import { say, tell } from './output.ts';
import { parseArguments } from './page.ts';
import { LOG_EXPORT } from './pages/log-export.ts';
import { isMissingOrEmpty, shownPath } from './place.ts';
import { stateDirectory } from './state.ts';
import { EXIT, type Exit, type World } from './world.ts';

/** `five-safes log export`: the log as everybody may have it, and the sealed details for whoever is to keep them. */
export async function run(args: readonly string[], world: World): Promise<Exit> {
  const { values, positionals } = parseArguments(LOG_EXPORT, args);
  const directory = resolve(world.directory, positionals[0] ?? '');
  const details = values.details === true;
  const reader = openPublished(stateDirectory(world, values));
  try {
    const newest = reader.checkpoint();
    if (newest === null) throw new Error('the ledger has no entry yet');
    const before = await exported(directory, reader, newest.size);
    if (before === null) {
      say(
        world,
        `${shownPath(world, directory)} is neither empty nor an earlier state of this log. Nothing was written.`,
      );
      return EXIT.refused;
    }
    const writer = directoryWriter(directory);
    let files = 1;
    for (const { path, bytes } of publishedFiles(reader, newest.size, before.size, details ? before.details : null)) {
      await writer.write(path, bytes);
      files += 1;
    }
    // After the checkpoint was read: whoever changed the key since is in it, which does no harm.
    const keyChanges = reader.keyChanges();
    if (keyChanges !== '') await writer.replace(LOG_KEYS_PATH, Buffer.from(keyChanges));
    // Last: what it speaks of is there before it. A crash before this leaves the state before, and pieces of the next.
    await writer.replace(CHECKPOINT_PATH, Buffer.from(newest.note));
    const root = toBase64(edgeRoot(edgeOf(newest.size, reader.node)));
    tell(world, values.json, {
      json: JSON.stringify({ directory, size: newest.size, root, files, details }),
      lines: [
        `${newest.size} entries in ${shownPath(world, directory)}${details ? ', with their sealed details' : ''}.`,
      ],
    });
    return EXIT.ok;
  } finally {
    reader.close();
  }
}

/** What the directory holds already: sizes up to which entries and details are there. Null where it must be left alone. */
async function exported(
  directory: string,
  reader: PublishedReader,
  size: number,
): Promise<{ readonly size: number; readonly details: number } | null> {
  if (isMissingOrEmpty(directory)) return { size: 0, details: 0 };
  const read = directoryPaths(directory);
  const bytes = await read(CHECKPOINT_PATH, 65_536);
  const parts = bytes === null ? undefined : splitNote(Buffer.from(bytes).toString('utf8'));
  const there = parts === undefined ? undefined : parseCheckpoint(parts.text);
  if (there === undefined || there.size > size) return null;
  // Its signature says nothing that its root does not: this ledger had that very tree.
  if (Buffer.compare(edgeRoot(edgeOf(there.size, reader.node)), there.root) !== 0) return null;
  const [last] = tilesAt(there.size, 'entries', Math.floor((there.size - 1) / TILE_WIDTH));
  const sealed = last === undefined ? null : await read(detailsPath(last.index, last.width), DETAILS_LIMIT);
  return { size: there.size, details: sealed === null ? 0 : there.size };
}
