import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
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

/**
 * Writes a version's files, so that what `readPolicies` reads there afterwards is that version and nothing else: files of
 * another version that this one lacks are removed.
 * @param directory absolute; made where it is missing.
 * @throws ConfigurationError where the directory holds other things and no `model.conf`: it is then no place for policies,
 * and nothing in it is touched.
 */
export function writePolicies(directory: string, sources: ReadonlyMap<string, string>): void {
  try {
    mkdirSync(directory, { recursive: true });
    const there = readdirSync(directory).filter((name) => !name.startsWith('.'));
    const foreign = there.filter((name) => !/\.(csv|conf)$/.test(name));
    if (foreign.length > 0 || (there.length > 0 && !there.includes('model.conf'))) {
      throw new Error(`it holds ${(foreign[0] ?? there[0] ?? '').slice(0, 80)}`);
    }
    for (const [name, text] of sources) {
      if (name !== basename(name) || name.startsWith('.')) throw new Error(`"${name}" is no name of a file`);
      // Renamed into place: whoever reads meanwhile finds a whole file.
      const unfinished = join(directory, `.${name}.new`);
      writeFileSync(unfinished, text);
      renameSync(unfinished, join(directory, name));
    }
    for (const name of there) if (!sources.has(name)) rmSync(join(directory, name));
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown error';
    throw new ConfigurationError([
      `policies: expected ${directory} to be empty or to hold policies, and writable (${why})`,
    ]);
  }
}
