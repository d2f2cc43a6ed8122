import type { Scheme } from './identifier.ts';
import type { Operation } from './operation.ts';

/** Path into a holder's record: keys joined by `.`; `[]` after a key walks an array: `owners[].name`. */
export type SourcePath = string;
/** Canonical field, in the same notation; what rulebook pages name. */
export type FieldPath = string;

export const FIELD_TYPES = ['text', 'number', 'boolean', 'date'] as const;
export type FieldType = (typeof FIELD_TYPES)[number];

/** Orders of day, month and year seen in holders' files. */
export const DATE_ORDERS = ['ymd', 'dmy', 'mdy'] as const;
export type DateOrder = (typeof DATE_ORDERS)[number];

export interface FieldSpec {
  readonly from: SourcePath;
  readonly type: FieldType;
  /** Of `date` fields; default `ymd`. */
  readonly order?: DateOrder;
}

export interface CsvConnector {
  readonly kind: 'csv';
  /** Absolute path. */
  readonly file: string;
  readonly delimiter: string;
}

export interface HttpConnector {
  readonly kind: 'http';
  /** Origin and base path; the only host this connector ever speaks to. */
  readonly baseUrl: string;
  /** Per scheme, the path under `baseUrl`; `{value}` is replaced by the percent-encoded identifier. */
  readonly lookups: Readonly<Partial<Record<Scheme, string>>>;
  /** Where the array of records (or the one record) stands in the answer; empty: the answer itself. */
  readonly records: SourcePath;
  /** Name of the environment variable with the bearer token for this holder, if it wants one. */
  readonly tokenEnv?: string;
  /** Kind of address that the host is reached at; default `any`. */
  readonly family?: AddressFamily;
  /** The host's name may stand for an address of a private network (RFC 1918, RFC 4193, RFC 6598); default false. */
  readonly privateAddress?: boolean;
  /** Milliseconds, each at most the dataset's `timeoutMs`, which bounds them together and is their default. */
  readonly timeouts?: { readonly connectMs?: number; readonly headMs?: number; readonly bodyMs?: number };
}

export const ADDRESS_FAMILIES = [4, 6, 'any'] as const;
export type AddressFamily = (typeof ADDRESS_FAMILIES)[number];

/** A file of the holder's own program, opened for reading alone. */
export interface SqliteConnector {
  readonly kind: 'sqlite';
  /** Absolute path. */
  readonly file: string;
  /** Per scheme, one SELECT with one `?`, which stands for the identifier in canonical form. */
  readonly lookups: Readonly<Partial<Record<Scheme, string>>>;
}

export type Connector = CsvConnector | HttpConnector | SqliteConnector;

/** Records of one holder in one shape. */
export interface Dataset {
  readonly id: string;
  readonly title: string;
  readonly holder: string;
  readonly connector: Connector;
  /** Which columns hold identifiers. Several schemes can name one object. */
  readonly identifiers: Readonly<Partial<Record<Scheme, SourcePath>>>;
  readonly fields: Readonly<Record<FieldPath, FieldSpec>>;
  /** The holder's own filter: a record whose source value is in the list is treated as not there. */
  readonly except: Readonly<Record<SourcePath, readonly string[]>>;
  /** Look-ups of the holder's own interface that `/proxy` takes; none are declared: it takes none. */
  readonly operations?: readonly Operation[];
  /** An answer `none` never comes sooner than this many milliseconds after the question was permitted. */
  readonly timeFloorMs: number;
  /** A holder that takes longer is a fault. */
  readonly timeoutMs: number;
}

/** A value as the gateway understands it: dates are `YYYY-MM-DD` text, absent values null. */
export type Scalar = string | number | boolean | null;
/** Canonical record: only declared fields, nested as their paths say. */
export type CanonicalValue = Scalar | CanonicalRecord | readonly CanonicalValue[];
export type CanonicalRecord = { readonly [key: string]: CanonicalValue };
