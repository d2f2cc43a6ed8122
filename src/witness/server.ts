import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WitnessPorts } from './add-checkpoint.ts';
import { createWitnessApp } from './app.ts';

export interface RunningWitness {
  readonly url: string;
  /** Answers what has arrived, takes nothing more. */
  stop(): Promise<void>;
}

/** Logs are few and wait for each answer; who opens more connections is none. */
const MOST_CONNECTIONS = 256;
const LIMITS = {
  maxHeaderSize: 16_384,
  headersTimeout: 10_000,
  requestTimeout: 20_000,
  keepAliveTimeout: 60_000,
  insecureHTTPParser: false,
} as const;
const GRACE_MS = 500;

/** Listens and answers with where; rejects if it cannot. Port 0: the system picks one. */
export function serveWitness(
  ports: WitnessPorts,
  listen: { readonly host: string; readonly port: number },
): Promise<RunningWitness> {
  const server = createServer(LIMITS, createWitnessApp(ports));
  server.maxConnections = MOST_CONNECTIONS;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(listen.port, listen.host, () => {
      server.off('error', reject);
      const { port } = server.address() as AddressInfo;
      const host = listen.host.includes(':') ? `[${listen.host}]` : listen.host;
      const stop = () =>
        new Promise<void>((stopped) => {
          const cut = setTimeout(() => server.closeAllConnections(), GRACE_MS);
          server.close(() => {
            clearTimeout(cut);
            stopped();
          });
          server.closeIdleConnections();
        });
      resolve({ url: `http://${host}:${port}`, stop });
    });
  });
}
