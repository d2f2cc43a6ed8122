import type { KeyObject } from 'node:crypto';
import type { ExchangeId } from '../../domain/ids.ts';
import type { Instant } from '../../domain/time.ts';
import type { Ledger } from '../../ledger/entry.ts';
import type { LiveState } from './live-state.ts';
import type { FoundExchange } from './standing.ts';

export interface LedgerOptions {
  /** Where the files are; must exist. */
  readonly directory: string;
  /** Name of the log in its checkpoints: no spaces, no plus. */
  readonly origin: string;
  /** Ed25519 private key. */
  readonly signingKey: KeyObject;
  /** Key-encryption key, 32 bytes. */
  readonly kek: Uint8Array;
  /** Name of this node, noted beside its open exchanges. */
  readonly node: string;
  /** How long a batch may take before all is turned away as if the ledger were down, in ms; default 5 000. */
  readonly hungAfterMs?: number;
  /** Added to the machine's clock; default 0. */
  readonly clockOffsetMs?: number;
}

export type LedgerStatus =
  | { readonly state: 'ready' }
  /** `reason`: an outage code, a colon, what happened. */
  | { readonly state: 'down'; readonly since: Instant; readonly reason: string };

export interface SqliteLedger extends Ledger {
  /** C2SP verifier key: what others check this log with. */
  readonly key: string;
  status(): LedgerStatus;
  /** Entries that are durable and signed, as the writer last said. */
  size(): number;
  /** Null where there is none. @throws Fault('ledger/unavailable') while the ledger is down. */
  findExchange(id: ExchangeId): FoundExchange | null;
  findByIdempotency(asker: string, key: string): FoundExchange | null;
  /** What persons have accepted and holders have paused, as durable now. */
  liveState(): LiveState;
  /** Writes what is queued, then lets go of the files. */
  close(): Promise<void>;
}
