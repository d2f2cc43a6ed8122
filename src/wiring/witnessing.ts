import { type Cosigner, connectCosigner } from '../adapters/cosigners/post-checkpoint.ts';
import type { CosignatureStore } from '../adapters/sqlite/cosignatures.ts';
import type { Growth } from '../adapters/sqlite/growth.ts';
import { type Instant, isoTime, MINUTE, SECOND } from '../domain/time.ts';
import { parseCheckpoint } from '../ledger/checkpoint.ts';
import { cosignaturesIn, parseWitnessKey, quorumTime } from '../ledger/cosignature.ts';
import { type NoteVerifier, splitNote } from '../ledger/note.ts';
import { type Head, type Offered, offer } from './offer.ts';

export interface WitnessingOptions {
  readonly witnesses: readonly { readonly name: string; readonly url: string; readonly key: string }[];
  /** How many of them must have cosigned a checkpoint for it to count as witnessed. */
  readonly quorum: number;
  /** Null: the gateway serves however old the newest witnessed checkpoint is. */
  readonly stopAfterMs: number | null;
  readonly store: CosignatureStore;
  /** Looks at the ledger. @throws while it is down. */
  read<T>(work: (growth: Growth) => T): T;
  now(): Instant;
  log(event: string, fields: Readonly<Record<string, unknown>>): void;
  /** Between two looks for a newer checkpoint; default 1 s. */
  readonly everyMs?: number;
}

/** A checkpoint with the quorum: the note bears the cosignatures, `time` is when the last one needed was given. */
export interface WitnessedHead extends Head {
  readonly time: Instant;
}

export interface WitnessingStatus {
  readonly quorum: number;
  /** Newest checkpoint that the quorum cosigned. */
  readonly size: number | null;
  readonly time: string | null;
  /** Seconds since then. */
  readonly age: number | null;
  /** Entries in the log when last looked. */
  readonly entries: number;
  readonly witnesses: readonly {
    readonly name: string;
    readonly size: number | null;
    readonly time: string | null;
    readonly problem: string | null;
  }[];
}

interface Watcher {
  readonly name: string;
  readonly key: string;
  readonly verifier: NoteVerifier;
  readonly cosigner: Cosigner;
  size: number;
  time: Instant;
  problem: string | null;
  failures: number;
  /** Not asked before. */
  next: Instant;
  busy: boolean;
}

const EVERY_MS = 1 * SECOND;
const LONGEST_PAUSE_MS = 1 * MINUTE;
/** A log at rest is cosigned anew, so that its age says that witnesses can be reached. */
const REFRESH_MS = 10 * MINUTE;
const SIZES_TRIED = 64;

/**
 * Collects cosignatures, off the path of questions: looks for a newer checkpoint now and then and offers it to every
 * witness that is free, one request each at most. All are offered the same checkpoint until the quorum has it or all have
 * answered, so that under load too they meet on one.
 */
export class Witnessing {
  readonly #options: WitnessingOptions;
  readonly #watchers: readonly Watcher[];
  #head: Head | null = null;
  #quorum: WitnessedHead | null = null;
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

