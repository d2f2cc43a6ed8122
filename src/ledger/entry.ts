import type { FaultCode } from '../domain/faults.ts';
import type { ExchangeId } from '../domain/ids.ts';
import type { JsonObject } from '../domain/json.ts';
import type { LegState, Outcome } from '../domain/leg.ts';
import type { ReasonCode } from '../domain/reasons.ts';
import type { Instant } from '../domain/time.ts';
import type { Digest } from '../domain/versions.ts';
import type { ErasingChange } from './erasure.ts';
import type { RulebookChange } from './rulebook-change.ts';

/**
 * `unverified`: requests whose caller stayed unknown, counted. `reading`: details of the log were opened. `explain`: what
 * the rules say of a question was told, and no holder asked. `evaluation`: the same, told to an enforcement point. `erasure`: keys of details were destroyed. `legal-hold`: such
 * keys must stay, or need not any longer. `log-key`: checkpoints are signed by another key from here on.
 */
export const ENTRY_KINDS = [
  'asked',
  'outcome',
  'bad-request',
  'unverified',
  'outage',
  'reading',
  'explain',
  'evaluation',
  'rulebook',
  'undertaking',
  'pause',
  'resume',
  'erasure',
  'legal-hold',
  'log-key',
] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

/** One use of a budget, to be reserved with the intent or not at all. */
export interface Reservation {
  /** The leg that needs it. */
  readonly dataset: string;
  /** Opaque name of the counter. */
  readonly key: string;
  /** The use is granted while the counter stays at or below this. */
  readonly limit: number;
  /** When the counter may be forgotten; null: never. */
  readonly expires: Instant | null;
}

/** What a person or holder changes through the gateway, durable with the entry that tells of it. */
export type StateChange =
  | { readonly kind: 'undertaking'; readonly person: string; readonly undertaking: string; readonly version: number }
  | { readonly kind: 'pause' | 'resume'; readonly dataset: string }
  | ErasingChange
  | RulebookChange;

/** What the asker may see again of an exchange: never data. Kept beside the tree. */
export interface Standing {
  /** Keyed hash of issuer and subject. */
  readonly asker: string;
  readonly outcome: Outcome | null;
  readonly legs: readonly {
    readonly dataset: string;
    readonly holder: string;
    readonly state: LegState | 'open';
    readonly code?: FaultCode | ReasonCode;
  }[];
  readonly idempotency?: { readonly key: string; readonly request: Digest };
}

/** An entry to be. The writer adds index, time and seals. */
export interface EntryDraft {
  readonly kind: EntryKind;
  /** Of the exchange; entries that belong to none carry a fresh id of their own. */
  readonly exchange: ExchangeId;
  /** Who, why, rules, findings, leg table. */
  readonly accountability: JsonObject;
  /** Search values and facts about others; sealed under a key of its own. Null: there are none. */
  readonly subject: JsonObject | null;
  /** Outcomes: digest of what is released, committed to in the entry under a salt. */
  readonly answer?: Digest;
  /** Of `asked` and `outcome`. */
  readonly standing?: Standing;
  /** Of `asked`: budgets, reserved in the same transaction. */
  readonly reservations?: readonly Reservation[];
  /** Of `undertaking`, `pause`, `resume`, `erasure`, `legal-hold` and `rulebook`: written in the same transaction. */
  readonly change?: StateChange;
}

/** An entry as it stands in the tree: RFC 8785 bytes of this are the Merkle leaf. Identifies no person, vehicle or traffic. */
export interface Entry {
  readonly v: 1;
  readonly kind: EntryKind;
  readonly exchange: string;
  /** RFC 3339, UTC, milliseconds. */
  readonly time: string;
  /** SHA-256 of the sealed bytes. */
  readonly accountability: Digest;
  readonly subject: Digest | null;
  /** SHA-256 of salt (16 bytes) followed by the 32 bytes of the answer's digest. */
  readonly answer?: Digest;
}

/** Durable: the entry is in the tree, and the tree's checkpoint is signed. */
export interface Appended {
  readonly index: number;
  /** The leaf, byte for byte (canonical JSON text). */
  readonly entry: string;
  /** C2SP signed note over the tree that holds the entry. */
  readonly checkpoint: string;
  /** RFC 6962 inclusion proof of the entry in that tree, base64, leaf to root. */
  readonly proof: readonly string[];
  /** Base64 of the salt of `answer`; empty where there is none. */
  readonly salt: string;
  /** Legs whose budget was spent: nothing was reserved for them. */
  readonly spent: readonly string[];
}

/** The one door to the log for everything that must be recorded. */
export interface Ledger {
  /**
   * Resolves once the entry is durable. Throws `Fault('ledger/unavailable')` or `Fault('clock/untrusted')`: then it must
   * be taken as not written, though a crash in between may show it afterwards.
   */
  append(draft: EntryDraft): Promise<Appended>;
}
