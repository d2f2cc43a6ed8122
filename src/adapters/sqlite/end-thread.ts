import type { Worker } from 'node:worker_threads';

/** When a thread has spoken or ended. */
const spoken = new WeakMap<Worker, Promise<void>>();

/** @param worker just begun, which says something as soon as it has loaded better-sqlite3. @returns the same. */
export function listenedTo(worker: Worker): Worker {
  const first = new Promise<void>((resolve) => {
    worker.once('message', () => resolve());
    worker.once('exit', () => resolve());
  });
  spoken.set(worker, first);
  return worker;
}

/** Resolves once the thread has said something, or has ended. */
export function heardFrom(worker: Worker): Promise<void> {
  worker.ref();
  return spoken.get(worker) ?? Promise.resolve();
}

/** Resolves when a thread that runs ends; at once where there is none. */
export function exitOf(worker: Worker | null): Promise<void> {
  return new Promise((resolve) => (worker === null ? resolve() : worker.once('exit', () => resolve())));
}

/**
 * Ends a thread in the middle of what it does, but not while it loads better-sqlite3: whoever ends a thread there ends the
 * process, since an addon whose registration is cut short aborts it.
 */
export async function endThread(worker: Worker): Promise<void> {
  await heardFrom(worker);
  await worker.terminate();
}
