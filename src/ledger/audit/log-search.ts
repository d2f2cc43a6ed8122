import type { JsonObject } from '../../domain/json.ts';
import type { Instant } from '../../domain/time.ts';
import type { OpenedExchange } from '../opened.ts';
import type { Term } from './terms.ts';

/** An exchange in the log is known by its place: the index of its first entry. */
export type Place = number;

export interface FindRequest {
  /** All of them. */
  readonly terms: readonly Term[];
  /** At least one of these, each of whose terms must all be there; null: whatever there is. */
  readonly scopes: readonly (readonly Term[])[] | null;
  /** Time of the first entry: from inclusive, until exclusive. */
  readonly from?: Instant;
  readonly until?: Instant;
  /** The tree searched: nothing that was written later is seen. */
  readonly size: number;
  /** Only places before this one: where the last page ended. */
  readonly before?: Place;
  readonly limit: number;
}

/** One entry with its inclusion proof. */
export interface ProvenEntry {
  readonly index: number;
  readonly kind: string;
  readonly time: string;
  /** The leaf, canonical JSON text. */
  readonly entry: string;
  /** Base64, leaf to root. */
  readonly proof: readonly string[];
}

/** Entries proved in one signed tree. */
export interface Evidence {
  /** Signed note. */
  readonly checkpoint: string;
  readonly size: number;
  readonly entries: readonly ProvenEntry[];
}

/** An entry as a report meets it. */
export type ScannedEntry = {
  readonly index: number;
  readonly kind: string;
  readonly time: Instant;
  readonly exchange: string;
} & (
  | { readonly opens: 'exchange'; readonly opened: OpenedExchange | null }
  | { readonly opens: 'reading'; readonly details: JsonObject | null }
  /** Later entries of an exchange, and those that no report opens. `closed`: of an intent, whether it has its outcome. */
  | { readonly opens: 'nothing'; readonly closed: boolean | null }
);

export interface ScanRequest {
  /** Indices: first inclusive, end exclusive. */
  readonly first: number;
  readonly end: number;
  /** The tree in which is looked for outcomes. */
  readonly size: number;
  /** Whether exchanges or readings are opened. */
  readonly open: 'exchanges' | 'readings' | 'nothing';
}

/** How far the index has come. */
export interface IndexStatus {
  /** Entries indexed, of so many. */
  readonly position: number;
  readonly size: number;
  /** Entries that could not be indexed, being of an unknown form. */
  readonly skipped: number;
}

/**
 * The log as auditors search it. Every method reads what was sealed or says that something is there: whoever calls has
 * made a `reading` entry durable before. Throws `Fault('ledger/unavailable')` where log or index cannot be read.
 */
export interface LogSearch {
  /** Newest first. Brings the index up to `size` before. */
  find(request: FindRequest): Promise<readonly Place[]>;
  /** The exchanges at these places as of the tree of `size`; null where erased or of an unknown form. */
  open(places: readonly Place[], size: number): Promise<readonly (OpenedExchange | null)[]>;
  /** Place of an exchange in the tree of `size`; null where there is none. */
  placeOf(exchange: string, size: number): Promise<Place | null>;
  /** Entries of an exchange in the tree of `size`, proved in a signed tree at least as large. */
  evidence(exchange: string, size: number): Promise<Evidence>;
  /** Single entries, proved alike. */
  prove(indices: readonly number[], size: number): Promise<Evidence>;
  /** Index of the first entry at or after a time, in the tree of `size`; `size` where there is none. */
  boundary(time: Instant, size: number): Promise<number>;
  /** Entries in portions; the next portion begins after the last entry given. */
  scan(request: ScanRequest): Promise<readonly ScannedEntry[]>;
}
