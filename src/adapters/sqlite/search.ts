import { Worker } from 'node:worker_threads';
import { Fault } from '../../domain/faults.ts';
import type { IndexStatus, LogSearch } from '../../ledger/audit/log-search.ts';
import { endThread, listenedTo } from './end-thread.ts';
import type { ForgottenPart, FromSearch, SearchAnswer, SearchOptions, SearchRequest } from './search-protocol.ts';
import { type InQuiet, watchForQuiet } from './search-rest.ts';

/** The search of a ledger, and what those who operate and erase need of its index. */
export interface SqliteSearch extends LogSearch {
  /** Takes exchanges out of the index, as their keys are destroyed. Harmless when repeated. */
  forgetExchange(exchanges: readonly string[], part: ForgottenPart): Promise<void>;
  /** Makes the index anew out of ledger and keys. */
  rebuild(): Promise<IndexStatus>;
  catchUp(): Promise<IndexStatus>;
  status(): Promise<IndexStatus>;
  close(): Promise<void>;
}

interface Waiting {
  resolve(answer: SearchAnswer): void;
  reject(fault: Fault): void;
}

/**
 * What the thread may hold, in MB. It works through batches, so its young generation need not be the size of a busy gateway's; and
 * where it runs out of memory, the thread ends and not the gateway.
 */
const LIMITS = { maxYoungGenerationSizeMb: 12, maxOldGenerationSizeMb: 512 };

/**
 * Starts the thread when somebody searches, or when there is enough to index, and ends it when it has rested for a while.
 * @param onProgress told while somebody waits for the index.
 */
export function openSearch(
  options: SearchOptions,
  onProgress: (status: IndexStatus) => void = () => undefined,
  inQuiet?: InQuiet,
): SqliteSearch {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | null = null;
  let ids = 0;
  let closed = false;
  let position = 0;

  const lost = (why: string) => {
    worker = null;
    for (const { reject } of waiting.values()) reject(new Fault('ledger/unavailable', why));
    waiting.clear();
  };
  const running = (): Worker => {
    if (worker !== null) return worker;
    const entry = new URL('./search.worker.ts', import.meta.url);
    const started = listenedTo(new Worker(entry, { workerData: options, name: 'search', resourceLimits: LIMITS }));
    started.unref();
    started.on('message', (message: FromSearch) => {
      if (message.type === 'loaded') return;
      if (message.type === 'progress') return onProgress(message.status);
      if (message.type === 'resting') return rested(started, message.position);
      const settled = waiting.get(message.id);
      waiting.delete(message.id);
      if (waiting.size === 0) started.unref();
      if (message.type === 'answer') settled?.resolve(message.answer);
      else settled?.reject(new Fault('ledger/unavailable', `the log cannot be searched: ${message.why}`));
    });
    started.on('error', (error: Error) => worker === started && lost(error.message));
    started.on('exit', () => worker === started && lost('the search ended'));
    worker = started;
    return started;
  };
  /** It is ended from here, where it is known whether somebody has asked meanwhile. */
  const rested = (thread: Worker, indexed: number | null) => {
    if (waiting.size > 0 || worker !== thread) return;
    position = indexed ?? inQuiet?.size() ?? 0;
    worker = null;
    void thread.terminate();
  };
  const unwatch =
    inQuiet === undefined
      ? () => undefined
      : watchForQuiet(inQuiet, () => ({ position, running: worker !== null }), running);

  const ask = <T extends SearchAnswer['type']>(request: SearchRequest, type: T) =>
    new Promise<SearchAnswer>((resolve, reject) => {
      if (closed) return reject(new Fault('ledger/unavailable', 'the search was closed'));
      const id = ids++;
      const thread = running();
      waiting.set(id, { resolve, reject });
      // Somebody waits: the process must not end before the answer.
      thread.ref();
      thread.postMessage({ id, request });
    }).then((answer) => {
      if (isOf(answer, type)) return answer;
      throw new Error(`the search answered with ${answer.type}`);
    });

  const statusOf = async (request: SearchRequest) => (await ask(request, 'status')).status;
  return {
    find: async (request) => (await ask({ type: 'find', ...request }, 'places')).places,
    open: async (places, size) => (await ask({ type: 'open', places, size }, 'opened')).opened,
    placeOf: async (exchange, size) => (await ask({ type: 'placeOf', exchange, size }, 'place')).place,
    evidence: async (exchange, size) => (await ask({ type: 'evidence', exchange, size }, 'proven')).evidence,
    prove: async (indices, size) => (await ask({ type: 'prove', indices, size }, 'proven')).evidence,
    boundary: async (time, size) => (await ask({ type: 'boundary', time, size }, 'index')).index,
    scan: async (request) => (await ask({ type: 'scan', ...request }, 'scanned')).entries,
    forgetExchange: async (exchanges, part) => void (await statusOf({ type: 'forget', exchanges, part })),
    rebuild: () => statusOf({ type: 'rebuild' }),
    catchUp: () => statusOf({ type: 'catchUp' }),
    status: () => statusOf({ type: 'status' }),
    async close() {
      closed = true;
      unwatch();
      const ending = worker;
      lost('the search was closed');
      if (ending !== null) await endThread(ending);
    },
  };
}

function isOf<T extends SearchAnswer['type']>(
  answer: SearchAnswer,
  type: T,
): answer is Extract<SearchAnswer, { readonly type: T }> {
  return answer.type === type;
}
