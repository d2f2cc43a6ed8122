import { join } from 'node:path';
import { afterEach, vi } from 'vitest';
import { openCosignatures } from '../../src/adapters/sqlite/cosignatures.ts';
import { readGrowth } from '../../src/adapters/sqlite/growth.ts';
import { Witnessing, type WitnessingOptions } from '../../src/wiring/witnessing.ts';
import type { WitnessPorts } from '../../src/witness/add-checkpoint.ts';
import { type RunningWitness, serveWitness } from '../../src/witness/server.ts';
import type { Place } from '../adapters/sqlite/builders.ts';
import { type log, witness } from '../witness/logs.ts';

const LOOPBACK = { host: '127.0.0.1', port: 0 };
const running: RunningWitness[] = [];
const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  await Promise.all(running.splice(0).map((server) => server.stop()));
});

/** A witness that serves on this machine and knows one log, by any of its keys. */
export async function served(logs: readonly ReturnType<typeof log>[], changes: Partial<WitnessPorts> = {}) {
  const made = witness(...logs);
  const serve = async (port = 0) => {
    const server = await serveWitness({ ...made.open(), now: Date.now, ...changes }, { ...LOOPBACK, port });
    running.push(server);
    return server;
  };
  const server = await serve();
  const name = `w${made.key.slice('witness.example/'.length, made.key.indexOf('+'))}`;
  return { ...made, settings: { name, url: server.url, key: made.key }, server, serve };
}

/** Collects for the ledger in a directory. */
export function collecting(
  at: Pick<Place, 'directory' | 'file'>,
  settings: WitnessingOptions['witnesses'],
  changes: Partial<WitnessingOptions> = {},
) {
  const lines: { readonly event: string; readonly [field: string]: unknown }[] = [];
  const witnessing = new Witnessing({
    witnesses: settings,
    quorum: settings.length,
    stopAfterMs: null,
    store: openCosignatures(join(at.directory, 'cosignatures.db')),
    read: (work) => readGrowth(at.file, work),
    now: Date.now,
    log: (event, fields) => lines.push({ event, ...fields }),
    everyMs: 5,
    ...changes,
  });
  witnessing.start();
  const stop = vi.fn(() => witnessing.stop());
  ends.push(async () => {
    if (stop.mock.calls.length === 0) await stop();
  });
  return { witnessing, lines, stop };
}

export const until = (check: () => void) => vi.waitFor(check, { timeout: 4_000, interval: 5 });
export const knownLog = (at: Pick<Place, 'verifier'>) => ({ verifier: at.verifier }) as ReturnType<typeof log>;
