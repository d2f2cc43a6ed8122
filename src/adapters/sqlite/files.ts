import { statSync } from 'node:fs';
import { join } from 'node:path';

/** The files of a ledger, all in one directory. */
export interface LedgerPaths {
  readonly directory: string;
  readonly ledger: string;
  readonly wal: string;
  readonly shm: string;
  /** Wrapped data keys, apart from what they seal, so that backups of the ledger do not undo an erasure. */
  readonly keys: string;
  /** Held by the one process that writes. */
  readonly lock: string;
}

export function ledgerPaths(directory: string): LedgerPaths {
  const ledger = join(directory, 'ledger.db');
  return {
    directory,
    ledger,
    wal: `${ledger}-wal`,
    shm: `${ledger}-shm`,
    keys: join(directory, 'keys.db'),
    lock: join(directory, 'lock.db'),
  };
}

/** Device and inode of each file; `absent` where there is none. */
export type FileIdentities = ReadonlyMap<string, string>;

/**
 * Which files stand under these paths now. While SQLite holds a file open its inode cannot be given to another, so a
 * path that shows the same device and inode still names the file that is written to. No descriptor of our own is
 * opened: closing it would drop SQLite's POSIX locks on the same file.
 */
export function identify(paths: readonly string[]): FileIdentities {
  return new Map(
    paths.map((path) => {
      const found = statSync(path, { bigint: true, throwIfNoEntry: false });
      return [path, found === undefined ? 'absent' : `${found.dev}:${found.ino}`];
    }),
  );
}

/** The first file that is no longer the one it was, or null. */
export function changedFile(before: FileIdentities): string | null {
  const now = identify([...before.keys()]);
  for (const [path, identity] of before) {
    if (identity === 'absent' || now.get(path) !== identity) return path;
  }
  return null;
}
