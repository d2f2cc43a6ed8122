import { parentPort, workerData } from 'node:worker_threads';
import { logKeys } from '../../ledger/log-keys.ts';
import { rangesHere } from '../../ledger/verify-quick.ts';
import type { FromRanges, RangeOptions, ToRanges } from './range-protocol.ts';
import { openReader } from './reader.ts';

/** Entry of a thread that checks ranges of a ledger, on a connection of its own. */

const port = parentPort;
if (port === null) throw new Error('range.worker.ts runs as a worker thread only');
const { path, verifier, keyChanges }: RangeOptions = workerData;
const { blocks } = openReader(path).source();
const keys = logKeys(verifier, keyChanges);
const checks = blocks === undefined || keys === undefined ? null : rangesHere(blocks, keys);

const ready: FromRanges = 'ready';
port.postMessage(ready);

port.on('message', async ({ id, range, receipt }: ToRanges) => {
  const checked = (await checks?.check(range, receipt)) ?? null;
  const answer: FromRanges = { id, checked };
  port.postMessage(answer, checked === null ? [] : [checked.turns.buffer, checked.exchanges.buffer]);
});
