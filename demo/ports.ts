import { randomInt } from 'node:crypto';
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
    const port = before !== undefined && (await isFree(before)) ? before : await freePort([...chosen.values()]);
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

/**
 * Below 32768, where Linux begins to hand out ports by itself: one of those may be another program's by the time ours
 * listens on it.
 */
const FIRST = 20_000;
const END = 32_768;
const TRIES = 100;

async function freePort(taken: readonly number[]): Promise<number> {
  for (let tries = 0; tries < TRIES; tries++) {
    const port = randomInt(FIRST, END);
    if (!taken.includes(port) && (await isFree(port))) return port;
  }
  throw new Error(
    `no free port from ${FIRST} to ${END - 1} in ${TRIES} tries: is there another program that takes them all?`,
  );
}
