import { readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { loadWitness, witnessMemory } from '../adapters/sqlite/witness-key.ts';
import { openWitnessStore } from '../adapters/sqlite/witness-store.ts';
import { ConfigurationError } from '../domain/configuration-error.ts';
import { isoTime } from '../domain/time.ts';
import { serveWitness } from '../witness/server.ts';
import { parseWitnessSettings } from '../witness/settings.ts';

/** A witness that serves. */
export interface Witness {
  readonly url: string;
  /** Its verifier key. */
  readonly key: string;
  readonly logs: readonly string[];
  stop(): Promise<void>;
}

/**
 * @param file settings of the witness, YAML. @param write takes the operational log: one JSON object a line.
 * @throws ConfigurationError, or Error that names the file of the state directory that is doubtful.
 */
export async function startWitness(file: string, write: (line: string) => void): Promise<Witness> {
  const settings = parseWitnessSettings(basename(file), readText(file));
  const state = resolve(dirname(file), settings.state);
  const { signer, key } = loadWitness(state);
  const memory = openWitnessStore(witnessMemory(state));
  const log = (event: string, fields: Readonly<Record<string, unknown>>) =>
    write(`${JSON.stringify({ time: isoTime(Date.now()), event, ...fields })}\n`);
  const logs = [...settings.logs.keys()];
  try {
    const ports = {
      memory,
      signer,
      keysOf: (origin: string) => settings.logs.get(origin) ?? [],
      origins: logs,
      now: Date.now,
      log,
    };
    const { url, stop } = await serveWitness(ports, settings.listen);
    const known = logs.map((origin) => ({ origin, size: memory.latest(origin)?.size ?? 0 }));
    log('listening', { url, key, logs: known, forks: memory.forks() });
    return {
      url,
      key,
      logs,
      async stop() {
        await stop();
        memory.close();
        log('stopped', {});
      },
    };
  } catch (thrown) {
    memory.close();
    throw thrown;
  }
}

function readText(file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new ConfigurationError([`${file}: expected a readable UTF-8 file (${why})`]);
  }
}
