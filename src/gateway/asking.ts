import type { IncomingMessage, ServerResponse } from 'node:http';
import { digestOf, digestOfJson } from '../domain/digest.ts';
import type { Enquiry } from '../domain/enquiry.ts';
import { Fault } from '../domain/faults.ts';
import type { Outcome } from '../domain/leg.ts';
import type { Release, Shape } from '../exchange.ts';
import type { FoundExchange, GatewayPorts } from './ports.ts';
import { PROBLEM_CONTENT, PROBLEMS, Problem, type ProblemCode, problemBody } from './problem.ts';
import { header, type Received } from './receive.ts';
import { JSON_CONTENT, sendWhole } from './send.ts';

/** A question, however it was put. */
export interface Question {
  readonly enquiry: Enquiry;
  /** Names the form in which it was put: an idempotency key is bound to it too. */
  readonly form: string;
  /** Of answers in another form than the native one. */
  readonly shape?: Shape;
  /** Sends an answer that `shape` gave; of any other it sets headers only. */
  readonly tell?: (release: Release) => void;
}

/** Conducts one exchange and answers with what became of it. Throws Problem or Fault; then nothing is released. */
export type Ask = (known: Received, req: IncomingMessage, res: ServerResponse, question: Question) => Promise<void>;

/** How an outcome is told over HTTP. Refusals and faults are problems that carry their legs. */
const ANSWERS: Readonly<Record<Outcome, { readonly status: number; readonly problem?: ProblemCode }>> = {
  released: { status: 200 },
  none: { status: 200 },
  partial: { status: 200 },
  held: { status: 202 },
  refused: { status: PROBLEMS['exchange/refused'].status, problem: 'exchange/refused' },
  fault: { status: PROBLEMS['holder/fault'].status, problem: 'holder/fault' },
};

/** Printable ASCII, as draft-ietf-httpapi-idempotency-key-header has it for a string item. */
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,128}$/;

/** The one way to an exchange for every path that asks. */
export function createAsking(ports: GatewayPorts): Ask {
  // Requests with a key between arrival and record: the store does not know of them yet.
  const open = new Map<string, string>();

  return async ({ caller, channel, asker }, req, res, question) => {
    const { enquiry, form, shape } = question;
    const key = idempotencyKey(req);
    const exchange = ports.newExchangeId();
    const submission = { exchange, caller, asker, channel, enquiry, ...(shape === undefined ? {} : { shape }) };
    if (key === undefined) return answer(ports, res, await withDeadline(ports, ports.conduct(submission)), question);

    const request = digestOfJson({ form, enquiry: plain(enquiry) });
    // The key is the client's own text, and the store need not know it: only whether it was there before.
    const scoped = digestOf(`${asker}\n${key}`);
    const underway = open.get(scoped);
    if (underway !== undefined)
      throw new Problem(underway === request ? 'idempotency/in-progress' : 'idempotency/mismatch');
    open.set(scoped, request);
    try {
      const earlier = await ports.findByIdempotency(asker, scoped);
      if (earlier !== null) return repeat(res, earlier, request);
      const conducted = ports.conduct({ ...submission, idempotency: { key: scoped, request } });
      answer(ports, res, await withDeadline(ports, conducted), question);
    } finally {
      open.delete(scoped);
    }
  };
}

/** State and receipt of an exchange: what its asker may see again, never the data. */
export function tellStanding({ exchange, standing, receipt }: FoundExchange) {
  const { outcome, legs } = standing;
  return { exchange, outcome: outcome ?? 'open', legs, ...(receipt === null ? {} : { receipt }) };
}

function idempotencyKey(req: IncomingMessage): string | undefined {
  const key = header(req, 'idempotency-key');
  if (key === undefined) return undefined;
  if (IDEMPOTENCY_KEY.test(key)) return key;
  const expected = '1 to 128 printable ASCII characters';
  throw new Problem('request/malformed', {
    errors: [{ path: 'Idempotency-Key', code: 'request/malformed', expected }],
  });
}

/** The same question again: its state and receipt, never the data a second time. */
function repeat(res: ServerResponse, earlier: FoundExchange, request: string): void {
  const { idempotency, outcome } = earlier.standing;
  if (idempotency?.request !== request) throw new Problem('idempotency/mismatch');
  if (outcome === null) throw new Problem('idempotency/in-progress', { exchange: earlier.exchange });
  res.setHeader('Idempotency-Replayed', 'true');
  sendWhole(res, 200, JSON_CONTENT, JSON.stringify(tellStanding(earlier)));
}

function answer(ports: GatewayPorts, res: ServerResponse, release: Release, { tell }: Question): void {
  const { exchange, outcome, legs, shaped, body } = release;
  const { status, problem } = ANSWERS[outcome];
  const told = legs.map(({ dataset, state, code }) => ({ dataset, state, ...(code === undefined ? {} : { code }) }));
  ports.log('exchange', { exchange, outcome, legs: told });
  if (outcome === 'held') res.setHeader('Location', `/v1/exchanges/${exchange}`);
  tell?.(release);
  if (shaped) return;
  if (problem === undefined) {
    sendWhole(res, status, JSON_CONTENT, body);
    return;
  }
  // The body of a release begins with `{`; the members of the problem go before those of the answer.
  const head = JSON.stringify(problemBody(problem, { detail: refusalDetail(release) }));
  sendWhole(res, status, PROBLEM_CONTENT, `${head.slice(0, -1)},${body.slice(1)}`);
}

function refusalDetail({ legs }: Release): string {
  const reasons = legs.flatMap((leg) => Object.values(leg.findings)).filter((f) => f.verdict === 'refuse');
  return [...new Set(reasons.map((f) => f.say))].join(' ') || PROBLEMS['holder/fault'].title;
}

/**
 * A log that hangs must not hang the asker. What is recorded later is an outcome that nobody received, which is what
 * the log says of any answer lost on the way.
 */
function withDeadline({ limits }: GatewayPorts, work: Promise<Release>): Promise<Release> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Fault('ledger/unavailable')), limits.exchangeTimeoutMs);
    work.then(
      (release) => {
        clearTimeout(timer);
        resolve(release);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}

function plain({ by, datasets, ...rest }: Enquiry) {
  return { ...rest, by: { ...by }, datasets };
}
