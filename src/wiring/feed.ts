import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { FeedStatus } from '../adapters/feed/follow.ts';
import type { ExchangeId } from '../domain/ids.ts';
import { USE_SOURCE } from '../ledger/audit/permitted-use.ts';
import type { Ledger } from '../ledger/entry.ts';
import type { FeedTarget } from '../registry/feed-target.ts';
import type { FeedWorkerData, FromFeed, ToFeed } from './feed-protocol.ts';

export interface FeedOptions {
  readonly target: FeedTarget;
  readonly details: boolean;
  /** Of the ledger; the feed keeps its position there too. */
  readonly directory: string;
  /** Name of the log. */
  readonly log: string;
  readonly kek: Uint8Array;
  readonly ledger: Ledger;
  newId(): ExchangeId;
}

export interface Feed {
  status(): FeedStatus;
  stop(): Promise<void>;
}

const POSITION_FILE = 'feed-position.json';
const RESTART_MS = 3_000;
const STOP_MS = 2_000;

/**
 * Sends the log to a SIEM from a thread of its own: exchanges neither wait for it nor know of it. Faults show in
 * `status`, and it goes on by itself once it can.
 */
export function startFeed(options: FeedOptions): Feed {
  let status: FeedStatus = { next: 0, size: 0, problem: 'starting' };
  let worker: Worker | null = null;
  let restart: NodeJS.Timeout | undefined;
  let stopping = false;

  const post = (message: ToFeed) => worker?.postMessage(message);
  const start = () => {
    const { directory, log, target, details, kek } = options;
    const data: FeedWorkerData = {
      ...{ directory, log, target },
      position: join(directory, POSITION_FILE),
      kek: details ? kek : null,
    };
    const fresh = new Worker(new URL('./feed.worker.ts', import.meta.url), { workerData: data, name: 'feed' });
    worker = fresh;
    fresh.unref();
    fresh.on('message', (message: FromFeed) => {
      if (message.type === 'status') status = message.status;
      else void record(options, message).then((index) => post({ type: 'recorded', id: message.id, index }));
    });
    fresh.on('error', (error: Error) => {
      status = { ...status, problem: error.message };
    });
    fresh.on('exit', () => {
      if (worker === fresh) worker = null;
      if (!stopping) restart = setTimeout(start, RESTART_MS).unref();
    });
  };
  // Those who rotate files are used to send this signal, and unheard it would end the gateway.
  const reopen = () => post({ type: 'reopen' });
  process.on('SIGHUP', reopen);
  start();

  return {
    status: () => status,
    async stop() {
      stopping = true;
      clearTimeout(restart);
      process.off('SIGHUP', reopen);
      const running = worker;
      if (running === null) return;
      const ended = new Promise<void>((resolve) => running.once('exit', () => resolve()));
      post({ type: 'stop' });
      // A receiver that takes nothing must not hold up the stop: the position is stored, and the next start goes on.
      const cut = setTimeout(() => void running.terminate(), STOP_MS);
      await ended;
      clearTimeout(cut);
    },
  };
}

/** @returns null where the ledger did not take it; the feed then tries again. */
async function record(
  { ledger, newId, target }: FeedOptions,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<number | null> {
  try {
    const appended = await ledger.append({
      kind: 'reading',
      exchange: newId(),
      accountability: {
        who: 'gateway',
        query: { outcomes: { from, to }, to: target.kind === 'tcp' ? `${target.host}:${target.port}` : target.path },
        use: 'security',
        reason: `live feed, as configured (${USE_SOURCE})`,
        source: 'feed',
      },
      subject: null,
    });
    return appended.index;
  } catch {
    return null;
  }
}
