import { constants } from 'node:fs';
import { mkdir, open, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ReadPath } from '../../ledger/tile-source.ts';

/** Reads a published log from a directory, a copy of what a server gives. Links are not followed out of it. */
export function directoryPaths(directory: string): ReadPath {
  return async (path, limit) => {
    const file = await open(join(directory, path), constants.O_RDONLY | constants.O_NOFOLLOW).catch(absent);
    if (file === null) return null;
    try {
      const { size } = await file.stat();
      if (size > limit) throw new Error(`${join(directory, path)}: ${size} bytes, expected at most ${limit}`);
      return await file.readFile();
    } finally {
      await file.close();
    }
  };
}

/** Puts files of a published log into a directory. */
export interface DirectoryWriter {
  write(path: string, bytes: Uint8Array): Promise<void>;
  /** In one step and durable: whoever reads meanwhile finds the one before or this one. */
  replace(path: string, bytes: Uint8Array): Promise<void>;
}

export function directoryWriter(directory: string): DirectoryWriter {
  const made = new Set<string>();
  const placeFor = async (path: string): Promise<string> => {
    const place = join(directory, path);
    const parent = dirname(place);
    if (!made.has(parent)) await mkdir(parent, { recursive: true });
    made.add(parent);
    return place;
  };
  return {
    async write(path, bytes) {
      await writeFile(await placeFor(path), bytes);
    },
    async replace(path, bytes) {
      const place = await placeFor(path);
      const file = await open(`${place}.new`, 'w');
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(`${place}.new`, place);
    },
  };
}

function absent(error: NodeJS.ErrnoException): null {
  // A file where a directory is expected holds nothing either.
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
  throw error;
}
