import type { FaultCode } from '../../domain/faults.ts';
import type { Scheme } from '../../domain/identifier.ts';

/** What a SQLite holder and its thread say to each other. */

export interface HolderOptions {
  readonly file: string;
  readonly lookups: Readonly<Partial<Record<Scheme, string>>>;
  /** Columns that every statement must give, each once. */
  readonly columns: readonly string[];
  /** How long a file that its own program is writing to is waited for. */
  readonly busyMs: number;
}

export type Cell = string | number | Uint8Array | null;
export type Row = Readonly<Record<string, Cell>>;

export interface LookupMessage {
  readonly id: number;
  readonly scheme: Scheme;
  readonly value: string;
}

/** `why` names no value of the holder. */
export type FromHolder =
  | { readonly type: 'ready' }
  | { readonly type: 'refused'; readonly problems: readonly string[] }
  | { readonly type: 'rows'; readonly id: number; readonly rows: readonly Row[] }
  | { readonly type: 'fault'; readonly id: number; readonly code: FaultCode; readonly why: string };

/** More rows or more bytes than this are no answer to a look-up; the same bytes that a holder's service may answer. */
export const MAX_ROWS = 5_000;
export const MAX_BYTES = 2 * 1024 * 1024;
