import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Digest } from '../domain/versions.ts';

/**
 * Digest of the program that runs: every source file, in the order of names. Part of each record, so that a decision can
 * be replayed on what decided it.
 * @param directory of the sources.
 */
export function buildDigest(directory: string): Digest {
  const hash = createHash('sha256');
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  for (const name of names.toSorted()) {
    const content = readFileSync(join(directory, name));
    hash.update(`${name}\n${content.length}\n`).update(content);
  }
  return `sha256:${hash.digest('hex')}`;
}
