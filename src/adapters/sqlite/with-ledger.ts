import Database from 'better-sqlite3';
import { ledgerPaths } from './files.ts';
import { checkLedgerSchema } from './schema.ts';

/** Reads the ledger's file on a connection of its own that is closed again. Throws what SQLite throws. */
export function withLedger<T>(directory: string, read: (db: Database.Database) => T): T {
  const db = new Database(ledgerPaths(directory).ledger, { readonly: true, fileMustExist: true });
  try {
    checkLedgerSchema(db);
    return read(db);
  } finally {
    db.close();
  }
}
