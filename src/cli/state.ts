import { resolve } from 'node:path';
import type { EntryLine } from '../adapters/sqlite/reader.ts';
import { loadConfig } from '../config.ts';
import { isoTime } from '../domain/time.ts';
import { configDirectory } from './place.ts';
import { UsageError, type World } from './world.ts';

/**
 * Directory of the ledger and of its keys, absolute.
 * @throws UsageError where both options are given; ConfigurationError where the configuration has mistakes.
 */
export function stateDirectory(world: World, options: { readonly config?: string; readonly state?: string }): string {
  if (options.state === undefined) return loadConfig(configDirectory(world, options.config), world.env).state;
  if (options.config !== undefined) throw new UsageError('give --config or --state, not both');
  return resolve(world.directory, options.state);
}

/** An entry as the `log` commands give it in JSON. */
export interface ShownEntry {
  readonly index: number;
  readonly time: string;
  readonly kind: string;
  readonly exchange: string;
  /** The leaf, as it was hashed. */
  readonly entry: string;
}

export function shownEntry({ index, time, kind, exchange, entry }: EntryLine): ShownEntry {
  return { index, time: timeText(time), kind, exchange, entry };
}

/** The columns may have been tampered with, and must be listed all the same. */
function timeText(time: number): string {
  return Number.isFinite(time) && Math.abs(time) <= 8.64e15 ? isoTime(time) : `(no time: ${time})`;
}
