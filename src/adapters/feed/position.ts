import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

/** How far a feed has come, durable. */
export interface PositionStore {
  /** Index of the next entry; null where no feed has begun yet. @throws Error where the file is not what was written. */
  read(): number | null;
  write(next: number): void;
}

const shape = z.strictObject({ next: z.int().min(0) });

/** A small file that is replaced whole: after a crash it says the old position or the new one. */
export function positionFile(path: string): PositionStore {
  return {
    read() {
      try {
        return shape.parse(JSON.parse(readFileSync(path, 'utf8'))).next;
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
        throw new Error(`${path}: expected the position of the feed; without it, remove the file`, { cause: error });
      }
    },
    write(next) {
      const fresh = `${path}.new`;
      synced(fresh, 'w', `${JSON.stringify({ next })}\n`);
      renameSync(fresh, path);
      synced(dirname(path), 'r', null);
    },
  };
}

function synced(path: string, flags: string, content: string | null): void {
  const file = openSync(path, flags, 0o600);
  try {
    if (content !== null) writeSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
