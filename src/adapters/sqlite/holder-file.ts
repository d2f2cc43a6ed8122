import Database, { type Statement } from 'better-sqlite3';
import type { FaultCode } from '../../domain/faults.ts';
import { isScheme, type Scheme } from '../../domain/identifier.ts';
import { changedFile, type FileIdentities, identify } from './files.ts';
import type { HolderOptions, Row } from './holder-protocol.ts';
import { prepareLookup, runLookup, TooMuch } from './lookup-statement.ts';

interface Open {
  readonly db: Database.Database;
  readonly identity: FileIdentities;
  readonly statements: ReadonlyMap<Scheme, Statement<[string]>>;
}

/** One holder's file: opened for reading alone, and anew when another file stands in its place. */
export class HolderFile {
  readonly #options: HolderOptions;
  #open: Open | null = null;

  constructor(options: HolderOptions) {
    this.#options = options;
  }

  /** @returns what is wrong, for operators; empty where look-ups can be made. */
  open(): readonly string[] {
    const { file, lookups, columns, busyMs } = this.#options;
    // Noted before the file is opened: if another takes its place in between, the next look-up sees that it did.
    const identity = identify([file]);
    let db: Database.Database;
    try {
      db = new Database(file, { readonly: true, fileMustExist: true, timeout: busyMs });
    } catch (error) {
      return [`the file ${file} cannot be opened (${codeOf(error)})`];
    }
    try {
      // What stands in the file is not ours: its views and triggers may call no function with effects.
      db.pragma('query_only = ON');
      db.pragma('trusted_schema = OFF');
      db.pragma('mmap_size = 0');
      db.pragma('schema_version');
    } catch (error) {
      db.close();
      return [`the file ${file} is not a SQLite file that can be read (${codeOf(error)})`];
    }
    const statements = new Map<Scheme, Statement<[string]>>();
    const problems: string[] = [];
    for (const [scheme, sql] of Object.entries(lookups)) {
      if (sql === undefined || !isScheme(scheme)) continue;
      const prepared = prepareLookup(db, sql, columns);
      if ('statement' in prepared) statements.set(scheme, prepared.statement);
      else problems.push(...prepared.problems.map((problem) => `lookups.${scheme}: ${problem}`));
    }
    if (problems.length > 0) {
      db.close();
      return problems;
    }
    this.#open = { db, identity, statements };
    return [];
  }

  /** Rows of a look-up, or the fault it ends in. A fault closes the file, so that the next look-up begins afresh. */
  rows(
    scheme: Scheme,
    value: string,
  ): { readonly rows: readonly Row[] } | { readonly code: FaultCode; readonly why: string } {
    if (this.#open !== null && changedFile(this.#open.identity) !== null) this.close();
    if (this.#open === null) {
      const [problem] = this.open();
      if (problem !== undefined) return { code: 'holder/unavailable', why: problem };
    }
    const statement = this.#open?.statements.get(scheme);
    if (statement === undefined) return { code: 'holder/unavailable', why: `no look-up by ${scheme}` };
    try {
      return { rows: runLookup(statement, value) };
    } catch (error) {
      if (error instanceof TooMuch) return { code: 'holder/too-large', why: 'more rows or bytes than an answer holds' };
      this.close();
      const code = codeOf(error);
      return { code: code.startsWith('SQLITE_BUSY') ? 'holder/timeout' : 'holder/unavailable', why: code };
    }
  }

  close(): void {
    this.#open?.db.close();
    this.#open = null;
  }
}

/** SQLite's code alone: its messages can quote what stands in the file. */
function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
