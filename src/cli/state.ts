import { resolve } from 'node:path';
import type { EntryLine } from '../adapters/sqlite/reader.ts';
import { loadConfig } from '../config.ts';
import { Fault } from '../domain/faults.ts';
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

/**
 * Does what needs the ledger to itself.
 * @throws Fault('ledger/unavailable') that says what to do where a gateway holds it.
 */
export function alone<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Fault) || !error.message.includes('another process holds the ledger')) throw error;
    const what = `${error.message}. While a gateway runs it holds the ledger: stop the gateway, then try again.`;
    throw new Fault(error.code, what, { cause: error });
  }
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
