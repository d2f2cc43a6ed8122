import { parseExchangeId } from '../../domain/ids.ts';
import type { FindRequest, IndexStatus, ScannedEntry, ScanRequest } from '../../ledger/audit/log-search.ts';
import { indexKey, rememberingTermHash, type TermHash } from '../../ledger/audit/term-hash.ts';
import type { EntryLine } from './reader.ts';
import { SearchFile } from './search-file.ts';
import { SearchFinder } from './search-find.ts';
import { SearchIndexer } from './search-indexer.ts';
import { SearchLedger } from './search-ledger.ts';
import type { ForgottenPart, SearchAnswer, SearchOptions, SearchRequest } from './search-protocol.ts';
import { openSearchFile, removeSearchFile, searchPath } from './search-schema.ts';

/** Entries that a report gets at once. */
const PORTION = 500;

interface Parts {
  readonly file: SearchFile;
  readonly finder: SearchFinder;
  readonly indexer: SearchIndexer;
}

/** Everything that searching does with files, one request after the other. Runs in a thread of its own. */
export class SearchBackend {
  readonly #options: SearchOptions;
  readonly #ledger: SearchLedger;
  readonly #hash: TermHash;
  readonly #progress: (status: IndexStatus) => void;
  #parts: Parts | null = null;

  /** @param progress told after each batch while a search waits for the index. */
  constructor(options: SearchOptions, progress: (status: IndexStatus) => void) {
    this.#options = options;
    this.#ledger = new SearchLedger(options.directory, options.kek);
    this.#hash = rememberingTermHash(indexKey(options.kek));
    this.#progress = progress;
  }

  /** Throws what SQLite throws. */
  answer(request: SearchRequest): SearchAnswer {
    const ledger = this.#ledger;
    switch (request.type) {
      case 'find':
        return { type: 'places', places: this.#find(request) };
      case 'open':
        return { type: 'opened', opened: request.places.map((place) => this.#openAt(place, request.size)) };
      case 'placeOf':
        return { type: 'place', place: ledger.placeOf(request.exchange, request.size) };
      case 'evidence':
        return { type: 'proven', evidence: ledger.evidence(request.exchange, request.size) };
      case 'prove':
        return { type: 'proven', evidence: ledger.prove(request.indices, request.size) };
      case 'boundary':
        return { type: 'index', index: ledger.boundary(request.time, request.size) };
      case 'scan':
        return { type: 'scanned', entries: this.#scan(request) };
      case 'forget':
        this.#forget(request.exchanges, request.part);
        return { type: 'status', status: this.#open().indexer.status() };
      case 'rebuild':
        this.#rebuild();
        return { type: 'status', status: this.#open().indexer.status() };
      case 'catchUp':
        this.#catchUp(ledger.size());
        return { type: 'status', status: this.#open().indexer.status() };
      case 'status':
        return { type: 'status', status: this.#open().indexer.status() };
    }
  }

  /** One batch, for quiet moments. @returns whether there is more to do. */
  step(): boolean {
    return this.#open().indexer.step(this.#ledger.size());
  }

  ledgerSize(): number {
    return this.#ledger.size();
  }

  /** Lets go of the files and of all keys that were read; the next request opens them again. */
  rest(): void {
    this.#parts?.indexer.forgetIntents();
    this.#parts?.file.db.close();
    this.#parts = null;
    this.#ledger.close();
  }

  #open(): Parts {
    if (this.#parts !== null) return this.#parts;
    const db = openSearchFile(searchPath(this.#options.directory));
    const file = new SearchFile(db);
    const indexer = new SearchIndexer(this.#ledger, file, this.#options.kek);
    this.#parts = { file, indexer, finder: new SearchFinder(db) };
    return this.#parts;
  }

  #catchUp(size: number): void {
    const { indexer } = this.#open();
    while (indexer.step(size)) this.#progress(indexer.status());
  }

  #rebuild(): void {
    this.rest();
    removeSearchFile(searchPath(this.#options.directory));
    this.#catchUp(this.#ledger.size());
  }

  #find({ terms, scopes, from, until, size, before, limit }: FindRequest) {
    this.#catchUp(size);
    const ledger = this.#ledger;
    return this.#open().finder.find({
      terms: terms.map(this.#hash),
      scopes: scopes?.map((scope) => scope.map(this.#hash)) ?? null,
      first: from === undefined ? 0 : ledger.boundary(from, size),
      end: Math.min(until === undefined ? size : ledger.boundary(until, size), before ?? size),
      size,
      limit,
    });
  }

  #openAt(place: number, size: number) {
    const line = this.#ledger.line(place);
    return line === null ? null : this.#ledger.openExchange(line.exchange, size);
  }

  /** Brought up first: what is behind the index would be taken in afterwards, with a key that is about to go. */
  #forget(exchanges: readonly string[], part: ForgottenPart): void {
    const size = this.#ledger.size();
    this.#catchUp(size);
    const places = exchanges.flatMap((exchange) => {
      const id = parseExchangeId(exchange);
      return id === undefined ? [] : (this.#ledger.linesOf(id)[0]?.index ?? []);
    });
    this.#open().file.forget(places, part);
    this.rest();
  }

  #scan({ first, end, size, open }: ScanRequest): readonly ScannedEntry[] {
    return this.#ledger.lines(first, Math.min(PORTION, end - first)).map((line) => this.#scanned(line, size, open));
  }

  #scanned(line: EntryLine, size: number, open: ScanRequest['open']): ScannedEntry {
    const { index, kind, time, exchange } = line;
    const place = { index, kind, time, exchange };
    if (open === 'readings' && kind === 'reading') {
      return { ...place, opens: 'reading', details: this.#ledger.openEntry(line).accountability };
    }
    const begins = kind === 'asked' || (kind === 'outcome' && this.#ledger.placeOf(exchange, size) === index);
    if (open !== 'exchanges' || !begins) {
      return { ...place, opens: 'nothing', closed: kind === 'asked' ? this.#ledger.isClosed(exchange, size) : null };
    }
    return { ...place, opens: 'exchange', opened: this.#ledger.openExchange(exchange, size) };
  }
}
