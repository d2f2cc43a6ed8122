import type { DraftMessage } from './protocol.ts';

/** One batch that is being written, and one for the writer to begin with right after it. */
const MOST_UNANSWERED = 2;

/** Drafts on their way to the writer. */
export interface Outbox {
  /** All drafts of one turn of the event loop travel together. */
  add(draft: DraftMessage): void;
  /** Hands over what waits, now. */
  flush(): void;
  /** A batch is of whole messages: all up to the last of its drafts are answered for. */
  answered(ids: readonly number[]): void;
  /** Whether the writer has something that it has not answered for. */
  readonly waits: boolean;
  /** Nothing of it will be written or answered for any more. */
  discard(): void;
  /** Forgets what was not handed over yet. */
  drop(): void;
}

/**
 * While the writer has one batch at work and the next at hand, more is kept here: it could not be begun sooner, and a
 * commit costs much the same for one entry as for many.
 * @param send hands a message to the writer.
 */
export function createOutbox(send: (drafts: readonly DraftMessage[]) => void): Outbox {
  let waiting: DraftMessage[] = [];
  /** The last draft of each message. */
  let unanswered: number[] = [];
  const flush = () => {
    const last = waiting.at(-1);
    if (last === undefined) return;
    const drafts = waiting;
    waiting = [];
    unanswered.push(last.id);
    send(drafts);
  };
  const flushIfWanted = () => {
    if (unanswered.length < MOST_UNANSWERED) flush();
  };
  return {
    add(draft) {
      if (waiting.push(draft) === 1) setImmediate(flushIfWanted);
    },
    flush,
    answered(ids) {
      const last = Math.max(-1, ...ids);
      unanswered = unanswered.filter((id) => id > last);
      flushIfWanted();
    },
    get waits() {
      return unanswered.length > 0;
    },
    discard() {
      waiting = [];
      unanswered = [];
    },
    drop() {
      waiting = [];
    },
  };
}
