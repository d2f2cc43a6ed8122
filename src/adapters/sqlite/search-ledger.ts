import Database from 'better-sqlite3';
import { type ExchangeId, parseExchangeId } from '../../domain/ids.ts';
import { type Instant, isoTime } from '../../domain/time.ts';
import type { Evidence, Place } from '../../ledger/audit/log-search.ts';
import { toBase64 } from '../../ledger/base64.ts';
import { type OpenedEntry, type OpenedExchange, openedExchange, openedExplanation } from '../../ledger/opened.ts';
import { inclusionProver } from '../../ledger/proof.ts';
import { changedFile, type FileIdentities, identify, ledgerPaths } from './files.ts';
import { type EntryLine, type LedgerReader, openReader } from './reader.ts';
import { storedNodes } from './statements.ts';

interface Session {
  readonly reader: LedgerReader;
  readonly db: Database.Database;
  readonly size: Database.Statement<[], number>;
  readonly covering: Database.Statement<[number], { size: number; note: string }>;
  readonly files: FileIdentities;
}

/** The ledger as the search reads it: connections of its own, given up as soon as they show another file. */
export class SearchLedger {
  readonly #directory: string;
  readonly #kek: Uint8Array;
  #session: Session | null = null;

  constructor(directory: string, kek: Uint8Array) {
    this.#directory = directory;
    this.#kek = kek;
  }

  /** Entries that are durable and signed. */
  size(): number {
    return this.#open().size.get() ?? 0;
  }

  line(index: number): EntryLine | null {
    return this.#open().reader.entry(index);
  }

  lines(from: number, count: number): readonly EntryLine[] {
    return this.#open().reader.list(from, count);
  }

  linesOf(exchange: ExchangeId): readonly EntryLine[] {
    return this.#open().reader.entriesOf(exchange);
  }

  openEntry({ index, time }: EntryLine): OpenedEntry {
    const details = this.#open().reader.openDetails(index, this.#kek);
    const { accountability = null, subject = null } = details ?? {};
    return { index, time: isoTime(time), accountability, subject };
  }

  /** An exchange, or a question explained, as of the tree of `size`; null where erased or of a form that is not known. */
  openExchange(exchange: string, size: number): OpenedExchange | null {
    const id = parseExchangeId(exchange);
    if (id === undefined) return null;
    const lines = this.linesOf(id).filter(({ index }) => index < size);
    const opened = (kind: string) => {
      const line = lines.find((l) => l.kind === kind);
      return line === undefined ? null : this.openEntry(line);
    };
    try {
      const explained = opened('explain');
      return explained === null
        ? openedExchange(exchange, opened('asked'), opened('outcome'))
        : openedExplanation(exchange, explained);
    } catch {
      return null;
    }
  }

  placeOf(exchange: string, size: number): Place | null {
    const id = parseExchangeId(exchange);
    const place = id === undefined ? undefined : this.linesOf(id)[0]?.index;
    return place === undefined || place >= size ? null : place;
  }

  isClosed(exchange: string, size: number): boolean {
    const id = parseExchangeId(exchange);
    return id !== undefined && this.linesOf(id).some(({ kind, index }) => kind === 'outcome' && index < size);
  }

  /** Times never go back in the log, so a few look-ups find the place of one. */
  boundary(time: Instant, size: number): number {
    let low = 0;
    let high = size;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const at = this.line(middle)?.time;
      if (at !== undefined && at < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  evidence(exchange: string, size: number): Evidence {
    const id = parseExchangeId(exchange);
    return this.#prove(id === undefined ? [] : this.linesOf(id).filter(({ index }) => index < size), size);
  }

  prove(indices: readonly number[], size: number): Evidence {
    return this.#prove(
      indices.flatMap((index) => this.line(index) ?? []),
      size,
    );
  }

  /** Lets go of the files, and of all keys that were read. */
  close(): void {
    const session = this.#session;
    this.#session = null;
    session?.reader.close();
    session?.db.close();
  }

  #prove(lines: readonly EntryLine[], size: number): Evidence {
    const { covering, db } = this.#open();
    const checkpoint = covering.get(size);
    if (checkpoint === undefined) throw new Error(`no checkpoint over ${size} entries`);
    const prove = inclusionProver(checkpoint.size, storedNodes(db));
    return {
      checkpoint: checkpoint.note,
      size: checkpoint.size,
      entries: lines.map(({ index, kind, time, entry }) => ({
        index,
        kind,
        time: isoTime(time),
        entry,
        proof: prove(index).map(toBase64),
      })),
    };
  }

  #open(): Session {
    if (this.#session !== null && changedFile(this.#session.files) === null) return this.#session;
    this.close();
    const { ledger } = ledgerPaths(this.#directory);
    const reader = openReader(this.#directory);
    try {
      const db = new Database(ledger, { readonly: true, fileMustExist: true });
      this.#session = {
        reader,
        db,
        size: db.prepare<[], number>('SELECT coalesce(max(size), 0) FROM checkpoints').pluck(),
        covering: db.prepare('SELECT size, note FROM checkpoints WHERE size >= ? ORDER BY size LIMIT 1'),
        files: identify([ledger]),
      };
      return this.#session;
    } catch (thrown) {
      reader.close();
      throw thrown;
    }
  }
}
