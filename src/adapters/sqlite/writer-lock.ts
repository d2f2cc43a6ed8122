import Database from 'better-sqlite3';
import { Fault } from '../../domain/faults.ts';
import { changedFile, identify } from './files.ts';

export interface WriterLock {
  /** False once the file was taken away: another process could then lock its successor. */
  held(): boolean;
  release(): void;
}

/**
 * Takes the writer's lock: an exclusive transaction on an empty database that is never ended. The operating system
 * gives it back when the process dies, however it dies.
 * @throws Fault('ledger/unavailable') where another process, or this one, holds it already.
 */
export function holdWriterLock(path: string): WriterLock {
  const db = new Database(path, { timeout: 0 });
  try {
    db.exec('BEGIN EXCLUSIVE');
  } catch (thrown) {
    db.close();
    throw new Fault('ledger/unavailable', `another process holds the ledger (its lock is ${path})`, { cause: thrown });
  }
  const identity = identify([path]);
  return { held: () => changedFile(identity) === null, release: () => db.close() };
}
