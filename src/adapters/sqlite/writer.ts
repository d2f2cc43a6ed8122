import { Fault, type FaultCode } from '../../domain/faults.ts';
import { exchangeId } from '../../domain/ids.ts';
import { type Instant, isoTime } from '../../domain/time.ts';
import { type ExchangeSlots, writeBatch } from './batch.ts';
import { INTERRUPTED, interruptedLegs, parseLegs } from './legs.ts';
import { packedWritten } from './messages.ts';
import { outageReason } from './outage-cause.ts';
import type { DraftMessage, FromWriter, Head, Outage, Resume } from './protocol.ts';
import { LedgerStore, type StoreOptions } from './store.ts';
import { holdWriterLock, type WriterLock } from './writer-lock.ts';

/** Open exchanges closed per commit after a crash. */
const CLOSED_AT_ONCE = 500;
/** Id of drafts that nobody waits for. */
const OWN = -1;

/** An outage under way. `id`: of the one entry that will tell of it. */
interface OpenOutage {
  readonly from: Instant;
  readonly id: string;
  turnedAway: number;
}

/**
 * The one writer of a ledger: writes batches while it can; when it cannot, rejects all, and on each later draft or retry
 * tries to open the file again. Speaks through `post`; runs in a thread of its own (`writer.worker.ts`).
 */
export class Writer {
  readonly #options: StoreOptions;
  readonly #now: () => Instant;
  readonly #post: (message: FromWriter) => void;
  readonly #remembered = new Map<string, ExchangeSlots>();
  /** Exchanges with a rejected draft: if they turn out open, nobody else will close them. */
  readonly #orphans = new Set<string>();
  #lock: WriterLock | null = null;
  #store: LedgerStore | null = null;
  #acknowledged: Head | null = null;
  #outage: OpenOutage | null = null;
  #released = false;

  constructor(options: StoreOptions, now: () => Instant, post: (message: FromWriter) => void) {
    this.#options = options;
    this.#now = now;
    this.#post = post;
  }

  /** Opens, closes what an earlier process left open, and posts `ready`, or `failed` with the reason. */
  start(resume: Resume | null): void {
    try {
      this.#lock = holdWriterLock(this.#options.paths.lock);
      this.#store = new LedgerStore(this.#options, resume === null);
      this.#acknowledged = resume?.acknowledged ?? this.#store.end.head;
      this.#store.checkContinues(this.#acknowledged);
      this.#closeAllOpen(this.#store);
      this.#store.statements.forget.run(this.#now());
      if (resume !== null) this.#recordOutage(this.#store, this.#begun(resume.outage));
      this.#post({ type: 'ready', head: this.#acknowledged });
    } catch (thrown) {
      this.close();
      this.#post({ type: 'failed', ...told(thrown) });
    }
  }

