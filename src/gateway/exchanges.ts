import type { Request, RequestHandler, Response } from 'express';
import { digestOfJson } from '../domain/digest.ts';
import type { Enquiry } from '../domain/enquiry.ts';
import { Fault } from '../domain/faults.ts';
import { parseExchangeId } from '../domain/ids.ts';
import type { Outcome } from '../domain/leg.ts';
import type { Release } from '../exchange.ts';
import { parseEnquiry } from './enquiry-schema.ts';
import type { FoundExchange, GatewayPorts } from './ports.ts';
import { PROBLEM_TYPE, PROBLEMS, Problem, type ProblemCode, problemBody } from './problem.ts';
import { receivedOf } from './receive.ts';

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

/** `POST /v1/exchanges`: ask. */
export function postExchange(ports: GatewayPorts): RequestHandler {
  // Requests with a key between arrival and record: the store does not know of them yet.
  const open = new Map<string, string>();

  return async (req, res) => {
    const { caller, channel, asker } = receivedOf(req);
    const enquiry = parseEnquiry(req.body, (id) => ports.registry.dataset(id) !== undefined);
    const exchange = ports.newExchangeId();
    const submission = { exchange, caller, asker, channel, enquiry };
    const key = idempotencyKey(req);
    if (key === undefined) return answer(ports, res, await withDeadline(ports, ports.conduct(submission)));

    const request = digestOfJson(plain(enquiry));
    const scoped = `${asker}\n${key}`;
    const underway = open.get(scoped);
    if (underway !== undefined)
      throw new Problem(underway === request ? 'idempotency/in-progress' : 'idempotency/mismatch');
    open.set(scoped, request);
    try {
      const earlier = await ports.findByIdempotency(asker, key);
      if (earlier !== null) return repeat(res, earlier, request);
      await answer(
        ports,
        res,
        await withDeadline(ports, ports.conduct({ ...submission, idempotency: { key, request } })),
      );
    } finally {
      open.delete(scoped);
    }
  };
}

/** `GET /v1/exchanges/{id}`: how mine stands. Another's id and an unknown one are the same 404. */
export function getExchange(ports: GatewayPorts): RequestHandler<{ id: string }> {
  return async (req, res) => {
    const id = parseExchangeId(req.params.id);
    const found = id === undefined ? null : await ports.findExchange(id);
    if (found?.standing.asker !== receivedOf(req as Request).asker) throw new Problem('exchange/unknown');
    res.json(told(found));
  };
}

function idempotencyKey(req: Request): string | undefined {
  const key = req.get('idempotency-key');
  if (key === undefined) return undefined;
  if (IDEMPOTENCY_KEY.test(key)) return key;
  const expected = '1 to 128 printable ASCII characters';
  throw new Problem('request/malformed', {
    errors: [{ path: 'Idempotency-Key', code: 'request/malformed', expected }],
  });
}

/** The same question again: its state and receipt, never the data a second time. */
function repeat(res: Response, earlier: FoundExchange, request: string): void {
  const { idempotency, outcome } = earlier.standing;
  if (idempotency?.request !== request) throw new Problem('idempotency/mismatch');
  if (outcome === null) throw new Problem('idempotency/in-progress', { exchange: earlier.exchange });
  res.set('Idempotency-Replayed', 'true').json(told(earlier));
}

function told({ exchange, standing, receipt }: FoundExchange) {
  const { outcome, legs } = standing;
  return { exchange, outcome: outcome ?? 'open', legs, ...(receipt === null ? {} : { receipt }) };
}

function answer(ports: GatewayPorts, res: Response, release: Release): void {
  const { exchange, outcome, legs, body } = release;
  const { status, problem } = ANSWERS[outcome];
  const told = legs.map(({ dataset, state, code }) => ({ dataset, state, ...(code === undefined ? {} : { code }) }));
  ports.log('exchange', { exchange, outcome, legs: told });
  if (outcome === 'held') res.set('Location', `/v1/exchanges/${exchange}`);
  if (problem === undefined) {
    res.status(status).type('application/json').send(body);
    return;
  }
  // The body of a release begins with `{`; the members of the problem go before those of the answer.
  const head = JSON.stringify(problemBody(problem, { detail: refusalDetail(release) }));
  res
    .status(status)
    .type(PROBLEM_TYPE)
    .send(`${head.slice(0, -1)},${body.slice(1)}`);
}

function refusalDetail({ legs }: Release): string {
  const reasons = legs.flatMap((leg) => Object.values(leg.findings)).filter((f) => f.verdict === 'refuse');
  return [...new Set(reasons.map((f) => f.say))].join(' ') || PROBLEMS['holder/fault'].title;
}

/**
 * A log that hangs must not hang the asker. What is recorded later is an outcome that nobody received, which is what
 * the log says of any answer lost on the way.
 */
async function withDeadline(ports: GatewayPorts, work: Promise<Release>): Promise<Release> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Fault('ledger/unavailable')), ports.limits.exchangeTimeoutMs);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

function plain({ by, datasets, ...rest }: Enquiry) {
  return { ...rest, by: { ...by }, datasets };
}
