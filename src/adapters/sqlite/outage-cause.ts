import { Fault } from '../../domain/faults.ts';

/** Why a ledger cannot be written, for operators. Closed list; callers hear `ledger/unavailable` whatever it is. */
export const OUTAGE_CODES = [
  /** A file was moved, removed, replaced or emptied. */
  'ledger/moved',
  /** No room: disk or quota. */
  'ledger/full',
  /** The system could not read, write or sync. */
  'ledger/io',
  /** The file may not be written. */
  'ledger/read-only',
  /** Damaged, or in contradiction with itself. */
  'ledger/corrupt',
  /** Another process holds a lock. */
  'ledger/locked',
  /** Another log, an older copy of this one, or one that somebody else has written to. */
  'ledger/foreign',
  /** No answer from the disk in time. */
  'ledger/hung',
  /** The writer ended, or something that nobody foresaw. */
  'ledger/failed',
] as const;
export type OutageCode = (typeof OUTAGE_CODES)[number];

/** Thrown where the store itself finds that it must not go on. */
export class StoreError extends Error {
  readonly outage: OutageCode;
  constructor(outage: OutageCode, message: string) {
    super(message);
    this.outage = outage;
  }
}

/** SQLite's result codes by their beginning (https://www.sqlite.org/rescode.html); the first that fits. */
const BY_RESULT: readonly (readonly [string, OutageCode])[] = [
  ['SQLITE_READONLY_DBMOVED', 'ledger/moved'],
  ['SQLITE_CANTOPEN', 'ledger/moved'],
  ['SQLITE_FULL', 'ledger/full'],
  ['SQLITE_IOERR', 'ledger/io'],
  ['SQLITE_READONLY', 'ledger/read-only'],
  ['SQLITE_PERM', 'ledger/read-only'],
  ['SQLITE_CORRUPT', 'ledger/corrupt'],
  ['SQLITE_NOTADB', 'ledger/corrupt'],
  ['SQLITE_BUSY', 'ledger/locked'],
  ['SQLITE_LOCKED', 'ledger/locked'],
];

/** The code of anything thrown while the ledger was opened or written. */
export function outageCode(thrown: unknown): OutageCode {
  if (thrown instanceof StoreError) return thrown.outage;
  if (thrown instanceof Fault) return outageCode(thrown.cause);
  const result = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  return BY_RESULT.find(([beginning]) => result.startsWith(beginning))?.[1] ?? 'ledger/failed';
}

/** `code: what happened`. Names files and SQLite codes, never what was to be written. */
export function outageReason(thrown: unknown): string {
  const what = thrown instanceof Error ? thrown.message : String(thrown);
  const result =
    thrown instanceof Error && 'code' in thrown && !(thrown instanceof Fault) ? `${String(thrown.code)}: ` : '';
  return `${outageCode(thrown)}: ${result}${what}`;
}
