import type { Caller, Channel, Credentials } from '../domain/caller.ts';
import type { Dataset } from '../domain/dataset.ts';
import type { Enquiry } from '../domain/enquiry.ts';
import type { ExchangeId } from '../domain/ids.ts';
import type { LegDecision } from '../domain/leg.ts';
import type { Acceptance, Agreement, Person, Project } from '../domain/partnership.ts';
import type { Clock, Instant } from '../domain/time.ts';
import type { Digest, Versions } from '../domain/versions.ts';
import type { Conduct, Submission } from '../exchange.ts';
import type { EvidenceBundle } from '../ledger/bundle.ts';
import type { Ledger, Standing } from '../ledger/entry.ts';
import type { Receipt } from '../ledger/receipt.ts';
import type { Decision } from '../safes/decide.ts';
import type { LegExplanation } from '../safes/explain/explain.ts';
import type { RecordedLeg } from '../safes/explain/recorded.ts';
import type { AuditPorts } from './audit/ports.ts';
import type { AuthzenPorts } from './authzen/ports.ts';
import type { ErasingPorts } from './erasure-ports.ts';
import type { RulebookPorts } from './rulebook/ports.ts';
import type { PublishedLog } from './tiles.ts';
import type { Witnessed } from './witnessed.ts';

/** Where an exchange stands, and the receipt of its outcome once there is one. */
export interface FoundExchange {
  readonly exchange: ExchangeId;
  readonly standing: Standing;
  readonly receipt: Receipt | null;
}

/** One line of the operational log. Codes, counts and times only: no personal data. */
export type LogLine = (event: string, fields: Readonly<Record<string, unknown>>) => void;

/** What the partner API needs of the rest; `main.ts` puts it together. */
export interface GatewayPorts {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly conduct: Conduct;
  readonly log: LogLine;
  readonly limits: {
    readonly bodyBytes: number;
    readonly headBytes: number;
    readonly inFlight: number;
    readonly exchangeTimeoutMs: number;
    readonly unverifiedPerMinute: number;
    readonly explainPerMinute: number;
    readonly evaluationsPerMinute: number;
  };
  newExchangeId(): ExchangeId;
  /** Throws `UnknownCaller` or `Fault('identity/unavailable')`. */
  identify(sent: Credentials, now: Instant): Promise<Caller>;
  /** What a client must know to make DPoP proofs (RFC 9449). */
  readonly dpop: {
    readonly algorithms: readonly string[];
    /** The nonce for proofs from now on. */
    nonce(now: Instant): string;
  };
  /** The AuthZEN decision point. */
  readonly authzen: AuthzenPorts;
  /** Reading the log. */
  readonly audit: AuditPorts;
  /** Keyed hash of issuer and subject. */
  askerOf(caller: Caller): string;
  clientAddress(socketAddress: string | undefined, forwardedFor: string | undefined): string;
  /** Null where there is none. Throw `Fault('ledger/unavailable')`. */
  findExchange(id: ExchangeId): Promise<FoundExchange | null>;
  findByIdempotency(asker: string, key: string): Promise<FoundExchange | null>;
  evidenceOf(id: ExchangeId): Promise<EvidenceBundle | null>;
  /** What of the log is everybody's. */
  readonly published: PublishedLog;
  readonly witnessed: Witnessed;
  readonly registry: {
    personOf(issuer: string, subject: string): Person | undefined;
    person(id: string): Person | undefined;
    projectsOf(person: string): readonly Project[];
    agreement(id: string): Agreement | undefined;
    dataset(id: string): Dataset | undefined;
  };
  /** What persons accept and holders pause: told once the ledger has it, a pause at once. */
  readonly live: {
    acceptedBy(person: string): readonly Acceptance[];
    isPaused(dataset: string): boolean;
    accept(acceptance: Acceptance): void;
    pause(dataset: string): void;
    resume(dataset: string): void;
  };
  /** Roles by which a person acts: offices as the registry attests them, other roles with those they include. */
  rolesOf(person: Person, now: Instant): readonly string[];
  /** The rulebook's versions and their life. */
  readonly rulebook: RulebookPorts;
  /** Erasure and legal hold. */
  readonly erasing: ErasingPorts;
  /** What the rules would say, and why. */
  explain(
    submission: Submission,
    now: Instant,
  ): { readonly decision: Decision; readonly legs: readonly LegExplanation[]; readonly versions: Versions };
  /** Why recorded legs were decided as they were, by the rulebook named; `atHand`: it is the one in force. */
  explainRecorded(
    legs: readonly RecordedLeg[],
    output: string,
    rulebook: string,
  ): { readonly legs: readonly LegExplanation[]; readonly active: Digest; readonly atHand: boolean };
  /** What the rules would say; gives no leave to ask anybody, and what it permits is thrown away. */
  foresee(
    caller: Caller,
    channel: Channel,
    enquiry: Enquiry,
    now: Instant,
  ): readonly Pick<LegDecision, 'dataset' | 'findings'>[];
}
