import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { Fault } from '../../domain/faults.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { Proposal } from '../../domain/rulebook-life.ts';
import type { Digest } from '../../domain/versions.ts';
import type { KeptVersion } from '../../ledger/rulebook-change.ts';
import { openReader } from './reader.ts';
import { digestText, type ProposalRow, proposalFromRow } from './rulebook-rows.ts';
import { withLedger } from './with-ledger.ts';

/** Who made a version, without its text. */
export type VersionHead = Omit<KeptVersion, 'files' | 'catalogue'>;

/** What the store and the log say of the rulebook. Each throws Fault('ledger/unavailable') where it cannot be read. */
export interface RulebookReader {
  /** Newest first. */
  versions(): readonly VersionHead[];
  /** As it was kept: whoever uses it checks its digest. Undefined: there is none. */
  version(digest: Digest): KeptVersion | undefined;
  /** Newest first. */
  proposals(): readonly Proposal[];
  /** The version that the newest `start` or `activate` entry of the log names; null: there is none that can be opened. */
  lastInLog(): Digest | null;
  /** Details of a `rulebook` entry; null: there is none, or it was erased. */
  details(exchange: string): JsonObject | null;
}

const head = z.object({
  digest: digestText,
  parent: digestText.nullable(),
  author: z.string(),
  message: z.string(),
  time: z.number(),
});
const kept = head.extend({ catalogue: z.string().transform((text) => z.json().parse(JSON.parse(text))) });
const told = z.object({ event: z.enum(['start', 'activate']), version: digestText });

/** Reads files that are opened for each question and closed again. @param kek 32 bytes. */
export function rulebookReader(directory: string, kek: () => Uint8Array): RulebookReader {
  const reading = <T>(read: (db: Database) => T): T => {
    try {
      return withLedger(directory, read);
    } catch (thrown) {
      throw new Fault('ledger/unavailable', 'the rulebook cannot be read', { cause: thrown });
    }
  };
  const opening = <T>(read: (open: (index: number) => JsonObject | null) => T): T => {
    try {
      const reader = openReader(directory);
      try {
        return read((index) => reader.openDetails(index, kek())?.accountability ?? null);
      } finally {
        reader.close();
      }
    } catch (thrown) {
      throw new Fault('ledger/unavailable', 'the log cannot be read', { cause: thrown });
    }
  };
  const entriesDown = () =>
    reading((db) =>
      db.prepare<[], number>("SELECT idx FROM entries WHERE kind = 'rulebook' ORDER BY idx DESC").pluck().all(),
    );
  return {
    versions: () =>
      reading((db) =>
        db
          .prepare<[], VersionHead>(
            'SELECT digest, parent, author, message, time FROM rulebook_versions ORDER BY rowid DESC',
          )
          .all()
          .map((row) => head.parse(row)),
      ),
    version: (digest) =>
      reading((db) => {
        const row = db.prepare<[string], VersionHead>('SELECT * FROM rulebook_versions WHERE digest = ?').get(digest);
        if (row === undefined) return undefined;
        const files = db
          .prepare<[string], { name: string; text: string }>(
            'SELECT name, text FROM rulebook_files WHERE version = ? ORDER BY name',
          )
          .all(digest);
        return { ...kept.parse(row), files: Object.fromEntries(files.map(({ name, text }) => [name, text])) };
      }),
    proposals: () =>
      reading((db) =>
        db.prepare<[], ProposalRow>('SELECT * FROM rulebook_proposals ORDER BY id DESC').all().map(proposalFromRow),
      ),
    lastInLog: () => {
      const indices = entriesDown();
      return opening((open) => {
        for (const index of indices) {
          const found = told.safeParse(open(Number(index)));
          if (found.success) return found.data.version;
        }
        return null;
      });
    },
    details: (exchange) => {
      const index = reading((db) =>
        db
          .prepare<[string], number>("SELECT idx FROM entries WHERE exchange = ? AND kind = 'rulebook'")
          .pluck()
          .get(exchange),
      );
      return typeof index === 'number' ? opening((open) => open(index)) : null;
    },
  };
}
