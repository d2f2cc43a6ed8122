import { Worker } from 'node:worker_threads';
import { ConfigurationError } from '../../domain/configuration-error.ts';
import type { Dataset, SqliteConnector } from '../../domain/dataset.ts';
import { Fault } from '../../domain/faults.ts';
import type { Identifier } from '../../domain/identifier.ts';
import type { FromHolder, HolderOptions, LookupMessage, Row } from './holder-protocol.ts';

/** Longest that a file which is being written to is waited for. */
const BUSY_MS = 1_000;

interface Waiting {
  readonly timer: NodeJS.Timeout;
  resolve(rows: readonly Row[]): void;
  reject(fault: Fault): void;
}

/**
 * Look-ups in one SQLite file, in a thread of its own: SQLite cannot be interrupted from outside, so a statement that
 * takes long must not be what everybody else waits for. At the time-out the question becomes a fault and the thread is
 * given up; it ends when its statement does, and until then further questions are faults too. So there is never more
 * than one thread to a file.
 */
class SqliteHolder {
  readonly #dataset: string;
  readonly #timeoutMs: number;
  readonly #options: HolderOptions;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Promise<Worker> | null = null;
  #closed = false;
  #ids = 0;

  constructor(dataset: string, timeoutMs: number, options: HolderOptions) {
    this.#dataset = dataset;
    this.#timeoutMs = timeoutMs;
    this.#options = options;
  }

  /** Throws ConfigurationError where the file or a statement is not fit. */
  async start(): Promise<void> {
    await this.#running();
  }

  async rows(by: Identifier): Promise<readonly Row[]> {
    if (this.#closed) throw new Fault('holder/unavailable', `${this.#dataset}: closed`);
    const id = this.#ids++;
    const found = new Promise<readonly Row[]>((resolve, reject) => {
      const timer = setTimeout(() => this.#giveUp(), this.#timeoutMs);
      this.#waiting.set(id, { timer, resolve, reject });
    });
    const message: LookupMessage = { id, scheme: by.scheme, value: by.value };
    this.#running().then(
      (worker) => worker.postMessage(message),
      () => this.#settle(id)?.reject(new Fault('holder/unavailable', `${this.#dataset}: cannot be opened`)),
    );
    return found;
  }

  async close(): Promise<void> {
    this.#closed = true;
    const worker = await this.#worker?.catch(() => null);
    this.#failAll(new Fault('holder/unavailable', `${this.#dataset}: closed`));
    await worker?.terminate();
  }

  #running(): Promise<Worker> {
    this.#worker ??= this.#spawn();
    return this.#worker;
  }

  #spawn(): Promise<Worker> {
    const worker = new Worker(new URL('./holder.worker.ts', import.meta.url), {
      workerData: this.#options,
      name: `holder-${this.#dataset}`,
    });
    // A thread that waits for questions keeps no process alive.
    worker.unref();
    return new Promise((resolve, reject) => {
      const lost = () => {
        this.#worker = null;
        const fault = new Fault('holder/unavailable', `${this.#dataset}: the thread ended`);
        this.#failAll(fault);
        reject(fault);
      };
      worker.on('error', () => undefined);
      worker.on('exit', lost);
      worker.on('message', (message: FromHolder) => {
        if (message.type === 'ready') resolve(worker);
        else if (message.type === 'refused') reject(this.#refusal(message.problems));
        else if (message.type === 'rows') this.#settle(message.id)?.resolve(message.rows);
        else this.#settle(message.id)?.reject(new Fault(message.code, `${this.#dataset}: ${message.why}`));
      });
    });
  }

  #refusal(problems: readonly string[]): ConfigurationError {
    return new ConfigurationError(problems.map((p) => `dataset ${this.#dataset}: connector ${p}`));
  }

  /** Somebody waited too long: what runs now hangs, and so does all that stands behind it. */
  #giveUp(): void {
    this.#failAll(new Fault('holder/timeout', `${this.#dataset}: no rows in time`));
    // `exit` comes once the statement has ended; only then is another thread started.
    void this.#worker?.then(
      (worker) => worker.terminate(),
      () => undefined,
    );
  }

  #settle(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    if (waiting !== undefined) clearTimeout(waiting.timer);
    this.#waiting.delete(id);
    return waiting;
  }

  #failAll(fault: Fault): void {
    for (const id of [...this.#waiting.keys()]) this.#settle(id)?.reject(fault);
  }
}

/**
 * Opens a holder's SQLite file for reading alone and prepares its look-ups.
 * @param columns that the mapping reads: each statement must give each once.
 * @throws ConfigurationError
 */
export async function openSqliteHolder(
  { id, timeoutMs }: Pick<Dataset, 'id' | 'timeoutMs'>,
  { file, lookups }: SqliteConnector,
  columns: readonly string[],
): Promise<{ rows(by: Identifier): Promise<readonly Row[]>; close(): Promise<void> }> {
  const holder = new SqliteHolder(id, timeoutMs, { file, lookups, columns, busyMs: Math.min(BUSY_MS, timeoutMs) });
  await holder.start();
  return holder;
}
