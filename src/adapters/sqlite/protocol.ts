import type { KeyObject } from 'node:crypto';
import type { FaultCode } from '../../domain/faults.ts';
import type { Digest } from '../../domain/versions.ts';
import type { EntryKind, Reservation, StateChange } from '../../ledger/entry.ts';

/** What the ledger and its writer thread say to each other. Details travel as JSON text: cheaper than cloning objects. */

export interface WriterOptions {
  readonly directory: string;
  /** Name of the log, of its checkpoints and of the key that signs them. */
  readonly origin: string;
  readonly signingKey: KeyObject;
  readonly kek: Uint8Array;
  /** Name of this node, written beside each open exchange. */
  readonly node: string;
  /** Added to the machine's clock. */
  readonly clockOffsetMs: number;
  /** Set when a writer thread died and this one takes its place. */
  readonly resume: Resume | null;
}

export interface Resume {
  readonly outage: Outage;
  /** The last checkpoint that was acknowledged: the file must still hold it. */
  readonly acknowledged: Head | null;
}

export interface Outage {
  readonly from: number;
  readonly turnedAway: number;
}

export interface Head {
  readonly size: number;
  readonly note: string;
}

export interface StandingMessage {
  readonly asker: string | null;
  readonly outcome: string | null;
  /** JSON. */
  readonly legs: string;
  readonly key: string | null;
  readonly request: string | null;
}

export interface DraftMessage {
  readonly id: number;
  readonly kind: EntryKind;
  readonly exchange: string;
  /** JSON. */
  readonly accountability: string;
  readonly subject: string | null;
  readonly answer: Digest | null;
  readonly standing: StandingMessage | null;
  readonly reservations: readonly Reservation[];
  readonly change: StateChange | null;
}

export interface WrittenMessage {
  readonly id: number;
  readonly index: number;
  readonly entry: string;
  /** Base64 hashes of 44 characters each, one after the other. */
  readonly proof: string;
  readonly salt: string;
  readonly spent: readonly string[];
}

/** A draft that cannot be written while others can. */
export interface RefusedMessage {
  readonly id: number;
  readonly reason: string;
}

export type ToWriter =
  | { readonly type: 'append'; readonly drafts: readonly DraftMessage[] }
  /** No other connection of this process is open: the file may be closed and opened again. */
  | { readonly type: 'released' }
  | { readonly type: 'retry' }
  | { readonly type: 'close' };

export type FromWriter =
  | { readonly type: 'ready'; readonly head: Head | null }
  | { readonly type: 'failed'; readonly code: FaultCode; readonly reason: string }
  | {
      readonly type: 'appended';
      readonly written: readonly WrittenMessage[];
      readonly refused: readonly RefusedMessage[];
      readonly head: Head | null;
    }
  | { readonly type: 'rejected'; readonly ids: readonly number[]; readonly code: FaultCode; readonly reason: string }
  /** To be answered with `released`. */
  | { readonly type: 'down'; readonly since: number; readonly reason: string }
  /** A retry failed. */
  | { readonly type: 'still-down'; readonly reason: string }
  | { readonly type: 'up' }
  | { readonly type: 'closed' };
