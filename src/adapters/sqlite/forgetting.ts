import type { Database } from 'better-sqlite3';

/**
 * Removes what an index knows of these exchanges, inside a transaction on the ledger's file. May be asked more than once
 * for the same ones.
 */
export type ForgetExchanges = (db: Database, exchanges: readonly string[]) => void;

/** Every index beside the tree that erasure must clear. */
export const FORGETTERS: readonly ForgetExchanges[] = [];
