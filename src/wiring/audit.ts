import { randomBytes } from 'node:crypto';
import { openSearch, type SqliteSearch } from '../adapters/sqlite/search.ts';
import type { Config } from '../config.ts';
import { SECOND } from '../domain/time.ts';
import type { AuditPorts } from '../gateway/audit/ports.ts';
import type { LogLine } from '../gateway/ports.ts';
import { createCursors } from '../ledger/audit/cursor.ts';

/** So long after the start the index is brought up at the earliest, unless somebody searches before. */
const START_AFTER_MS = 10 * SECOND;
/** Progress is told at most once in so many entries. */
const TOLD_EVERY = 100_000;

/**
 * Reading the log: what the routes under `/v1/audit` need. `search` is to be closed.
 * @param size entries of the log that are durable.
 */
export function auditFor(
  { state, registry, limits }: Config,
  kek: Uint8Array,
  log: LogLine,
  size: () => number,
): { readonly audit: AuditPorts; readonly search: SqliteSearch } {
  let told = 0;
  const progress = ({ position, size }: { readonly position: number; readonly size: number }) => {
    if (position < told + TOLD_EVERY && position >= told) return;
    told = position;
    log('search-index', { position, size });
  };
  const search = openSearch({ directory: state, kek }, progress, { afterMs: START_AFTER_MS, size });
  const audit = {
    search,
    cursors: createCursors(kek, randomBytes),
    identifierSearchesPerDay: limits.identifierSearchesPerDay,
    agreements: registry.agreements,
    project: registry.project,
  };
  return { audit, search };
}
