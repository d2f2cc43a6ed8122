import type { Raw, Treated } from './domain/answer.ts';
import type { Brand } from './domain/brand.ts';
import type { Caller, Channel } from './domain/caller.ts';
import { canonicalJson } from './domain/canonical-json.ts';
import { digestOf } from './domain/digest.ts';
import type { Enquiry } from './domain/enquiry.ts';
import type { Facts } from './domain/facts.ts';
import { Fault, faultCode } from './domain/faults.ts';
import type { Finding } from './domain/finding.ts';
import type { ExchangeId } from './domain/ids.ts';
import { type Leg, type LegDecision, type Outcome, outcomeOf } from './domain/leg.ts';
import type { Person } from './domain/partnership.ts';
import type { Permit } from './domain/permit.ts';
import { toldPlan } from './domain/plan.ts';
import type { Clock, Instant } from './domain/time.ts';
import type { Digest, Versions } from './domain/versions.ts';
import type { Appended, Ledger } from './ledger/entry.ts';
import { type Receipt, receiptFor, receiptText } from './ledger/receipt.ts';
import { askedDraft, outcomeDraft, type Recorded } from './ledger/record.ts';

/**
 * Puts an answer into another form than the native one, such as the holder's. Pure: it learns of nothing but the legs.
 * @returns the whole text that leaves, or null where the native form is told (refusals, faults, holds).
 */
export type Shape = (legs: readonly Leg[]) => string | null;

/** A question as the gateway received it: parsed, its caller verified. */
export interface Submission {
  readonly exchange: ExchangeId;
  readonly caller: Caller;
  /** Keyed hash of issuer and subject, under which the asker finds the exchange again. */
  readonly asker: string;
  readonly channel: Channel;
  readonly enquiry: Enquiry;
  readonly idempotency?: { readonly key: string; readonly request: Digest };
  /** Form of the answer; the native one where there is none. What is recorded is the digest of what it gives. */
  readonly shape?: Shape;
}

/** What the rules say of a submission: a decision for each dataset asked. */
export interface Decided {
  readonly person: Person | null;
  readonly legs: readonly LegDecision[];
  /** Facts of each leg, in the order of `legs`. */
  readonly facts: readonly Facts[];
  /** Errors met while judging; each refused its leg. */
  readonly defects: readonly unknown[];
}

/** Rules, facts and version hashes of one moment; an exchange finishes on the one it started with. */
export interface Ruleset {
  readonly versions: Versions;
  decide(submission: Submission, now: Instant): Decided;
  judgeResult(rows: number, maxRows: number, terms: Finding): Finding;
  judgeSpent(terms: Finding): Finding;
  /** Whether the permit would still be given, with the same plan and terms: facts may have changed since. */
  stillPermits(permit: Permit, submission: Submission, now: Instant): boolean;
}

/** What an exchange needs of the world. Adapters implement these; `main.ts` puts them together. */
export interface Ports {
  readonly clock: Clock;
  readonly ledger: Ledger;
  /** The ruleset in force now. */
  ruleset(): Ruleset;
  /**
   * Asks one holder; throws `Fault` (holder/…).
   * @param asked the durable intent, which the holder can be shown: nothing is fetched before there is one.
   */
  fetch(permit: Permit, asked: Appended): Promise<Raw>;
  /** Builds what may leave; throws `Fault('holder/shape')`. */
  treat(permit: Permit, raw: Raw): Treated;
  /** Told of errors that nobody foresaw, for operators. The exchange goes on, fails closed and is recorded. */
  defect(error: unknown): void;
}

/** The answer, byte for byte as recorded. Made by `release` alone. */
export type Release = Brand<
  {
    readonly exchange: ExchangeId;
    readonly outcome: Outcome;
    readonly legs: readonly Leg[];
    readonly receipt: Receipt;
    /** The body is what the submission's `shape` gave, and says nothing of exchange and receipt. */
    readonly shaped: boolean;
    readonly body: string;
  },
  'Release'
>;

export type Conduct = (submission: Submission) => Promise<Release>;

/**
 * One exchange, from a verified caller's question to the bytes that leave: decide → intend → fetch → treat → inspect →
 * record → release. The order of effects is the design.
 * @returns the release, also of refusals: what was recorded is what is told.
 * @throws Fault `ledger/unavailable` or `clock/untrusted`; then nothing has left.
 */
