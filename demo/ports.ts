import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { z } from 'zod';

const PORTS = z.record(z.string(), z.int().min(1).max(65_535));

/**
 * One free loopback port for each name. With a file, the ports of an earlier run are taken again where they are free, so
 * that issuers keep their names.
 */
export async function choosePorts(names: readonly string[], file: string): Promise<ReadonlyMap<string, number>> {
  const earlier = existsSync(file) ? PORTS.parse(JSON.parse(readFileSync(file, 'utf8'))) : {};
  const chosen = new Map<string, number>();
  for (const name of names) {
    const before = earlier[name];
    const port = before !== undefined && (await isFree(before)) ? before : await freePort();
    chosen.set(name, port);
  }
  writeFileSync(file, JSON.stringify(Object.fromEntries(chosen)));
  return chosen;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
