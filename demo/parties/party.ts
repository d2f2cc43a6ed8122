import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A running party of the demo. */
export interface Party {
  readonly url: string;
  stop(): Promise<void>;
}

/** Listens on loopback. @param port 0: any that is free. */
export async function listen(
  port: number,
  handler: (url: string) => RequestListener,
): Promise<Party & { readonly server: Server }> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const url = `http://127.0.0.1:${address.port}`;
  server.on('request', handler(url));
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url, stop, server };
}

/**
 * A party's own process: options as JSON in the first argument; one line `{"ready":true,"url":…}` once it listens; it
 * stops on SIGTERM, or when standard input closes because whoever started it is gone.
 */
export async function runParty(start: (options: unknown) => Promise<Party>): Promise<void> {
  // Standard output is for the one line.
  console.info = console.error;
  const party = await start(JSON.parse(process.argv[2] ?? '{}'));
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    party.stop().then(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.stdin.on('end', stop).on('close', stop).resume();
  process.stdout.write(`${JSON.stringify({ ready: true, url: party.url })}\n`);
}
