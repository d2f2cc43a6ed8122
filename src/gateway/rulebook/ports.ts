import type { ExchangeId } from '../../domain/ids.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { ToldField } from '../../domain/plan.ts';
import type { Proposal } from '../../domain/rulebook-life.ts';
import type { Instant } from '../../domain/time.ts';
import type { Digest } from '../../domain/versions.ts';
import type { Submission } from '../../exchange.ts';
import type { ApprovalStatement } from '../../ledger/approval.ts';
import type { RulebookChange } from '../../ledger/rulebook-change.ts';
import type { Version } from '../../rulebook/version.ts';
import type { LegExplanation } from '../../safes/explain/explain.ts';

/** Something found about a version, where it stands, and what to do about it. */
export interface VersionFinding {
  readonly severity: 'error' | 'warning' | 'note';
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly code: string;
  readonly expected: string;
  readonly remedy?: string;
}

/** A version looked at without using it. */
export interface Examined {
  /** None is an error where the version can be used. */
  readonly findings: readonly VersionFinding[];
  /** Over the expected decisions, all of which came true; null: there are errors. */
  readonly tests: Digest | null;
}

/** For whom something widens between two versions. */
export interface Widening {
  /** Nothing is allowed that was not: proved. */
  readonly none: boolean;
  /** Partners whose datasets or duties widen. */
  readonly partners: readonly string[];
  /** Partners whose datasets the change is about at all; null: it is about everybody's. */
  readonly touches: readonly string[] | null;
  /** In words. */
  readonly grounds: readonly string[];
}

export interface ReplayState {
  readonly id: string;
  readonly version: Digest;
  readonly base: Digest;
  /** Of whom its details tell. */
  readonly partner: string;
  readonly state: 'running' | 'done' | 'failed';
  readonly done: number;
  readonly total: number;
  /** Once done. */
  readonly digest: Digest | null;
  readonly report: JsonObject | null;
}

/** What the recorded reading said would be read, and compared with. */
export interface ReplayedFrom {
  /** The tree that holds the reading: nothing written later is opened. */
  readonly size: number;
  /** The version that was active when it was recorded. */
  readonly base: Digest;
}

/** A question that nobody asks, by somebody of the registry, with the sign-in and the network of this request. */
export interface Question extends Pick<Submission, 'exchange' | 'caller' | 'channel' | 'enquiry'> {
  /** Person id. */
  readonly person: string;
}

/** What a version would say at one dataset. */
export interface TriedLeg {
  readonly dataset: string;
  readonly holder: string;
  readonly allowed: boolean;
  readonly explanation: LegExplanation;
  /** What could leave, and on which terms; null where nothing would. At output level `hit` no field leaves. */
  readonly output: {
    readonly fields: readonly ToldField[];
    readonly maxRows: number;
    readonly terms: readonly string[];
  } | null;
}

/** A version in the store, without its text. */
export type VersionHead = Pick<Version, 'digest' | 'parent' | 'author' | 'message' | 'time'>;

/** The rulebook's life; `wiring/rulebook-life.ts` puts it together. Each throws `Fault('ledger/unavailable')`. */
export interface RulebookPorts {
  readonly source: 'files' | 'store';
  /** The version that decides now. */
  active(): Digest;
  /** The version in the directory of policies, where it is another one; `unreadable` where it is none. */
  inFiles(): Digest | 'unreadable' | null;
  versions(): readonly VersionHead[];
  /** Checked against its digest. */
  version(digest: Digest): Version | undefined;
  proposals(): readonly Proposal[];
  examine(version: Version): Promise<Examined>;
  /** What changed, in words and as data. */
  differences(before: Version, after: Version): Promise<JsonObject & { readonly sentences: readonly string[] }>;
  widening(before: Version, after: Version): Promise<Widening>;
  signApproval(about: ApprovalStatement): string;
  openApproval(note: string): ApprovalStatement | undefined;
  /** Report that an entry of the log holds. */
  report(entry: string): JsonObject | null;
  /**
   * Begins, or finds the very one that runs. Only exchanges under agreements of the partner's are decided again.
   * @returns null where another one of the partner's is under way.
   */
  replay(version: Version, by: { readonly partner: string }, from: ReplayedFrom): ReplayState | null;
  /** The one of the partner's that is under way. */
  replayUnderWay(partner: string): ReplayState | undefined;
  replayOf(id: string): ReplayState | undefined;
  /** Null where the version cannot be used. */
  whatIf(version: Version, question: Question, now: Instant): Promise<readonly TriedLeg[] | null>;
  /** Durable with the change, or not at all. @param entry its id. @returns its index. @throws StaleProposal */
  record(change: RulebookChange, accountability: JsonObject, entry?: ExchangeId): Promise<number>;
  /**
   * Builds the version aside, tries it, records, and only then swaps it in. @param who null: the gateway, at the time set.
   * @throws NotActivated with the reason: nothing has changed then.
   */
  activate(next: Proposal, who: JsonObject | null): Promise<number>;
}

/** Somebody else moved the proposal, or made another version active, in between. */
export class StaleProposal extends Error {
  constructor() {
    super('the proposal has changed meanwhile');
    this.name = 'StaleProposal';
  }
}

/** Why a version could not be made active. */
export class NotActivated extends Error {
  readonly code: 'rulebook/flawed' | 'rulebook/approval';
  /** Mistakes that were found. Who is told of one must see the file in which it stands; the message tells of none. */
  readonly findings: readonly VersionFinding[];
  constructor(code: NotActivated['code'], message: string, findings: readonly VersionFinding[] = []) {
    super(message);
    this.name = 'NotActivated';
    this.code = code;
    this.findings = findings;
  }
}
