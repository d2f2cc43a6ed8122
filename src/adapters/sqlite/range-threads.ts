import { Worker } from 'node:worker_threads';
import { type CheckedRange, RANGE_WIDTH } from '../../ledger/range-check.ts';
import type { RangeChecks } from '../../ledger/verify-quick.ts';
import { endThread, listenedTo } from './end-thread.ts';
import type { FromRanges, RangeOptions, ToRanges } from './range-protocol.ts';

export interface RangeThreads extends RangeChecks {
  /** Ends the threads, and fails what is still asked of them. */
  close(): Promise<void>;
}

/** Ranges a thread has before it, so that it never waits for the one that joins them. */
const AHEAD = 2;
/** Nothing of a block outlives it: more room for what is young is only filled, and saves no time. */
const LIMITS = { maxYoungGenerationSizeMb: 8 };

interface Waiting {
  resolve(checked: CheckedRange | null): void;
  reject(error: Error): void;
}

/** One thread, and what it was asked. What it does not answer before it ends is an error: nothing of it counts as checked. */
class RangeThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #ids = 0;
  #lost: Error | null = null;

  constructor(options: RangeOptions, entry: URL) {
    this.#worker = listenedTo(new Worker(entry, { workerData: options, name: 'verify', resourceLimits: LIMITS }));
    this.#worker.on('message', (message: FromRanges) => {
      if (message === 'ready') return;
      this.#waiting.get(message.id)?.resolve(message.checked);
      this.#waiting.delete(message.id);
    });
    this.#worker.on('messageerror', (error) => this.#lose(error));
    this.#worker.on('error', (error) => this.#lose(error));
    this.#worker.on('exit', () => this.#lose(undefined));
  }

  get asked(): number {
    return this.#waiting.size;
  }

  check(question: Omit<ToRanges, 'id'>): Promise<CheckedRange | null> {
    return new Promise((resolve, reject) => {
      if (this.#lost !== null) return reject(this.#lost);
      const id = this.#ids++;
      this.#waiting.set(id, { resolve, reject });
      const message: ToRanges = { id, ...question };
      this.#worker.postMessage(message);
    });
  }

  async close(): Promise<void> {
    await endThread(this.#worker);
  }

  #lose(cause: unknown): void {
    const why = cause instanceof Error ? `: ${cause.message}` : '';
    this.#lost ??= new Error(`a thread that verified the log ended${why}`, { cause });
    for (const { reject } of this.#waiting.values()) reject(this.#lost);
    this.#waiting.clear();
  }
}

/**
 * Checks ranges of a ledger in threads. Each reads the file by itself; that more is appended meanwhile does not matter.
 * @param count of threads, at least 1. @param width of a range, for tests.
 */
export function rangeThreads(
  options: RangeOptions,
  count: number,
  width: number = RANGE_WIDTH,
  entry = new URL('./range.worker.ts', import.meta.url),
): RangeThreads {
  const threads = Array.from({ length: count }, () => new RangeThread(options, entry));
  return {
    width,
    atOnce: count * AHEAD,
    async check(range, receipt) {
      const [free] = threads.toSorted((a, b) => a.asked - b.asked);
      if (free === undefined) throw new RangeError('no thread');
      return free.check({ range, receipt });
    },
    async close() {
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}
