import type {
  Evidence,
  FindRequest,
  IndexStatus,
  Place,
  ScannedEntry,
  ScanRequest,
} from '../../ledger/audit/log-search.ts';
import type { OpenedExchange } from '../../ledger/opened.ts';

export interface SearchOptions {
  /** Where ledger, keys and index are. */
  readonly directory: string;
  /** Key-encryption key, 32 bytes. */
  readonly kek: Uint8Array;
}

/** Which part of an exchange was erased: all of it, or only what was searched for and facts about others. */
export type ForgottenPart = 'all' | 'subject';

/** What the thread is asked. */
export type SearchRequest =
  | ({ readonly type: 'find' } & FindRequest)
  | { readonly type: 'open'; readonly places: readonly Place[]; readonly size: number }
  | { readonly type: 'placeOf'; readonly exchange: string; readonly size: number }
  | { readonly type: 'evidence'; readonly exchange: string; readonly size: number }
  | { readonly type: 'prove'; readonly indices: readonly number[]; readonly size: number }
  | { readonly type: 'boundary'; readonly time: number; readonly size: number }
  | ({ readonly type: 'scan' } & ScanRequest)
  | { readonly type: 'forget'; readonly exchanges: readonly string[]; readonly part: ForgottenPart }
  | { readonly type: 'rebuild' }
  | { readonly type: 'catchUp' }
  | { readonly type: 'status' };

export type SearchAnswer =
  | { readonly type: 'places'; readonly places: readonly Place[] }
  | { readonly type: 'opened'; readonly opened: readonly (OpenedExchange | null)[] }
  | { readonly type: 'place'; readonly place: Place | null }
  | { readonly type: 'proven'; readonly evidence: Evidence }
  | { readonly type: 'index'; readonly index: number }
  | { readonly type: 'scanned'; readonly entries: readonly ScannedEntry[] }
  | { readonly type: 'status'; readonly status: IndexStatus };

export interface ToSearch {
  readonly id: number;
  readonly request: SearchRequest;
}

export type FromSearch =
  /** First of all: better-sqlite3 is loaded. */
  | { readonly type: 'loaded' }
  | { readonly type: 'progress'; readonly status: IndexStatus }
  /** Nothing was asked for a while. `position`: entries indexed; null where that cannot be told. */
  | { readonly type: 'resting'; readonly position: number | null }
  | { readonly type: 'answer'; readonly id: number; readonly answer: SearchAnswer }
  | { readonly type: 'failed'; readonly id: number; readonly why: string };
