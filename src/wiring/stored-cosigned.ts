import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openCosignatures } from '../adapters/sqlite/cosignatures.ts';
import type { CheckpointOver } from '../adapters/sqlite/evidence.ts';
import { ledgerPaths } from '../adapters/sqlite/files.ts';
import { readGrowth } from '../adapters/sqlite/growth.ts';

/** Checkpoints that are looked at for one that covers an entry. */
const NEWEST = 64;

/**
 * What witnesses signed of the ledger in a directory, without a gateway: the newest checkpoint that covers so many entries
 * and bears the most signatures. Whoever checks it says which witnesses count.
 */
export function storedCosigned(directory: string): CheckpointOver {
  const path = join(directory, 'cosignatures.db');
  return (size) => {
    if (!existsSync(path)) return null;
    const store = openCosignatures(path);
    try {
      for (let most = store.newest().length; most > 0; most--) {
        for (const at of store.sizesWith(most, NEWEST)) {
          const note = at < size ? null : readGrowth(ledgerPaths(directory).ledger, (growth) => growth.noteAt(at));
          if (note !== null)
            return (
              note +
              store
                .at(at)
                .map(({ line }) => line)
                .join('')
            );
        }
      }
      return null;
    } finally {
      store.close();
    }
  };
}
