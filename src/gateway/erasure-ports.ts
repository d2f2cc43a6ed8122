import type { ExchangeId } from '../domain/ids.ts';
import type { Agreement } from '../domain/partnership.ts';
import type { Instant } from '../domain/time.ts';
import type { ErasedParts, HoldScope, StoredErasure, StoredHold } from '../ledger/erasure.ts';

/** What deciding on an erasure needs to know of an exchange. It is shown to nobody. */
export interface ErasableExchange {
  readonly exchange: ExchangeId;
  readonly time: Instant;
  /** Of the entry that says so. */
  readonly index: number;
  readonly person: string | null;
  readonly partner: string | null;
  readonly issuer: string;
  readonly subject: string;
  readonly project: string;
  /** Under which it was judged, as its entry recorded it; null where none could be told. */
  readonly agreement: string | null;
  readonly case: string | null;
  readonly holders: readonly string[];
}

/** What can be looked for. Members that are there must all fit. */
export interface ExchangeQuery {
  /** Begun before this. */
  readonly before?: Instant;
  /** Value in canonical form. */
  readonly identifier?: { readonly scheme: string; readonly value: string };
}

/** What erasure and legal hold need; `wiring/erasing.ts` puts it together. All throw `Fault('ledger/unavailable')`. */
export interface ErasingPorts {
  readonly agreements: readonly Agreement[];
  /** The agreement it was recorded under; where none was, that of its project, also of one that has ended. */
  agreementOf(exchange: Pick<ErasableExchange, 'agreement' | 'project'>): string | undefined;
  /** Without those that are not in the log, or are erased as a whole. */
  exchanges(ids: readonly ExchangeId[]): readonly ErasableExchange[];
  /** Oldest first, from the `from`-th entry on; `ended`: nothing fits from `next` on. */
  findExchanges(
    query: ExchangeQuery,
    from: number,
    most: number,
  ): Promise<{ readonly found: readonly ErasableExchange[]; readonly next: number; readonly ended: boolean }>;
  /** Told once it is recorded: what indexes know of these exchanges goes too. */
  forget(exchanges: readonly string[], parts: ErasedParts): Promise<void>;
  /** The newest ones. */
  erasures(): readonly StoredErasure[];
  /** Any one of them. */
  erasure(id: string): StoredErasure | null;
  holds(): readonly StoredHold[];
  /** Keyed name under which a hold is kept: the store then tells nobody which case is meant. */
  holdKey(scope: HoldScope, value: string): string;
  /** Canonical form of an identifier's value; undefined where it has none, or the scheme is unknown. */
  canonical(scheme: string, value: string): string | undefined;
}
