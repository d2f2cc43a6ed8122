import { constants } from 'node:fs';
import { mkdir, open, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ReadPath } from '../../ledger/tile-source.ts';

/** Not through a link, and without waiting for whoever would write into a pipe. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Reads a published log from a directory, a copy of what a server gives. Files only: a link in the place of one is refused. */
export function directoryPaths(directory: string): ReadPath {
  return async (path, limit) => {
    const file = await open(join(directory, path), FLAGS).catch(absent);
    if (file === null) return null;
    try {
      const stat = await file.stat();
      if (!stat.isFile()) throw new Error(`${join(directory, path)} is no file`);
      const { size } = stat;
      if (size > limit) throw new Error(`${join(directory, path)}: ${size} bytes, expected at most ${limit}`);
      return await file.readFile();
    } finally {
      await file.close();
    }
  };
}

/** Puts files of a published log into a directory. */
export interface DirectoryWriter {
  /** Durable: a checkpoint put in place later says that this is there, and nobody writes it again. */
  write(path: string, bytes: Uint8Array): Promise<void>;
  /** In one step and durable: whoever reads meanwhile finds the one before or this one. */
  replace(path: string, bytes: Uint8Array): Promise<void>;
}

export function directoryWriter(directory: string): DirectoryWriter {
  const made = new Set<string>();
  const placeFor = async (path: string): Promise<string> => {
    const parts = path.split('/').slice(0, -1);
    if (!made.has(join(directory, ...parts))) await mkdir(join(directory, ...parts), { recursive: true });
    for (let depth = 0; depth <= parts.length; depth++) made.add(join(directory, ...parts.slice(0, depth)));
    return join(directory, path);
  };
  return {
    write: async (path, bytes) => writeSynced(await placeFor(path), bytes),
    async replace(path, bytes) {
      const place = await placeFor(path);
      await writeSynced(`${place}.new`, bytes);
      // The names of what was written before this, and then this one's.
      for (const parent of made) await syncDirectory(parent);
      await rename(`${place}.new`, place);
      await syncDirectory(dirname(place));
    },
  };
}

async function writeSynced(place: string, bytes: Uint8Array): Promise<void> {
  const file = await open(place, 'w');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function absent(error: NodeJS.ErrnoException): null {
  // A file where a directory is expected holds nothing either.
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
  throw error;
}