  /** @throws TypeError where a key is none of a witness. */
  constructor(options: WitnessingOptions) {
    this.#options = options;
    const newest = new Map(options.store.newest().map((stored) => [stored.key, stored]));
    this.#watchers = options.witnesses.map(({ name, url, key }) => {
      const verifier = parseWitnessKey(key);
      if (verifier === undefined) throw new TypeError(`the key of the witness ${name} is none`);
      const { size = 0, time = 0 } = newest.get(key) ?? {};
      return {
        ...{ name, key, verifier, size, time },
        ...{ cosigner: connectCosigner(url), problem: null, failures: 0, next: 0, busy: false },
      };
    });
  }

  start(): void {
    if (this.#watchers.length === 0) return;
    try {
      this.#quorum = this.#storedQuorum();
    } catch {
      // The witnesses will be asked again.
    }
    this.#look();
  }

  /** The newest checkpoint that the quorum cosigned, if it covers so many entries. */
  over(size: number): WitnessedHead | null {
    return this.#quorum !== null && this.#quorum.size >= size ? this.#quorum : null;
  }

  /** The note, with whatever cosignatures there are. */
  cosignaturesOf(note: string): string {
    const size = parseCheckpoint(splitNote(note)?.text ?? '')?.size;
    if (size === undefined || this.#watchers.length === 0) return note;
    const lines = this.#options.store.at(size).map(({ line }) => line);
    return (
      note +
      this.#holding(note + lines.join(''))
        .map(({ line }) => line)
        .join('')
    );
  }

  /** Why nothing may be asked now; null: it may. */
  problem(): string | null {
    const { stopAfterMs, now } = this.#options;
    if (stopAfterMs === null || this.#watchers.length === 0) return null;
    if (this.#quorum === null) return 'no checkpoint of the log was cosigned by enough witnesses yet';
    const age = now() - this.#quorum.time;
    if (age <= stopAfterMs || (this.#head?.size ?? 0) <= this.#quorum.size) return null;
    const seconds = Math.round(age / SECOND);
    return `the newest checkpoint that enough witnesses cosigned is ${seconds} s old, and entries stand beyond it`;
  }

  status(): WitnessingStatus {
    const at = (time: Instant) => (time === 0 ? null : isoTime(time));
    const quorum = this.#quorum;
    return {
      quorum: this.#options.quorum,
      size: quorum?.size ?? null,
      time: at(quorum?.time ?? 0),
      age: quorum === null ? null : Math.max(0, Math.round((Date.now() - quorum.time) / SECOND)),
      entries: this.#head?.size ?? 0,
      witnesses: this.#watchers.map(({ name, size, time, problem }) => {
        return { name, size: time === 0 ? null : size, time: at(time), problem };
      }),
    };
  }

  async stop(): Promise<void> {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await Promise.all(this.#watchers.map(({ cosigner }) => cosigner.close()));
    this.#options.store.close();
  }

  #look(): void {
    try {
      this.#round();
    } catch {
      // Ledger down or clock untrusted: both say so themselves, and the next look comes.
    }
    this.#timer = setTimeout(() => this.#look(), this.#options.everyMs ?? EVERY_MS).unref();
  }

  #round(): void {
    const { read, now, stopAfterMs } = this.#options;
    const at = now();
    const target = this.#head;
    const waiting = this.#watchers.some(({ busy }) => busy);
    const newest = read((growth) => growth.newest());
    if (newest === null) return;
    const met = target === null || (this.#quorum?.size ?? -1) >= target.size;
    // While a round is under way its checkpoint stays the one that is offered.
    const head = waiting && !met && target !== null ? target : newest;
    this.#head = head;
    const refresh = Math.min(REFRESH_MS, (stopAfterMs ?? REFRESH_MS) / 3);
    for (const watcher of this.#watchers) {
      const due = watcher.size < head.size || at - watcher.time >= refresh || watcher.problem !== null;
      // Further ahead than any pause is only what was set before the clock was set back.
      const rested = at >= watcher.next || watcher.next - at > LONGEST_PAUSE_MS;
      if (!watcher.busy && rested && due) void this.#ask(watcher, head);
    }
  }

  async #ask(watcher: Watcher, head: Head): Promise<void> {
    const { read, now } = this.#options;
    watcher.busy = true;
    try {
      const offered = await offer(head, watcher.size, watcher.verifier, watcher.cosigner, read, now);
      if (!this.#closed) this.#settle(watcher, head, offered);
    } catch (thrown) {
      this.#failed(watcher, thrown instanceof Error ? thrown.message : String(thrown), false);
    } finally {
      watcher.busy = false;
    }
  }

  #settle(watcher: Watcher, head: Head, offered: Offered): void {
    if ('problem' in offered) {
      this.#failed(watcher, offered.problem, offered.grave);
      return;
    }
    const { line, time } = offered.cosignature;
    const { store, log } = this.#options;
    // A crash before this: the witness says by 409 how far it is. After it, the cosignature is there.
    store.put({ size: head.size, key: watcher.key, time, line });
    if (watcher.problem !== null) log('witness-back', { witness: watcher.name });
    Object.assign(watcher, { size: head.size, time, problem: null, failures: 0, next: 0 });
    const met = this.#met(head);
    if (met !== null && met.size >= (this.#quorum?.size ?? 0)) this.#quorum = met;
    store.prune(this.#quorum?.size ?? 0);
  }

  #failed(watcher: Watcher, problem: string, grave: boolean): void {
    if (this.#closed) return;
    if (watcher.problem !== problem) this.#options.log('witness-problem', { witness: watcher.name, problem, grave });
    watcher.problem = problem;
    watcher.next = Date.now() + Math.min(LONGEST_PAUSE_MS, EVERY_MS * 2 ** Math.min(watcher.failures, 10));
    watcher.failures += 1;
  }

  #met(head: Head): WitnessedHead | null {
    const note = this.cosignaturesOf(head.note);
    const time = quorumTime(this.#holding(note), this.#options.quorum);
    return time === null ? null : { size: head.size, note, time };
  }

  #holding(note: string) {
    return cosignaturesIn(
      note,
      this.#watchers.map(({ verifier }) => verifier),
    );
  }

  /** As far as the store goes: what it holds counts only for checkpoints that are this ledger's own. */
  #storedQuorum(): WitnessedHead | null {
    const { store, quorum, read } = this.#options;
    for (const size of store.sizesWith(quorum, SIZES_TRIED)) {
      const note = read((growth) => growth.noteAt(size));
      const met = note === null ? null : this.#met({ size, note });
      if (met !== null) return met;
    }
    return null;
  }
}
