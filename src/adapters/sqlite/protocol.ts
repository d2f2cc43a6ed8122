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

/**
 * A draft on its way: a list of plain values is copied in a fraction of the time of nested objects. In this order: id,
 * kind, exchange, accountability, subject, answer, asker, outcome, legs, key, request, whether there is a standing,
 * reservations and change as JSON or null.
 */
export type PackedDraft = readonly [
  number,
  EntryKind,
  string,
  string,
  string | null,
  Digest | null,
  string | null,
  string | null,
  string,
  string | null,
  string | null,
  boolean,
  string | null,
  string | null,
];

/** In this order: id, index, entry, proof, salt, datasets whose budget is spent, divided by blanks. */
export type PackedWritten = readonly [number, number, string, string, string, string];

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
  | { readonly type: 'append'; readonly drafts: readonly PackedDraft[] }
  /** No other connection of this process is open: the file may be closed and opened again. */
  | { readonly type: 'released' }
  | { readonly type: 'retry' }
  /** These were turned away because the batch that held them took too long. What of them is written all the same must be closed. */
  | { readonly type: 'given-up'; readonly outage: Outage; readonly exchanges: readonly string[] }
  | { readonly type: 'close' };

export type FromWriter =
  | { readonly type: 'ready'; readonly head: Head | null }
  | { readonly type: 'failed'; readonly code: FaultCode; readonly reason: string }
  | {
      readonly type: 'appended';
      readonly written: readonly PackedWritten[];
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
