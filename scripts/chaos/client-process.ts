import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { z } from 'zod';
import { type CLIENT_OPTIONS, FROM_CLIENT, type FromClient, type ToClient } from './client-protocol.ts';

/** The client, seen from the trial. */
export interface ClientProcess {
  tell(message: ToClient): void;
  /** The next message of that kind; messages of other kinds are passed over. @throws Error where the client ends instead. */
  hear<S extends FromClient['said']>(said: S): Promise<Extract<FromClient, { said: S }>>;
  stop(): Promise<void>;
}

export function startClient(options: z.infer<typeof CLIENT_OPTIONS>): ClientProcess {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'client.ts'), JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const heard: FromClient[] = [];
  let wake: () => void = () => undefined;
  const ended = once(child, 'exit').then(() => wake());
  createInterface({ input: child.stdout }).on('line', (line) => {
    heard.push(FROM_CLIENT.parse(JSON.parse(line)));
    wake();
  });
  const isKind = <S extends FromClient['said']>(m: FromClient, said: S): m is Extract<FromClient, { said: S }> =>
    m.said === said;
  return {
    tell: (message) => {
      child.stdin.write(`${JSON.stringify(message)}\n`);
    },
    async hear(said) {
      for (;;) {
        for (let next = heard.shift(); next !== undefined; next = heard.shift()) if (isKind(next, said)) return next;
        if (child.exitCode !== null || child.signalCode !== null) throw new Error('the client ended');
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
}
