import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { Partnership } from '../gateway/partnership.ts';

const PROGRAM = new URL('../../src/main.ts', import.meta.url).pathname;
const listening = z.object({ event: z.literal('listening'), ops: z.string() });

/** The gateway in a process of its own, all that it ever wrote kept. */
export interface GatewayProcess {
  readonly ops: string;
  /** Standard output and standard error so far. */
  said(): string;
  /** @returns once everything is written. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

/** Starts it on the state of a partnership whose own gateway has been stopped, at the same address. */
export async function startGatewayProcess(p: Partnership): Promise<GatewayProcess> {
  const child = spawn(process.execPath, [PROGRAM, p.config], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'] ?? '',
      FIVE_SAFES_LISTEN_PORT: new URL(p.gateway.url).port,
      FIVE_SAFES_OPS_PORT: '0',
      FIVE_SAFES_STATE: p.state,
    },
  });
  let said = '';
  const closed = once(child, 'close');
  child.stderr.on('data', (part: Buffer) => {
    said += part.toString('latin1');
  });
  const ops = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      said += `${line}\n`;
      const ready = listening.safeParse(JSON.parse(line));
      if (ready.success) resolve(ready.data.ops);
    });
    void closed.then(() => reject(new Error(`the gateway ended: ${said}`)));
  });
  return {
    ops,
    said: () => said,
    end: async (signal) => {
      child.kill(signal);
      await closed;
    },
  };
}
