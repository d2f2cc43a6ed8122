import type { Caller } from '../domain/caller.ts';
import { keepText } from '../domain/canonical-json.ts';
import type { Enquiry } from '../domain/enquiry.ts';
import type { Facts } from '../domain/facts.ts';
import type { ExchangeId } from '../domain/ids.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Leg, LegDecision, Outcome } from '../domain/leg.ts';
import type { Person } from '../domain/partnership.ts';
import { toldPlan } from '../domain/plan.ts';
import { DPV_VERSION, isPurpose, purposeIri } from '../domain/purpose.ts';
import type { Digest, Versions } from '../domain/versions.ts';
import type { EntryDraft, Reservation, Standing } from './entry.ts';

/** What both entries of an exchange are about. */
export interface Recorded {
  readonly exchange: ExchangeId;
  readonly caller: Caller;
  readonly person: Person | null;
  /** Keyed hash of issuer and subject. */
  readonly asker: string;
  readonly address: string;
  readonly enquiry: Enquiry;
  readonly decided: readonly LegDecision[];
  /** Facts of each leg, in the order of `decided`. */
  readonly facts: readonly Facts[];
  readonly versions: Versions;
  readonly idempotency?: { readonly key: string; readonly request: Digest };
}

/** The intent: who asks what of whom and why, and what the rules say. Written before any holder is asked. */
export function askedDraft(recorded: Recorded): EntryDraft {
  return {
    kind: 'asked',
    exchange: recorded.exchange,
    accountability: { ...common(recorded), legs: recorded.decided.map((leg) => decidedLeg(leg)) },
    subject: { by: { ...recorded.enquiry.by } },
    reservations: reservations(recorded.decided),
    standing: standing(
      recorded,
      null,
      recorded.decided.map((d) => ({ ...d, state: d.permit === null ? 'refused' : 'open' })),
    ),
  };
}

/**
 * The outcome: what became of each leg. Written before anything is released, once per exchange.
 * @param asked index of the exchange's intent, which says who asked, why, and what was decided: it is named here and not
 * told again. Null where nobody was asked: then all of it is told here.
 */
export function outcomeDraft(
  recorded: Recorded,
  asked: number | null,
  legs: readonly Leg[],
  outcome: Outcome,
  answer: Digest,
): EntryDraft {
  const whole = asked === null;
  return {
    kind: 'outcome',
    exchange: recorded.exchange,
    accountability: {
      ...(whole ? common(recorded) : { asked }),
      outcome,
      answer,
      legs: legs.map((leg, i) => ({
        ...(whole ? decidedLeg(recorded.decided[i]) : changedLeg(recorded.decided[i], leg)),
        ...concludedLeg(leg),
      })),
    },
    subject: whole ? { by: { ...recorded.enquiry.by } } : null,
    answer,
    standing: standing(recorded, outcome, legs),
  };
}

/**
 * A decision explained: who was told what the rules say of which question. Written before it is told.
 * @param told whose facts were put to the rules, if not the caller's own, and in whose words they were told.
 */
export function explainDraft(
  recorded: Recorded,
  told: { readonly about: Person | null; readonly readers: readonly string[] },
): EntryDraft {
  return {
    kind: 'explain',
    exchange: recorded.exchange,
    accountability: {
      ...common(recorded),
      about: told.about?.id ?? null,
      readers: told.readers,
      legs: recorded.decided.map(({ dataset, holder, findings }) => ({ dataset, holder, findings })),
    },
    subject: { by: { ...recorded.enquiry.by } },
  };
}

/** Each leg sent counts, whatever comes back. */
function reservations(decided: readonly LegDecision[]): readonly Reservation[] {
  return decided.flatMap(({ dataset, permit }) => (permit?.budgets ?? []).map((budget) => ({ dataset, ...budget })));
}

/** Directive (EU) 2016/680 Art. 25(1): justification, date and time, who consulted, and the recipient. */
function common({ caller, person, address, enquiry, versions, facts }: Recorded): JsonObject {
  return {
    case: enquiry.case ?? null,
    facts,
    justification: enquiry.justification,
    output: enquiry.output,
    project: enquiry.project,
    purpose: toldPurpose(enquiry.purpose),
    versions,
    who: {
      address,
      issuer: caller.issuer,
      partner: person?.partner ?? null,
      person: person?.id ?? null,
      subject: caller.subject,
      token: caller.tokenId ?? null,
    },
  };
}

const purposes = new Map<string, JsonObject>();

/** @param term of the vocabulary, of which there are a few. */
function toldPurpose(term: string): JsonObject {
  const known = purposes.get(term);
  if (known !== undefined) return known;
  const told = { iri: purposeIri(term), term, vocabulary: `DPV ${DPV_VERSION}` };
  if (isPurpose(term)) purposes.set(term, keepText(told));
  return told;
}

/** Findings appear where inspecting the answer changed them: else those of the intent stand. */
function changedLeg(decided: LegDecision | undefined, { dataset, holder, findings }: Leg): JsonObject {
  return { dataset, holder, ...(findings === decided?.findings ? {} : { findings }) };
}

function decidedLeg(decided: LegDecision | undefined): JsonObject {
  if (decided === undefined) throw new Error('a leg without a decision cannot be recorded');
  const { permit } = decided;
  return {
    dataset: decided.dataset,
    findings: decided.findings,
    holder: decided.holder,
    permit: permit === null ? null : { maxRows: permit.maxRows, plan: toldPlan(permit.plan), terms: permit.terms },
  };
}

function concludedLeg(leg: Leg): JsonObject {
  return {
    state: leg.state,
    ...(leg.code === undefined ? {} : { code: leg.code }),
    ...(leg.records === undefined ? {} : { rows: leg.records.length }),
  };
}

type StandingLeg = Standing['legs'][number];

function standing(recorded: Recorded, outcome: Outcome | null, legs: readonly StandingLeg[]): Standing {
  return {
    asker: recorded.asker,
    outcome,
    legs: legs.map((l) => ({
      dataset: l.dataset,
      holder: l.holder,
      state: l.state,
      ...(l.code === undefined ? {} : { code: l.code }),
    })),
    ...(recorded.idempotency === undefined ? {} : { idempotency: recorded.idempotency }),
  };
}
