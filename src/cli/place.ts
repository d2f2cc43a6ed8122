import { existsSync, readdirSync } from 'node:fs';
import { isAbsolute, relative, resolve } from 'node:path';
import type { World } from './world.ts';

const DEFAULT_CONFIG = 'config';

/** Directory of the configuration, absolute. @param option value of `--config`. */
export function configDirectory(world: World, option: string | undefined): string {
  return resolve(world.directory, option ?? DEFAULT_CONFIG);
}

/** A path as a person in this working directory would write it. */
export function shownPath(world: World, path: string): string {
  const short = relative(world.directory, path);
  if (short === '') return '.';
  return short.startsWith('..') || isAbsolute(short) ? path : short;
}

export function isMissingOrEmpty(directory: string): boolean {
  return !existsSync(directory) || readdirSync(directory).length === 0;
}