  /** Writes the drafts as one batch and answers each of them. */
  append(drafts: readonly DraftMessage[]): void {
    if (this.#outage !== null) this.retry();
    if (this.#store === null || this.#outage !== null) {
      this.#turnAway(drafts, { code: 'ledger/unavailable', reason: 'the ledger cannot be written' });
      return;
    }
    try {
      this.#closeOrphans(this.#store);
      const { written, refused } = this.#write(this.#store, drafts);
      this.#post({ type: 'appended', written: written.map(packedWritten), refused, head: this.#acknowledged });
    } catch (thrown) {
      // Down before rejected: who is turned away and then asks for the status must not hear that all is well.
      if (!isClockFault(thrown)) this.#goDown(thrown);
      this.#turnAway(drafts, told(thrown));
    }
  }

  /** The rest of the process has let go of the file. */
  released(): void {
    this.#released = true;
  }

  /** Tries to open the file again; on success the outage is recorded before anything else is. */
  retry(): void {
    const outage = this.#outage;
    if (outage === null || !this.#released) return;
    this.#closeStore();
    try {
      if (this.#lock?.held() !== true) {
        this.#lock?.release();
        this.#lock = null;
        this.#lock = holdWriterLock(this.#options.paths.lock);
      }
      const store = new LedgerStore(this.#options, false);
      this.#store = store;
      store.checkContinues(this.#acknowledged);
      this.#recordOutage(store, outage);
      this.#outage = null;
      this.#post({ type: 'up' });
    } catch (thrown) {
      this.#post({ type: 'still-down', reason: told(thrown).reason });
    }
  }

  /**
   * Others have waited too long and turned these away. Begins the outage that they saw, unless one is under way, and ends
   * it at once where the files can be opened again.
   */
  givenUp(outage: Outage, exchanges: readonly string[]): void {
    for (const exchange of exchanges) this.#orphans.add(exchange);
    if (this.#outage === null) this.#outage = this.#begun(outage);
    else this.#outage.turnedAway += outage.turnedAway;
    this.#released = true;
    this.retry();
  }

  close(): void {
    this.#closeStore();
    this.#lock?.release();
    this.#lock = null;
  }

  #closeStore(): void {
    this.#remembered.clear();
    this.#store?.close();
    this.#store = null;
  }

  #write(store: LedgerStore, drafts: readonly DraftMessage[]) {
    const result = writeBatch(store, drafts, this.#now(), this.#remembered);
    this.#acknowledged = store.end.head;
    return result;
  }

  #turnAway(drafts: readonly DraftMessage[], why: { code: FaultCode; reason: string }): void {
    for (const { kind, exchange } of drafts) {
      if (kind === 'asked' || kind === 'outcome') this.#orphans.add(exchange);
    }
    if (this.#outage !== null) this.#outage.turnedAway += drafts.length;
    this.#post({ type: 'rejected', ids: drafts.map((d) => d.id), ...why });
  }

  #goDown(thrown: unknown): void {
    this.#outage = this.#begun({ from: this.#now(), turnedAway: 0 });
    this.#released = false;
    this.#remembered.clear();
    this.#post({ type: 'down', since: this.#outage.from, reason: told(thrown).reason });
  }

  #begun(outage: Outage): OpenOutage {
    return { ...outage, id: exchangeId(outage.from, this.#options.random(10)) };
  }

  /**
   * First closes exchanges whose drafts were rejected and yet stand, then writes the one outage entry. A crash or another
   * failure in between repeats what is missing and nothing else.
   */
  #recordOutage(store: LedgerStore, outage: OpenOutage): void {
    this.#closeOrphans(store);
    if (store.statements.isWritten.get(outage.id) !== undefined) return;
    const { from, turnedAway } = outage;
    const accountability = { from: isoTime(from), to: isoTime(this.#now()), turnedAway };
    this.#write(store, [{ ...ownDraft(outage.id, 'outage'), accountability: JSON.stringify(accountability) }]);
  }

  #closeOrphans(store: LedgerStore): void {
    if (this.#orphans.size === 0) return;
    this.#closeInterrupted(store, [...this.#orphans]);
    this.#orphans.clear();
  }

  /** Holding the lock proves that whoever left these open is gone: its lease has ended. */
  #closeAllOpen(store: LedgerStore): void {
    for (;;) {
      const open = store.statements.openExchanges.all(CLOSED_AT_ONCE).map((row) => row.exchange);
      if (open.length === 0) return;
      this.#closeInterrupted(store, open);
    }
  }

  #closeInterrupted(store: LedgerStore, exchanges: readonly string[]): void {
    const drafts: DraftMessage[] = [];
    for (const exchange of exchanges) {
      const row = store.statements.exchange.get(exchange);
      if (row === undefined || row.closed !== null) continue;
      const legs = JSON.stringify(interruptedLegs(parseLegs(row.legs)));
      const standing = { asker: row.asker, outcome: 'fault', legs, key: row.key, request: row.request };
      const accountability = JSON.stringify({ code: INTERRUPTED, interrupted: true });
      drafts.push({ ...ownDraft(exchange, 'outcome'), accountability, standing });
    }
    if (drafts.length > 0) this.#write(store, drafts);
  }
}

function ownDraft(exchange: string, kind: DraftMessage['kind']): DraftMessage {
  return {
    id: OWN,
    kind,
    exchange,
    accountability: '{}',
    subject: null,
    answer: null,
    standing: null,
    reservations: [],
    change: null,
  };
}

function isClockFault(thrown: unknown): boolean {
  return thrown instanceof Fault && thrown.code === 'clock/untrusted';
}

/** Code and reason of anything thrown. */
function told(thrown: unknown): { readonly code: FaultCode; readonly reason: string } {
  if (isClockFault(thrown) && thrown instanceof Error) return { code: 'clock/untrusted', reason: thrown.message };
  return { code: 'ledger/unavailable', reason: outageReason(thrown) };
}
