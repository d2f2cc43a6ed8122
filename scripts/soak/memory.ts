import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const EVERY_MS = 250;

/** Resident memory of a process over a while. */
export interface Memory {
  /** MiB: the medians of the first and of the last third, and how they stand to each other. */
  stop(): { readonly firstMb: number; readonly lastMb: number; readonly ratio: number };
}

/** Looks at a process's resident memory four times a second, from now on. */
export function watchMemory(pid: number): Memory {
  const samples: number[] = [];
  const timer = setInterval(() => samples.push(residentKb(pid)), EVERY_MS);
  samples.push(residentKb(pid));
  return {
    stop: () => {
      clearInterval(timer);
      const third = Math.max(1, Math.floor(samples.length / 3));
      const [first, last] = [median(samples.slice(0, third)), median(samples.slice(-third))];
      const rounded = (value: number) => Math.round(value * 100) / 100;
      return { firstMb: rounded(first / 1024), lastMb: rounded(last / 1024), ratio: rounded(last / first) };
    },
  };
}

function residentKb(pid: number): number {
  const status = `/proc/${pid}/status`;
  const text = existsSync(status)
    ? (/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(status, 'utf8'))?.[1] ?? '')
    : execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' });
  const kb = Number(text.trim());
  if (!(kb > 0)) throw new Error(`process ${pid} has no resident memory`);
  return kb;
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
