import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError } from '../domain/configuration-error.ts';

/**
 * Reads the rulebook's files as they stand.
 * @param directory absolute.
 * @returns text under base names, in the order of names. Hidden files are passed over.
 * @throws ConfigurationError where the directory or a file cannot be read, or is not UTF-8.
 */
export function readPolicies(directory: string): ReadonlyMap<string, string> {
  try {
    const names = readdirSync(directory).filter((name) => !name.startsWith('.'));
    return new Map(names.toSorted().map((name) => [name, decode(readFileSync(join(directory, name)))]));
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown error';
    throw new ConfigurationError([`policies: expected readable UTF-8 files in ${directory} (${why})`]);
  }
}

function decode(bytes: Buffer): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}