export function createExchange(ports: Ports): Conduct {
  return async (submission) => {
    const ruleset = ports.ruleset();
    const now = ports.clock.now();

    // A crash here: nobody was asked, nothing is recorded, the asker gets no answer.
    const decision = ruleset.decide(submission, now);
    for (const defect of decision.defects) ports.defect(defect);
    const recorded: Recorded = {
      ...submission,
      address: submission.channel.address,
      person: decision.person,
      decided: decision.legs,
      facts: decision.facts,
      versions: ruleset.versions,
    };

    // A crash after this: an open intent that recovery closes as interrupted. Before it: no holder hears of the question.
    const intended = decision.legs.some((leg) => leg.permit !== null);
    const asked = intended ? await ports.ledger.append(askedDraft(recorded)) : null;

    // A crash during this: the holder may have been asked, and the open intent says so. Legs do not wait for each other.
    const legs = await Promise.all(decision.legs.map((leg) => conductLeg(ports, ruleset, submission, leg, asked)));

    // A crash before this is durable: nothing was released. After it: the outcome stands, and the asker may never have got it.
    const answer = sealAnswer(legs, submission.shape);
    const outcome = outcomeOf(legs.map((leg) => leg.state));
    const appended = await ports.ledger.append(
      outcomeDraft(recorded, asked?.index ?? null, legs, outcome, answer.digest),
    );
    const receipt = receiptFor(appended, answer.digest);

    await ports.clock.until(floorOf(decision.legs, legs));
    return release(receipt, answer, {
      exchange: submission.exchange,
      outcome,
      legs,
      rulebook: ruleset.versions.rulebook,
    });
  };
}

/** Fetch, treat and inspect for one dataset. Whatever goes wrong stays in this leg. */
async function conductLeg(
  ports: Ports,
  ruleset: Ruleset,
  submission: Submission,
  decided: LegDecision,
  asked: Appended | null,
): Promise<Leg> {
  const { dataset, holder, findings, permit } = decided;
  if (permit === null) return { dataset, holder, state: 'refused', ...refusalCode(findings), findings };
  try {
    if (asked === null) throw new Error('a leg is permitted, but its intent was not written');
    if (asked.spent.includes(dataset)) {
      const outputs = ruleset.judgeSpent(findings.outputs);
      return { dataset, holder, state: 'refused', code: outputs.code, findings: { ...findings, outputs } };
    }
    stillPermitted(ports, ruleset, submission, permit);
    const raw = await ports.fetch(permit, asked);
    const treated = ports.treat(permit, raw);
    // The holder may have paused while its answer was on the way.
    stillPermitted(ports, ruleset, submission, permit);
    const outputs = ruleset.judgeResult(treated.rows, permit.maxRows, findings.outputs);
    if (outputs.verdict === 'refuse') {
      return { dataset, holder, state: 'refused', code: outputs.code, findings: { ...findings, outputs } };
    }
    return answeredLeg(decided, permit, treated);
  } catch (error) {
    if (!(error instanceof Fault)) ports.defect(error);
    return { dataset, holder, state: 'fault', code: faultCode(error, 'exchange/internal'), findings };
  }
}

/** Facts can change between the decision and the question to the holder, and again before its answer is let go. */
function stillPermitted(ports: Ports, ruleset: Ruleset, submission: Submission, permit: Permit): void {
  if (!ruleset.stillPermits(permit, submission, ports.clock.now())) throw new Fault('exchange/not-in-force');
}

function answeredLeg({ dataset, holder, findings }: LegDecision, permit: Permit, treated: Treated): Leg {
  const hit = treated.rows > 0;
  return {
    dataset,
    holder,
    state: hit ? 'released' : 'none',
    findings,
    hit,
    ...(permit.output === 'records' ? { records: treated.records, fields: toldPlan(permit.plan) } : {}),
    terms: permit.terms,
  };
}

function refusalCode(findings: LegDecision['findings']): Pick<Leg, 'code'> {
  const first = Object.values(findings).find((f) => f.verdict === 'refuse');
  return first === undefined ? {} : { code: first.code };
}

/** Negatives look alike, also in time: `none` is not told before the dataset's time floor. */
function floorOf(decided: readonly LegDecision[], legs: readonly Leg[]): Instant {
  const floors = decided.map(({ permit }, i) =>
    permit !== null && legs[i]?.state === 'none' ? permit.granted + permit.timeFloorMs : 0,
  );
  return Math.max(0, ...floors);
}

interface SealedAnswer {
  /** Canonical JSON of `legs`, or the whole answer in another form: what leaves is this text and no other. */
  readonly text: string;
  /** The text is the whole answer; default false. */
  readonly shaped?: boolean;
  readonly digest: Digest;
}

function sealAnswer(legs: readonly Leg[], shape?: Shape): SealedAnswer {
  const shaped = shape?.(legs) ?? null;
  const text = shaped ?? canonicalJson(legs);
  return { text, shaped: shaped !== null, digest: digestOf(text) };
}

/** Nothing leaves but the bytes whose digest the receipt's entry commits to. */
export function release(
  receipt: Receipt,
  answer: SealedAnswer,
  told: {
    readonly exchange: ExchangeId;
    readonly outcome: Outcome;
    readonly legs: readonly Leg[];
    readonly rulebook: Digest;
  },
): Release {
  if (receipt.digest !== answer.digest) throw new Error('the receipt is for another answer');
  const { exchange, outcome, legs, rulebook } = told;
  const { shaped = false, text } = answer;
  const native =
    `{"exchange":${JSON.stringify(exchange)},"outcome":${JSON.stringify(outcome)},"legs":${text},` +
    `"rulebook":${JSON.stringify(rulebook)},"receipt":${receiptText(receipt)}}`;
  return { exchange, outcome, legs, receipt, shaped, body: shaped ? text : native } as Release;
}
