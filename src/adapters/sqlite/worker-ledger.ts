import { Worker } from 'node:worker_threads';
import { Fault } from '../../domain/faults.ts';
import type { ExchangeId } from '../../domain/ids.ts';
import type { Instant } from '../../domain/time.ts';
import type { Appended, EntryDraft } from '../../ledger/entry.ts';
import type { NoteVerifier } from '../../ledger/note.ts';
import { exitOf, heardFrom, listenedTo } from './end-thread.ts';
import { ledgerPaths } from './files.ts';
import type { LedgerOptions, LedgerStatus, SqliteLedger } from './ledger-contract.ts';
import type { LiveState } from './live-state.ts';
import { appendedOf, messageOf, packedDraft, unpackedWritten } from './messages.ts';
import { createOutbox } from './outbox.ts';
import type { FromWriter, Head, Resume, ToWriter, WriterOptions } from './protocol.ts';
import { createRetries } from './retries.ts';
import { type FoundExchange, type StandingReader, standingReader } from './standing.ts';
import { createWaitingList } from './waiting-list.ts';

const FIRST_RETRY_MS = 300;
const LONGEST_RETRY_MS = 3_000;
const HUNG_AFTER_MS = 5_000;

const HUNG = 'ledger/hung: the disk does not answer';

/** This process's side of the ledger: hands drafts to the writer thread, answers for its state, keeps it running. */
export class WorkerLedger implements SqliteLedger {
  readonly key: string;
  readonly #options: LedgerOptions;
  readonly #verifier: NoteVerifier;
  readonly #waiting = createWaitingList();
  #worker: Worker | null = null;
  #reader: StandingReader | null = null;
  #status: LedgerStatus = { state: 'ready' };
  #head: Head | null = null;
  readonly #outbox = createOutbox((drafts) => {
    this.#watchdog.refresh();
    this.#post({ type: 'append', drafts: drafts.map(packedDraft) });
  });
  /** Fires where a batch takes too long. */
  readonly #watchdog: NodeJS.Timeout;
  /** Since when the writer has been waited for in vain, and the exchanges turned away. */
  #hungSince: Instant | null = null;
  #givenUp: readonly string[] = [];
  #ids = 0;
  readonly #retries = createRetries(FIRST_RETRY_MS, LONGEST_RETRY_MS);
  /** Drafts rejected here because no writer thread ran. */
  #turnedAway = 0;
  /** Not ready yet. */
  #starting: Worker | null = null;
  #closing: Promise<void> | null = null;

  constructor(options: LedgerOptions, key: string, verifier: NoteVerifier) {
    this.#options = options;
    this.key = key;
    this.#verifier = verifier;
    this.#watchdog = setTimeout(() => this.#hang(), options.hungAfterMs ?? HUNG_AFTER_MS).unref();
  }

  start(): Promise<void> {
    return this.#spawn(null);
  }

  append(draft: EntryDraft): Promise<Appended> {
    if (this.#closing !== null) return Promise.reject(new Fault('ledger/unavailable', 'the ledger was closed'));
    if (this.#worker === null || this.#hungSince !== null) {
      this.#turnedAway += 1;
      const reason = this.#worker === null ? 'the writer is being restarted' : HUNG;
      return Promise.reject(new Fault('ledger/unavailable', reason));
    }
    const message = messageOf(this.#ids++, draft);
    return new Promise((resolve, reject) => {
      this.#waiting.add(message.id, { exchange: draft.exchange, resolve, reject });
      this.#outbox.add(message);
    });
  }

  status(): LedgerStatus {
    return this.#status;
  }

  size(): number {
    return this.#head?.size ?? 0;
  }

  findExchange(id: ExchangeId): FoundExchange | null {
    return this.#read((reader) => reader.byId(id));
  }

  findByIdempotency(asker: string, key: string): FoundExchange | null {
    return this.#read((reader) => reader.byKey(asker, key));
  }

  liveState(): LiveState {
    return this.#read((reader) => reader.liveState());
  }

  close(): Promise<void> {
    this.#closing ??= this.#shutDown();
    return this.#closing;
  }

  #answered(ids: readonly number[]): void {
    this.#watchdog.refresh();
    this.#answeredAgain();
    this.#outbox.answered(ids);
  }

  #post(message: ToWriter): void {
    this.#worker?.postMessage(message);
  }

  #spawn(resume: Resume | null): Promise<void> {
    const { directory, origin, signingKey, kek, node, clockOffsetMs = 0 } = this.#options;
    const workerData: WriterOptions = { directory, origin, signingKey, kek, node, clockOffsetMs, resume };
    const entry = new URL('./writer.worker.ts', import.meta.url);
    const worker = listenedTo(new Worker(entry, { workerData, name: 'ledger-writer' }));
    this.#starting = worker;
    return new Promise((resolve, reject) => {
      worker.on('message', (message: FromWriter) => {
        if (message.type === 'ready') {
          this.#worker = worker;
          this.#starting = null;
          this.#head = message.head;
          this.#status = { state: 'ready' };
          resolve();
        } else if (message.type === 'failed') {
          reject(new Fault(message.code, message.reason));
          void worker.terminate();
        } else {
          this.#hear(message);
        }
      });
      worker.on('error', (error: Error) => this.#lost(worker, error.message));
      worker.on('exit', () => {
        if (this.#starting === worker) this.#starting = null;
        reject(new Fault('ledger/unavailable', 'the writer ended before it was ready'));
        this.#lost(worker, 'the writer ended');
      });
    });
  }

  #hear(message: Exclude<FromWriter, { type: 'ready' | 'failed' }>): void {
    switch (message.type) {
      case 'appended':
        this.#head = message.head ?? this.#head;
        this.#answered([...message.written.map(([id]) => id), ...message.refused.map(({ id }) => id)]);
        for (const packed of message.written) {
          const written = unpackedWritten(packed);
          this.#waiting.settle(written.id)?.resolve(appendedOf(written, message.head));
        }
        for (const { id, reason } of message.refused)
          this.#waiting.settle(id)?.reject(new Fault('ledger/unavailable', reason));
        break;
      case 'rejected':
        this.#answered(message.ids);
        for (const id of message.ids) this.#waiting.settle(id)?.reject(new Fault(message.code, message.reason));
        break;
      case 'down':
        this.#goDown(message.since, message.reason);
        this.#post({ type: 'released' });
        this.#retries.begin(() => this.#post({ type: 'retry' }));
        break;
      case 'still-down':
        if (this.#status.state === 'down') this.#status = { ...this.#status, reason: message.reason };
        break;
      case 'up':
        this.#status = { state: 'ready' };
        this.#retries.end();
        break;
    }
  }

  /** The disk does not answer. Nobody is kept waiting: all are turned away, and what of theirs is written will be closed. */
  #hang(): void {
    if (!this.#outbox.waits || this.#hungSince !== null || this.#closing !== null) return;
    this.#hungSince = this.#now();
    this.#goDown(this.#hungSince, HUNG);
    this.#outbox.drop();
    this.#givenUp = this.#waiting.turnAway(HUNG);
    this.#turnedAway += this.#givenUp.length;
  }

  /** After a hang: the writer closes and records what happened meanwhile, and only then says that it is up. */
  #answeredAgain(): void {
    const from = this.#hungSince;
    if (from === null) return;
    const [turnedAway, exchanges] = [this.#turnedAway, this.#givenUp];
    [this.#hungSince, this.#turnedAway, this.#givenUp] = [null, 0, []];
    this.#post({ type: 'given-up', outage: { from, turnedAway }, exchanges });
    this.#retries.begin(() => this.#post({ type: 'retry' }));
  }

  #now(): Instant {
    return Date.now() + (this.#options.clockOffsetMs ?? 0);
  }

  /** The reader lets go too: while one connection stays, SQLite would go on with what it knows of the lost files. */
  #goDown(since: Instant, reason: string): void {
    this.#status = { state: 'down', since, reason };
    this.#reader?.close();
    this.#reader = null;
  }

  /** The writer thread itself died: nothing it had in hand counts, and another takes its place. */
  #lost(worker: Worker, reason: string): void {
    if (this.#worker !== worker) return;
    this.#worker = null;
    this.#outbox.discard();
    this.#hungSince = null;
    const since = this.#status.state === 'down' ? this.#status.since : this.#now();
    this.#goDown(since, `ledger/failed: ${reason}`);
    this.#turnedAway += this.#waiting.turnAway(reason).length;
    if (this.#closing !== null) return;
    this.#retries.begin(() => {
      if (this.#worker !== null || this.#starting !== null) return;
      this.#spawn({ outage: { from: since, turnedAway: this.#turnedAway }, acknowledged: this.#head }).then(
        () => {
          this.#turnedAway = 0;
          this.#retries.end();
        },
        (thrown: Error) => this.#goDown(since, thrown.message),
      );
    });
  }

  #read<T>(look: (reader: StandingReader) => T): T {
    if (this.#status.state === 'down') throw new Fault('ledger/unavailable', this.#status.reason);
    if (this.#closing !== null) throw new Fault('ledger/unavailable', 'the ledger was closed');
    const { directory, kek } = this.#options;
    try {
      this.#reader ??= standingReader(ledgerPaths(directory), Buffer.from(kek), this.#verifier);
      return look(this.#reader);
    } catch (thrown) {
      throw new Fault('ledger/unavailable', 'the ledger cannot be read', { cause: thrown });
    }
  }

  async #shutDown(): Promise<void> {
    this.#retries.end();
    clearTimeout(this.#watchdog);
    this.#outbox.flush();
    // One that is taking another's place is let begin, and ends like any other.
    if (this.#starting !== null) await heardFrom(this.#starting);
    await this.#starting?.terminate();
    const ended = exitOf(this.#worker);
    this.#post({ type: 'close' });
    await ended;
    this.#reader?.close();
    this.#reader = null;
  }
}
