import type { Agreement, Project } from '../../domain/partnership.ts';
import type { Cursors } from '../../ledger/audit/cursor.ts';
import type { LogSearch } from '../../ledger/audit/log-search.ts';

/** What reading the log needs beyond what every route has. */
export interface AuditPorts {
  readonly search: LogSearch;
  readonly cursors: Cursors;
  /** Searches by an identifier, per person and day (UTC). */
  readonly identifierSearchesPerDay: number;
  readonly agreements: readonly Agreement[];
  project(id: string): Project | undefined;
}
