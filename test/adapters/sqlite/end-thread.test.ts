import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import { endThread, exitOf, heardFrom, listenedTo } from '../../../src/adapters/sqlite/end-thread.ts';
import { asked, newId, place } from './builders.ts';

/** Waits without giving way, as one does who loads an addon; then says so, and goes on for ever. */
const SLOW = `
  const { parentPort, workerData } = require('node:worker_threads');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 150);
  Atomics.store(workerData, 0, 1);
  parentPort.postMessage('loaded');
  setInterval(() => {}, 1000);
`;

test('a thread that has just begun is ended once it has spoken, and not before', async () => {
  const loaded = new Int32Array(new SharedArrayBuffer(4));
  await endThread(listenedTo(new Worker(SLOW, { eval: true, workerData: loaded })));
  expect(Atomics.load(loaded, 0)).toBe(1);
});

test('nobody waits for the word of a thread that is gone, or for the end of none', async () => {
  const worker = listenedTo(new Worker('process.exit()', { eval: true }));
  await heardFrom(worker);
  await endThread(worker);
  await exitOf(null);
});

test.each([
  ['range.worker.ts', 'ready'],
  ['search.worker.ts', { type: 'loaded' }],
])('%s speaks unasked, once better-sqlite3 is loaded', async (entry, word) => {
  const at = place();
  const ledger = await at.open();
  await ledger.append(asked(newId()));
  await ledger.close();
  const workerData = { path: at.directory, directory: at.directory, verifier: at.verifier, keyChanges: '', ...at.keys };
  const worker = listenedTo(
    new Worker(new URL(`../../../src/adapters/sqlite/${entry}`, import.meta.url), { workerData }),
  );
  onTestFinished(() => endThread(worker));
  expect(await once(worker, 'message')).toEqual([word]);
});
