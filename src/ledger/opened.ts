import { z } from 'zod';
import type { JsonObject } from '../domain/json.ts';

/**
 * The details of an exchange's entries, as `record.ts` writes them, read again. A file is a boundary: what is read is
 * parsed. Members that a later version adds are let through, those named here must be as they are.
 */
/** What is read came out of a JSON parser, so its members are JSON already: to look at each again costs more than to open it. */
const json = z.custom<JsonObject>((value) => typeof value === 'object' && value !== null && !Array.isArray(value));
const finding = z.looseObject({
  verdict: z.enum(['allow', 'hold', 'refuse', 'not-judged']),
  rule: z.string().nullable(),
  code: z.string(),
  say: z.string(),
  remedy: z.string().optional(),
});
const findings = z.looseObject({
  people: finding,
  projects: finding,
  settings: finding,
  data: finding,
  outputs: finding,
});
const planned = z.looseObject({ field: z.string(), treatment: z.string(), rule: z.string().nullable() });
const permit = z.looseObject({
  plan: z.array(planned),
  maxRows: z.number(),
  terms: z.array(z.string()),
});
const decidedLeg = z.looseObject({
  dataset: z.string(),
  holder: z.string(),
  findings,
  permit: permit.nullable(),
});
const concludedLeg = z.looseObject({
  dataset: z.string(),
  holder: z.string(),
  state: z.string(),
  code: z.string().optional(),
  rows: z.number().optional(),
  findings: findings.optional(),
});
const common = {
  who: z.looseObject({
    issuer: z.string(),
    subject: z.string(),
    person: z.string().nullable(),
    partner: z.string().nullable(),
    address: z.string(),
    token: z.string().nullable(),
  }),
  project: z.string(),
  purpose: z.looseObject({ term: z.string(), iri: z.string(), vocabulary: z.string() }),
  case: z.string().nullable(),
  justification: z.string(),
  output: z.string(),
  versions: z.looseObject({
    rulebook: z.string(),
    registry: z.string(),
    configuration: z.string(),
    build: z.string(),
  }),
  facts: z.array(json),
};

/** Accountability details of an `asked` entry. */
export const askedDetails = z.looseObject({ ...common, legs: z.array(decidedLeg) });
/** Of an `outcome` whose intent stands at `asked`. */
export const concludedDetails = z.looseObject({
  asked: z.number(),
  outcome: z.string(),
  answer: z.string(),
  legs: z.array(concludedLeg),
});
/** Of an `outcome` that no intent precedes: nobody was asked. */
export const refusedDetails = z.looseObject({
  ...common,
  outcome: z.string(),
  answer: z.string(),
  legs: z.array(z.looseObject({ ...decidedLeg.shape, state: z.string(), code: z.string().optional() })),
});
/** Of an `outcome` that recovery wrote after a crash. */
export const interruptedDetails = z.looseObject({ code: z.string(), interrupted: z.literal(true) });
/** Subject details of both kinds: the identifier that was searched for. */
export const subjectDetails = z.looseObject({
  by: z.looseObject({ scheme: z.string(), value: z.string(), full: z.boolean().optional() }),
});

/** Of an `explain` entry: what the rules say of a question that was put to nobody. */
const explainDetails = z.looseObject({
  ...common,
  legs: z.array(z.looseObject({ dataset: z.string(), holder: z.string(), findings })),
});

export type AskedDetails = z.output<typeof askedDetails>;
export type RefusedDetails = z.output<typeof refusedDetails>;
export type SubjectDetails = z.output<typeof subjectDetails>;

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
      legs: told.legs.map((leg, i) => {
        const end = ended?.legs?.[i];
        return {
          dataset: leg.dataset,
          holder: leg.holder,
          permit: leg.permit,
          findings: end?.findings ?? leg.findings,
          state: end?.state ?? legWithoutEnd(leg.permit, ended?.result),
          code: end?.code ?? null,
          rows: end?.rows ?? null,
          facts: told.facts[i] ?? {},
        };
      }),
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
    legs: told.legs.map(({ dataset, holder, findings, permit, state, code = null }, i) => {
      return { dataset, holder, findings, permit, state, code, rows: null, facts: told.facts[i] ?? {} };
    }),
  };
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

function ofAsker(told: AskedDetails | RefusedDetails | z.output<typeof explainDetails>) {
  const { who, project, purpose, justification, output, versions } = told;
  return { who, project, purpose, case: told.case, justification, output, versions };
}

function legWithoutEnd(permit: OpenedLeg['permit'], result: string | undefined): string {
  if (permit === null) return 'refused';
  return result === undefined ? 'open' : 'fault';
}

/** What an outcome says that follows an intent; null where there is none. Erased or interrupted: no legs. */
function concluded(outcome: OpenedEntry | null) {
  if (outcome === null) return null;
  if (outcome.accountability === null) return { result: 'erased', answer: null, legs: null };
  const interrupted = interruptedDetails.safeParse(outcome.accountability);
  if (interrupted.success) return { result: 'interrupted', answer: null, legs: null };
  const { outcome: result, answer, legs } = concludedDetails.parse(outcome.accountability);
  return { result, answer, legs };
}
