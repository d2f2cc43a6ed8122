/** When the index is brought up though nobody searches. */
export interface InQuiet {
  /** So long after the start at the earliest, so that a gateway's start is not slowed. */
  readonly afterMs: number;
  /** Entries of the log that are durable. */
  readonly size: () => number;
}

/** How often is looked whether the thread has something to do. */
const LOOK_MS = 2_000;
/** Entries since the last look up to which a moment is quiet. */
const QUIET = 100;
/** Entries behind which are worth a thread: a search would take a moment to bring them up itself. */
const WORTH = 2_000;
/** So far behind, a search would be kept waiting: then a little is done in busy moments too, one look in so many. */
const FAR_BEHIND = 200_000;
const RARELY = 30;

/**
 * Calls `start` in moments when the index is behind and little is written.
 * @param indexed entries that the thread last said were indexed, and whether it runs now.
 * @returns what ends it.
 */
export function watchForQuiet(
  { afterMs, size }: InQuiet,
  indexed: () => { readonly position: number; readonly running: boolean },
  start: () => void,
): () => void {
  let seen = 0;
  let looks = 0;
  const look = () => {
    const now = size();
    const quiet = now - seen <= QUIET;
    seen = now;
    looks += 1;
    const { position, running } = indexed();
    if (running || now - position < WORTH) return;
    if (quiet || (now - position > FAR_BEHIND && looks % RARELY === 0)) start();
  };
  let looking: NodeJS.Timeout | undefined;
  const later = setTimeout(() => {
    look();
    looking = setInterval(look, LOOK_MS).unref();
  }, afterMs).unref();
  return () => {
    clearTimeout(later);
    clearInterval(looking);
  };
}
