import { afterEach } from 'vitest';
import type { WitnessPorts } from '../../src/witness/add-checkpoint.ts';
import { type RunningWitness, serveWitness } from '../../src/witness/server.ts';
import { type log, witness } from '../witness/logs.ts';

const LOOPBACK = { host: '127.0.0.1', port: 0 };
const running: RunningWitness[] = [];
afterEach(async () => {
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
