import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createKeys } from '../src/adapters/sqlite/keys-file.ts';
import { layOut } from './gateway/partnership.ts';

/** A port of this machine that somebody else listens at. */
async function takenPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

test.each(['FIVE_SAFES_LISTEN_PORT', 'FIVE_SAFES_OPS_PORT'])(
  'a gateway whose port is taken (%s) says so and ends',
  async (taken) => {
    const root = mkdtempSync(join(tmpdir(), 'five-safes-main-'));
    onTestFinished(() => rmSync(root, { recursive: true }));
    const config = layOut(root, {});
    const state = join(root, 'state');
    createKeys(join(state, 'keys'), 'gateway.example/five-safes');
    const env = {
      ...process.env,
      FIVE_SAFES_STATE: state,
      FIVE_SAFES_LISTEN_PORT: '0',
      FIVE_SAFES_OPS_PORT: '0',
      [taken]: String(await takenPort()),
    };
    const main = new URL('../src/main.ts', import.meta.url).pathname;
    const child = spawn(process.execPath, [main, config], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    let said = '';
    child.stderr.on('data', (part: Buffer) => {
      said += part.toString('utf8');
    });
    await once(child, 'exit');
    expect(child.exitCode, said).toBe(1);
    expect(said).toContain('EADDRINUSE');
  },
  20_000,
);
