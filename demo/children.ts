import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { COMPILED } from '../src/wiring/compiled.ts';

/** A program of the demonstration, in a process of its own. */
export interface Child {
  readonly name: string;
  readonly pid: number;
  /** Whether the process still runs. */
  running(): boolean;
  /** Resolves with the exit code, or null where a signal ended it. */
  readonly ended: Promise<number | null>;
  /** SIGTERM, then waits. */
  stop(): Promise<void>;
  /** SIGKILL, then waits: what a crash looks like. */
  kill(): Promise<void>;
}

const START_TIMEOUT_MS = 30_000;

/**
 * Starts `node <program> …` and waits for the JSON line that says it is ready.
 * @param ready picks what is wanted from a line of standard output; undefined: not that line.
 * @throws Error with what the program said on standard error, if it ends first or takes too long.
 */
export async function startChild<T>(
  name: string,
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly ready: (line: unknown) => T | undefined },
): Promise<Child & { readonly said: T }> {
  const child = spawn(process.execPath, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { NODE_COMPILE_CACHE: COMPILED, ...process.env, ...options.env },
  });
  const ended = once(child, 'exit').then(([code]: (number | null)[]) => code ?? null);
  let complaints = '';
  child.stderr.on('data', (part: Buffer) => {
    complaints = (complaints + part.toString('utf8')).slice(-4_000);
  });
  const said = await new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${name} did not start in time`)), START_TIMEOUT_MS);
    createInterface({ input: child.stdout }).on('line', (line) => {
      const found = parsed(line);
      const ready = found === undefined ? undefined : options.ready(found);
      if (ready === undefined) return;
      clearTimeout(timer);
      resolve(ready);
    });
    void ended.then((code) => {
      clearTimeout(timer);
      reject(new Error(`${name} ended with ${code}: ${complaints.trim()}`));
    });
  });
  return {
    name,
    pid: child.pid ?? 0,
    running: () => child.exitCode === null && child.signalCode === null,
    ended,
    said,
    ...ending(child, ended),
  };
}

function ending(child: ChildProcess, ended: Promise<number | null>): Pick<Child, 'stop' | 'kill'> {
  const signal = async (name: 'SIGTERM' | 'SIGKILL') => {
    if (child.exitCode === null && child.signalCode === null) child.kill(name);
    await ended;
  };
  return { stop: () => signal('SIGTERM'), kill: () => signal('SIGKILL') };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
