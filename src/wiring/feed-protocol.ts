import type { FeedStatus } from '../adapters/feed/follow.ts';
import type { FeedTarget } from '../registry/feed-target.ts';

/** What the gateway and the thread of its feed say to each other. */
export interface FeedWorkerData {
  /** Of the ledger. */
  readonly directory: string;
  /** Name of the log. */
  readonly log: string;
  readonly target: FeedTarget;
  /** File with the position. */
  readonly position: string;
  /** Opens details, where the configuration says so; else null: the thread cannot. */
  readonly kek: Uint8Array | null;
}

export type FromFeed =
  | { readonly type: 'status'; readonly status: FeedStatus }
  /** Details of outcomes from index `from` to `to`, both included, are about to be opened. To be answered. */
  | { readonly type: 'reading'; readonly id: number; readonly from: number; readonly to: number };

export type ToFeed =
  /** Index of the reading's entry; null where it could not be recorded. */
  | { readonly type: 'recorded'; readonly id: number; readonly index: number | null }
  | { readonly type: 'reopen' }
  | { readonly type: 'stop' };
