import type { IncomingMessage, ServerResponse } from 'node:http';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { Caller, Channel, Credentials } from '../domain/caller.ts';
import { Fault } from '../domain/faults.ts';
import { originNetwork } from '../domain/network.ts';
import { UnknownCaller } from '../domain/unknown-caller.ts';
import { challenge, NONCE_HEADER, speaksOfDpop } from './challenge.ts';
import type { GatewayPorts } from './ports.ts';
import { PROBLEMS, Problem, type ProblemCode, problemOfFault, sendProblem } from './problem.ts';
import { parseBody, readBody } from './read-body.ts';
import type { Unverified } from './unverified.ts';

/** What is known of a request once its caller is. Kept beside the request, not on it: nothing a client sends can pose as it. */
export interface Received {
  readonly caller: Caller;
  readonly channel: Channel;
  readonly asker: string;
}

const received = new WeakMap<Request, Received>();

export function receivedOf(req: Request): Received {
  const known = received.get(req);
  if (known === undefined) throw new Error('a handler ran before its caller was identified');
  return known;
}

/**
 * Identifies the caller from head and channel alone, before any body is read. Requests of unknown callers cost one
 * signature check at most; after `unverifiedPerMinute` of them a network is told to wait. Whoever is verified is never
 * turned away for what a neighbour sends.
 */
export function identifyCaller(ports: GatewayPorts, unverified: Unverified): RequestHandler {
  return async (req, res, next) => {
    received.set(req, await recognise(ports, unverified, req, res, req.originalUrl));
    next();
  };
}

/**
 * The caller of one request and where it came from.
 * @param target request target as received. @throws Problem `people/unknown`, `request/too-many`; Fault.
 */
export async function recognise(
  ports: GatewayPorts,
  unverified: Unverified,
  req: IncomingMessage,
  res: ServerResponse,
  target: string,
): Promise<Received> {
  const channel: Channel = { address: ports.clientAddress(req.socket.remoteAddress, header(req, 'x-forwarded-for')) };
  const now = ports.clock.now();
  const sent = credentialsOf(req, target);
  if (speaksOfDpop(sent)) res.setHeader(NONCE_HEADER, ports.dpop.nonce(now));
  try {
    const caller = await ports.identify(sent, now);
    return { caller, channel, asker: ports.askerOf(caller) };
  } catch (error) {
    if (!(error instanceof UnknownCaller)) throw error;
    const { reason, message: detail } = error;
    // Who lacks a nonce alone has proved the key: a step of the protocol (RFC 9449 section 9), and no attempt.
    const admitted = reason === 'dpop/nonce' || unverified.count(originNetwork(channel.address), reason, now);
    if (!admitted) throw new Problem('request/too-many', { retryAfter: 60 });
    if (reason.startsWith('dpop/')) res.setHeader(NONCE_HEADER, ports.dpop.nonce(now));
    throw new Problem('people/unknown', {
      reason,
      detail,
      challenge: challenge(reason, sent, ports.dpop.algorithms),
    });
  }
}

/** A header's value; of one that came twice, what Node makes of it. */
export function header({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'object' ? value.join(', ') : value;
}

function credentialsOf(req: IncomingMessage, path: string): Credentials {
  const { method = '', headers } = req;
  // Each proof by itself, so that two are seen to be two. To look for them costs a list of all headers.
  const dpop = headers['dpop'] === undefined ? [] : (req.headersDistinct['dpop'] ?? []);
  return { authorization: headers.authorization, dpop, method, path };
}

/** Puts the JSON of a body where Express's handlers look for it. */
export function readJson(ports: GatewayPorts): RequestHandler[] {
  const read: RequestHandler = async (req, _res, next) => {
    req.body = await readJsonBody(req, ports.limits.bodyBytes);
    next();
  };
  return [read];
}

/**
 * The JSON of a body, uncompressed; undefined where there is none.
 * @throws Problem `request/media-type` unless it is called JSON in UTF-8, `request/too-large` beyond `limit` bytes, `request/malformed`.
 */
export async function readJsonBody(req: IncomingMessage, limit: number): Promise<unknown> {
  const type = req.headers['content-type'] ?? '';
  if (!/^application\/json(\s*;\s*charset="?utf-8"?)?\s*$/i.test(type)) throw new Problem('request/media-type');
  const text = await readBody(req, limit);
  try {
    return text === null ? undefined : parseBody(text);
  } catch {
    throw new Problem('request/malformed', { detail: 'The body is no JSON object or list.' });
  }
}

/** What body-parser throws, by its `type`. */
const BODY_ERRORS: Readonly<Record<string, ProblemCode>> = {
  'entity.too.large': 'request/too-large',
  'entity.parse.failed': 'request/malformed',
  'entity.verify.failed': 'request/malformed',
  'encoding.unsupported': 'request/media-type',
  'charset.unsupported': 'request/media-type',
  'request.size.invalid': 'request/malformed',
  'request.aborted': 'request/malformed',
};

function asProblem(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error;
  if (error instanceof Fault) return problemOfFault(error);
  const type = typeof error === 'object' && error !== null && 'type' in error ? String(error.type) : '';
  const code = BODY_ERRORS[type];
  if (code !== undefined) return new Problem(code);
  // Express throws URIError where a path does not decode.
  return error instanceof URIError ? new Problem('request/path') : undefined;
}

/** What Express does with errors of its routes. */
export function answerErrors(ports: GatewayPorts) {
  return (error: unknown, req: Request, res: Response, _next: NextFunction): Promise<void> =>
    tellError(ports, res, error, received.get(req));
}

/**
 * The one place where errors become answers. A bad request of a verified caller is recorded before it is answered; what
 * was not foreseen is logged for operators, and the caller learns only that it happened.
 * @param known undefined where the error came before the caller was identified.
 */
export async function tellError(
  ports: GatewayPorts,
  res: ServerResponse,
  error: unknown,
  known: Received | undefined,
): Promise<void> {
  let problem = asProblem(error);
  if (problem === undefined) {
    ports.log('defect', { error: error instanceof Error ? error.stack : String(error) });
    problem = new Problem('gateway/internal');
  }
  if (PROBLEMS[problem.code].status < 500 && known !== undefined) {
    try {
      const exchange = await recordBadRequest(ports, known, problem);
      problem = new Problem(problem.code, { ...problem.details, exchange });
    } catch (fault) {
      problem = problemOfFault(fault instanceof Fault ? fault : new Fault('ledger/unavailable'));
    }
  }
  sendProblem(res, problem.code, problem.details);
}

async function recordBadRequest(ports: GatewayPorts, { caller, channel }: Received, problem: Problem): Promise<string> {
  const exchange = ports.newExchangeId();
  const person = ports.registry.personOf(caller.issuer, caller.subject);
  await ports.ledger.append({
    kind: 'bad-request',
    exchange,
    accountability: {
      who: {
        issuer: caller.issuer,
        subject: caller.subject,
        person: person?.id ?? null,
        partner: person?.partner ?? null,
        address: channel.address,
      },
      code: problem.code,
      errors: (problem.details.errors ?? []).map(({ path, code }) => ({ path, code })),
    },
    subject: null,
  });
  ports.log('bad-request', { exchange, code: problem.code });
  return exchange;
}
