import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where changes of the signing key are published, beside the ledger: see `ledger/log-keys.ts`. */
export function keyChangesPath(directory: string): string {
  return join(directory, 'log-keys');
}

/** Text of the published changes; empty where the key never changed. @param directory of the ledger. */
export function readKeyChanges(directory: string): string {
  try {
    return readFileSync(keyChangesPath(directory), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}
