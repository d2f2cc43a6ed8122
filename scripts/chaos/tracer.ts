import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** Whether this machine has strace and lets it look into other processes. */
export function canTrace(): boolean {
  return spawnSync('strace', ['-qq', '-e', 'trace=none', 'true'], { stdio: 'ignore' }).status === 0;
}

/** What is to happen at a system call of a process, in the terms of `strace -e inject`. */
export interface Injection {
  readonly call: 'pwrite64' | 'fsync';
  /** `error=EIO`, `signal=SIGKILL`, `delay_enter=2000000` (microseconds). */
  readonly what: string;
  /** First such call of each thread that is concerned, and with `+` all later ones: `3`, `1+`. */
  readonly when: string;
}

export interface Tracer {
  /** Lets the process go on unhindered. */
  detach(): Promise<void>;
}

/** Attaches to a running process; resolves once its threads are held. @throws Error where strace cannot. */
export async function inject(pid: number, injections: readonly Injection[]): Promise<Tracer> {
  const calls = [...new Set(injections.map(({ call }) => call))].join(',');
  const rules = injections.flatMap(({ call, what, when }) => ['-e', `inject=${call}:${what}:when=${when}`]);
  const child = spawn('strace', ['-f', '-p', String(pid), '-o', '/dev/null', '-e', `trace=${calls}`, ...rules], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'exit');
  const complaints: string[] = [];
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      complaints.push(line);
      if (line.includes(`Process ${pid} attached`)) resolve();
    });
    void ended.then(() => reject(new Error(`strace: ${complaints.join('; ')}`)));
  });
  return {
    async detach() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGINT');
      await ended;
    },
  };
}
