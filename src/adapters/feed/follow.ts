import type { PositionStore } from './position.ts';
import type { Sink } from './sink.ts';

/** A piece of the log as the feed sends it. */
export interface Stretch {
  /** Entries in the log. */
  readonly size: number;
  /** Index after the last entry of this piece. */
  readonly next: number;
  /** Lines; empty where none of the entries makes an event. */
  readonly lines: string;
}

export interface FeedStatus {
  /** Index of the next entry to be sent. */
  readonly next: number;
  readonly size: number;
  /** What stands in the way; null if nothing does. */
  readonly problem: string | null;
}

export interface Following {
  /** Durable entries from `from` on; at most as many as fit into memory with ease. */
  read(from: number): Promise<Stretch>;
  readonly sink: Sink;
  readonly position: PositionStore;
  report(status: FeedStatus): void;
  /** Resolves after so many milliseconds, or at once when the feed is stopped. */
  wait(ms: number): Promise<void>;
  /** Whether the feed shall end. */
  stopped(): boolean;
}

export const LOOK_EVERY_MS = 500;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 10_000;

/**
 * Sends the log as it grows, each entry at least once and in order. Nothing is held in memory but one stretch: a slow
 * receiver makes the feed lag, and it reads on from the ledger when it can. Returns when stopped.
 */
export async function follow(feed: Following): Promise<void> {
  const { sink, position } = feed;
  let [next, size, stored] = [0, 0, -1];
  let retry = FIRST_RETRY_MS;
  const remember = (settled: number | null) => {
    if (settled === null || settled <= stored) return;
    position.write(settled);
    stored = settled;
  };
  while (!feed.stopped()) {
    try {
      if (stored < 0) stored = next = await begin(feed);
      const stretch = await feed.read(next);
      size = stretch.size;
      // A crash here: the lines were perhaps sent, and will be again.
      if (stretch.lines !== '') await sink.send(stretch.lines, stretch.next);
      next = stretch.next;
      remember(sink.settled());
      feed.report({ next, size, problem: null });
      retry = FIRST_RETRY_MS;
      // Also while there is more: whoever wants the feed to stop must be heard.
      await feed.wait(next >= size ? LOOK_EVERY_MS : 0);
    } catch (error) {
      // What was sent since the stored position may be lost.
      if (stored >= 0) next = stored;
      feed.report({ next, size, problem: error instanceof Error ? error.message : String(error) });
      await feed.wait(retry);
      retry = Math.min(retry * 2, LONGEST_RETRY_MS);
    }
  }
  sink.close();
}

/**
 * Where to begin: where the last feed ended; for the first one ever, the end of the log as it is now, for what is there
 * already can be exported. A log that is shorter than that is an older copy put back: then at its end.
 */
async function begin({ read, position }: Following): Promise<number> {
  const known = position.read();
  const { size } = await read(Number.MAX_SAFE_INTEGER);
  const next = known === null ? size : Math.min(known, size);
  if (next !== known) position.write(next);
  return next;
}
