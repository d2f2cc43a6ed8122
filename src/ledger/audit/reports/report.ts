import type { JsonObject } from '../../../domain/json.ts';
import type { Instant } from '../../../domain/time.ts';
import type { OpenedExchange, OpenedLeg } from '../../opened.ts';
import type { Evidence, ScannedEntry, ScanRequest } from '../log-search.ts';

/** What a report is made of: entries in order, and who reads. */
export interface ReportInput {
  /** The period: from inclusive, until exclusive, epoch ms. */
  readonly from: Instant;
  readonly until: Instant;
  /** Indices of the period: first inclusive, end exclusive. */
  readonly first: number;
  readonly end: number;
  /** The tree that was read. */
  readonly size: number;
  /** Entries of the period and, where the report wants it, of a while before; ascending. */
  entries(): AsyncIterable<ScannedEntry>;
  /** Legs of an exchange that the reader may know, and whether all else of it too; null: it is not for the reader. */
  covers(opened: OpenedExchange): { readonly whole: boolean; readonly legs: readonly OpenedLeg[] } | null;
  /** Whether the reader may see this reading. */
  showsReading(details: JsonObject): boolean;
  /** Lets what waits go first: between parts of work that nothing else interrupts. */
  giveWay(): Promise<void>;
  /** Single entries, proved in the smallest signed tree of at least `size`. */
  prove(indices: readonly number[], size: number): Promise<Evidence>;
}

/** Yields rows as they come to be known, so that no report is held in memory; ends with its summary. */
export type Rows = AsyncGenerator<JsonObject, JsonObject>;

export interface Report {
  /** What it opens: a report that needs no details opens none. */
  readonly open: ScanRequest['open'];
  /** Milliseconds before the period whose entries are needed too. */
  readonly history: number;
  /** Members of a row, in the order in which people read them. */
  readonly columns: readonly string[];
  run(input: ReportInput): Rows;
}
