import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { SearchBackend } from './search-backend.ts';
import type { FromSearch, SearchOptions, ToSearch } from './search-protocol.ts';

/** Entry of the thread that searches the log and keeps its index. */

const port = parentPort;
if (port === null) throw new Error('search.worker.ts runs as a worker thread only');
const options: SearchOptions = workerData;
const say = (message: FromSearch) => port.postMessage(message);

/** How often is looked whether there is something to index. */
const LOOK_MS = 2_000;
/** Entries since the last look up to which a moment is quiet. */
const QUIET = 100;
/** So far behind, a search would be kept waiting: then a little is done in busy moments too. */
const FAR_BEHIND = 200_000;
/** After so many looks without a request the files are let go, and the thread may end. */
const IDLE_LOOKS = 5;

// The thread must not be ended while this is under way, which would otherwise be whenever the log is first looked at.
new Database(':memory:').close();
say({ type: 'loaded' });

const backend = new SearchBackend(options, (status) => say({ type: 'progress', status }));
let seen = 0;
let idle = 0;
let working = false;

port.on('message', ({ id, request }: ToSearch) => {
  idle = 0;
  try {
    say({ type: 'answer', id, answer: backend.answer(request) });
  } catch (error) {
    backend.rest();
    say({ type: 'failed', id, why: error instanceof Error ? error.message : String(error) });
  }
});

/** One batch after the other, requests in between, for as long as it is quiet. */
function work(more: () => boolean): void {
  working = backend.ledgerSize() - seen <= QUIET && more();
  if (working) setImmediate(() => attempt(() => work(more)));
}

function look(): void {
  const size = backend.ledgerSize();
  const quiet = size - seen <= QUIET;
  seen = size;
  if (working) return;
  if (quiet) work(() => backend.step());
  else if (isFarBehind(size)) backend.step();
}

function isFarBehind(size: number): boolean {
  const indexed = position();
  return indexed !== null && size - indexed > FAR_BEHIND;
}

/** What fails in a quiet moment is said to whoever searches next. */
function attempt(task: () => void): void {
  try {
    task();
  } catch {
    working = false;
    backend.rest();
  }
}

/** Null where it cannot be told. */
function position(): number | null {
  try {
    const answer = backend.answer({ type: 'status' });
    return answer.type === 'status' ? answer.status.position : null;
  } catch {
    return null;
  }
}

setInterval(() => {
  idle += 1;
  attempt(look);
  if (idle < IDLE_LOOKS || working) return;
  say({ type: 'resting', position: position() });
  backend.rest();
}, LOOK_MS);
