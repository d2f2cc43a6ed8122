import { sha256 } from '../../domain/digest.ts';
import { parseExchangeId } from '../../domain/ids.ts';
import type { IndexStatus, Place } from '../../ledger/audit/log-search.ts';
import { indexKey, keyCheck, rememberingTermHash, type TermHash } from '../../ledger/audit/term-hash.ts';
import { erasedBy, type Term, type Terms, termsOf } from '../../ledger/audit/terms.ts';
import { type OpenedEntry, type OpenedExchange, openedExchange, openedExplanation } from '../../ledger/opened.ts';
import type { EntryLine } from './reader.ts';
import type { Erased, IndexState, Posting, SearchFile } from './search-file.ts';
import type { SearchLedger } from './search-ledger.ts';

/** Entries indexed in one transaction. */
const BATCH = 2_000;
/** Intents whose outcome is still to come. */
const REMEMBERED = 20_000;

interface Intent {
  readonly place: Place;
  readonly opened: OpenedEntry;
  /** Terms indexed with the intent. */
  readonly known: ReadonlySet<string>;
}

/** Brings the index up to the ledger. */
export class SearchIndexer {
  readonly #ledger: SearchLedger;
  readonly #file: SearchFile;
  readonly #key: Buffer;
  readonly #hash: TermHash;
  readonly #intents = new Map<string, Intent>();

  constructor(ledger: SearchLedger, file: SearchFile, kek: Uint8Array) {
    this.#ledger = ledger;
    this.#file = file;
    this.#key = indexKey(kek);
    this.#hash = rememberingTermHash(this.#key);
  }

  status(): IndexStatus {
    const { position, skipped } = this.#state();
    return { position, skipped, size: this.#ledger.size() };
  }

  /**
   * Indexes one batch of entries. @param end index before which to stop. @returns whether there is more before it.
   */
  step(end: number): boolean {
    const { position, skipped } = this.#state();
    if (position >= end) return false;
    const lines = this.#ledger.lines(position, Math.min(BATCH, end - position));
    const last = lines.at(-1);
    if (last === undefined) return false;
    let missed = skipped;
    const postings = lines.flatMap((line) => {
      const found = this.#postings(line);
      if (found === null) missed += 1;
      return found ?? [];
    });
    this.#file.add(
      postings,
      lines.flatMap((line) => this.#erasedBy(line)),
      last.index + 1,
      missed,
    );
    return last.index + 1 < end;
  }

  /** Begins anew; the next steps index everything again. */
  restart(): void {
    this.#file.begin(this.#log(), keyCheck(this.#key));
    this.forgetIntents();
  }

  /** What is remembered of open intents holds opened details. */
  forgetIntents(): void {
    this.#intents.clear();
  }

  #state() {
    const found = this.#file.state();
    if (found !== null && this.#isOfThisLog(found)) return found;
    // An index of another ledger, or made with another key, finds nothing here.
    this.restart();
    return { position: 0, skipped: 0 };
  }

  #isOfThisLog({ log, key, position }: IndexState): boolean {
    return log.equals(this.#log()) && key.equals(keyCheck(this.#key)) && position <= this.#ledger.size();
  }

  /** What the log begins with: which log it is. */
  #log(): Buffer {
    const first = this.#ledger.line(0);
    return first === null ? Buffer.alloc(0) : sha256(first.entry);
  }

  /**
   * Whoever erases has the index forget too. That may be cut short by a crash after the entry was durable, and then what
   * shows which plate was asked for would stay: so the entry itself tells it.
   */
  #erasedBy(line: EntryLine): readonly Erased[] {
    if (line.kind !== 'erasure') return [];
    const { exchanges, part } = erasedBy(this.#ledger.openEntry(line).accountability) ?? { exchanges: [], part: 'all' };
    return exchanges.flatMap((exchange) => {
      const id = parseExchangeId(exchange);
      const place = id === undefined ? undefined : this.#ledger.linesOf(id)[0]?.index;
      return place === undefined ? [] : [{ place, part }];
    });
  }

  /** Empty where its details were erased or it is of a kind that is not looked for; null where they are of another form. */
  #postings(line: EntryLine): readonly Posting[] | null {
    if (line.kind === 'asked') return this.#ofIntent(line);
    if (line.kind === 'outcome') return this.#ofOutcome(line);
    if (line.kind !== 'explain') return [];
    const entry = this.#ledger.openEntry(line);
    if (entry.accountability === null) return [];
    const terms = termsIn(() => openedExplanation(line.exchange, entry));
    return terms === null ? null : this.#of(terms, line.index, 0);
  }

  #ofIntent(line: EntryLine): readonly Posting[] | null {
    const opened = this.#ledger.openEntry(line);
    if (opened.accountability === null) return [];
    const terms = termsIn(() => openedExchange(line.exchange, opened, null));
    if (terms === null) return null;
    const known = new Set([...terms.accountability, ...terms.subject].map(nameOf));
    if (this.#intents.size >= REMEMBERED) this.#intents.clear();
    this.#intents.set(line.exchange, { place: line.index, opened, known });
    return this.#of(terms, line.index, 0);
  }

  #ofOutcome(line: EntryLine): readonly Posting[] | null {
    const intent = this.#intents.get(line.exchange) ?? this.#storedIntent(line.exchange);
    this.#intents.delete(line.exchange);
    const opened = this.#ledger.openEntry(line);
    if ((intent?.opened ?? opened).accountability === null) return [];
    const terms = termsIn(() => openedExchange(line.exchange, intent?.opened ?? null, opened));
    if (terms === null) return null;
    const place = intent?.place ?? line.index;
    const isNew = (term: Term) => intent === null || !intent.known.has(nameOf(term));
    const { accountability, subject } = terms;
    return this.#of(
      { accountability: accountability.filter(isNew), subject: subject.filter(isNew) },
      place,
      line.index - place,
    );
  }

  #storedIntent(exchange: string): Intent | null {
    const id = parseExchangeId(exchange);
    const line = id === undefined ? undefined : this.#ledger.linesOf(id).find(({ kind }) => kind === 'asked');
    if (line === undefined) return null;
    return { place: line.index, opened: this.#ledger.openEntry(line), known: new Set() };
  }

  #of({ accountability, subject }: Terms, place: Place, late: number): readonly Posting[] {
    return [
      ...accountability.map((term) => ({ hash: this.#hash(term), place, late, part: 'accountability' as const })),
      ...subject.map((term) => ({ hash: this.#hash(term), place, late, part: 'subject' as const })),
    ];
  }
}

function nameOf({ attribute, value }: Term): string {
  return `${attribute}\n${value}`;
}

function termsIn(open: () => OpenedExchange | null): Terms | null {
  try {
    const opened = open();
    return opened === null ? null : termsOf(opened);
  } catch {
    // Details of a form that this version does not know must not keep all later entries from being found.
    return null;
  }
}
