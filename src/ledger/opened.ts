import type { JsonObject } from '../domain/json.ts';
import {
  type AskedDetails,
  askedDetails,
  type ConcludedDetails,
  concludedDetails,
  type ExplainDetails,
  explainDetails,
  interruptedDetails,
  type RefusedDetails,
  refusedDetails,
  type SubjectDetails,
  subjectDetails,
} from './details-form.ts';

/** One leg over both entries: what was decided, and what became of it. */
export interface OpenedLeg {
  readonly dataset: string;
  readonly holder: string;
  /** As at the end: those of the outcome where they differ from the intent's. */
  readonly findings: AskedDetails['legs'][number]['findings'];
  readonly permit: AskedDetails['legs'][number]['permit'];
  /** `open` where there is no outcome yet. */
  readonly state: string;
  readonly code: string | null;
  /** Records released. */
  readonly rows: number | null;
  /** The facts that decided, flat; empty where none could be gathered. */
  readonly facts: JsonObject;
}

/** One exchange, opened: both entries put together. */
export interface OpenedExchange {
  readonly exchange: string;
  readonly asked: { readonly index: number; readonly time: string } | null;
  readonly outcome: { readonly index: number; readonly time: string } | null;
  /** Of a question that was explained and not asked: then there is neither of the two. */
  readonly explained?: { readonly index: number; readonly time: string };
  /** `open` where there is no outcome yet, `interrupted` where a crash left none, `explained` where nothing was asked. */
  readonly result: string;
  /** Digest of what was released. */
  readonly answer: string | null;
  readonly who: AskedDetails['who'];
  readonly project: string;
  readonly purpose: AskedDetails['purpose'];
  readonly case: string | null;
  readonly justification: string;
  readonly output: string;
  readonly versions: AskedDetails['versions'];
  readonly legs: readonly OpenedLeg[];
  /** Null: erased. */
  readonly by: SubjectDetails['by'] | null;
}

/** An entry of an exchange with its details opened; null parts are erased, or were never written. */
export interface OpenedEntry {
  readonly index: number;
  readonly time: string;
  readonly accountability: JsonObject | null;
  readonly subject: JsonObject | null;
}

/**
 * Puts the entries of one exchange together.
 * @returns null where what is needed was erased or where there is neither entry. @throws z.ZodError on details of another form.
 */
export function openedExchange(
  exchange: string,
  asked: OpenedEntry | null,
  outcome: OpenedEntry | null,
): OpenedExchange | null {
  const place = (entry: OpenedEntry | null) => (entry === null ? null : { index: entry.index, time: entry.time });
  const places = { exchange, asked: place(asked), outcome: place(outcome) };
  const subject = asked?.subject ?? outcome?.subject ?? null;
  const by = subject === null ? null : subjectDetails.parse(subject).by;
  if (asked !== null) {
    if (asked.accountability === null) return null;
    const told = askedDetails.parse(asked.accountability);
    const ended = concluded(outcome);
    return {
      ...places,
      ...ofAsker(told),
      by,
      result: ended?.result ?? 'open',
      answer: ended?.answer ?? null,
      legs: concludedLegs(told, ended),
    };
  }
  if (outcome?.accountability == null) return null;
  const told = refusedDetails.parse(outcome.accountability);
  return {
    ...places,
    ...ofAsker(told),
    by,
    result: told.outcome,
    answer: told.answer,
    legs: refusedLegs(told),
  };
}

/** Legs of an intent, and what became of each. */
export function concludedLegs(
  { legs, facts }: Pick<AskedDetails, 'legs' | 'facts'>,
  ended: Ended | null,
): readonly OpenedLeg[] {
  return legs.map(({ dataset, holder, permit, findings }, i) => {
    const end = ended?.legs?.[i];
    return {
      dataset,
      holder,
      permit,
      findings: end?.findings ?? findings,
      state: end?.state ?? legWithoutEnd(permit, ended?.result),
      code: end?.code ?? null,
      rows: end?.rows ?? null,
      facts: facts[i] ?? {},
    };
  });
}

/** Legs of an outcome that no intent precedes. */
export function refusedLegs({ legs, facts }: Pick<RefusedDetails, 'legs' | 'facts'>): readonly OpenedLeg[] {
  return legs.map(({ dataset, holder, findings, permit, state, code = null }, i) => {
    return { dataset, holder, findings, permit, state, code, rows: null, facts: facts[i] ?? {} };
  });
}

/**
 * A decision that was explained, in the shape of an exchange, so that both are found and shown alike.
 * @returns null where it was erased. @throws z.ZodError on details of another form.
 */
export function openedExplanation(exchange: string, entry: OpenedEntry): OpenedExchange | null {
  if (entry.accountability === null) return null;
  const told = explainDetails.parse(entry.accountability);
  return {
    ...{ exchange, asked: null, outcome: null, explained: { index: entry.index, time: entry.time } },
    ...ofAsker(told),
    by: entry.subject === null ? null : subjectDetails.parse(entry.subject).by,
    result: 'explained',
    answer: null,
    legs: told.legs.map(({ dataset, holder, findings: found }, i) => ({
      ...{ dataset, holder, findings: found, permit: null, state: 'explained', code: null, rows: null },
      facts: told.facts[i] ?? {},
    })),
  };
}

function ofAsker(told: AskedDetails | RefusedDetails | ExplainDetails) {
  const { who, project, purpose, justification, output, versions } = told;
  return { who, project, purpose, case: told.case, justification, output, versions };
}

function legWithoutEnd(permit: OpenedLeg['permit'], result: string | undefined): string {
  if (permit === null) return 'refused';
  return result === undefined ? 'open' : 'fault';
}

/** What an outcome says that follows an intent. Erased or interrupted: no legs. */
export interface Ended {
  readonly result: string;
  readonly legs: ConcludedDetails['legs'] | null;
}

function concluded(outcome: OpenedEntry | null): (Ended & { readonly answer: string | null }) | null {
  if (outcome === null) return null;
  if (outcome.accountability === null) return { result: 'erased', answer: null, legs: null };
  const interrupted = interruptedDetails.safeParse(outcome.accountability);
  if (interrupted.success) return { result: 'interrupted', answer: null, legs: null };
  const { outcome: result, answer, legs } = concludedDetails.parse(outcome.accountability);
  return { result, answer, legs };
}
