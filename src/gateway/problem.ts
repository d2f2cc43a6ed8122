import type { ServerResponse } from 'node:http';
import type { FaultCode } from '../domain/faults.ts';
import { FAULTS, type Fault } from '../domain/faults.ts';
import { sendWhole } from './send.ts';

/** Every problem the gateway answers with: status, and words for people. Closed; RFC 9457. */
export const PROBLEMS = {
  'request/malformed': { status: 400, title: 'The request is not well-formed.' },
  'request/unknown-field': { status: 400, title: 'The request has a field that is not known.' },
  'request/unknown-dataset': { status: 400, title: 'The request names a dataset that does not exist.' },
  'request/unknown-scheme': { status: 400, title: 'The request names an identifier scheme that does not exist.' },
  'request/path': { status: 400, title: 'The path is not one that the gateway accepts.' },
  'people/unknown': { status: 401, title: 'The gateway does not know who is asking.' },
  'exchange/refused': { status: 403, title: 'The question was refused.' },
  'people/unregistered': { status: 403, title: 'Nobody is registered under this account.' },
  'people/suspended': { status: 403, title: 'You are suspended: the decision point tells you nothing.' },
  'people/not-entitled': { status: 403, title: 'You do not have the duty that this takes.' },
  'people/same-person': { status: 403, title: 'This needs another person.' },
  'erasure/unknown': { status: 404, title: 'There is nothing of yours to erase here.' },
  'erasure/state': { status: 409, title: 'The erasure is not open to approval.' },
  'erasure/open': { status: 409, title: 'An exchange is still under way.' },
  'erasure/held': { status: 409, title: 'A legal hold blocks the erasure.' },
  'hold/unknown': { status: 404, title: 'There is nothing of yours to hold here.' },
  'hold/state': { status: 409, title: 'The hold cannot be lifted so.' },
  'rulebook/unknown': { status: 404, title: 'There is no such version or proposal for you.' },
  'rulebook/files': { status: 409, title: 'This gateway takes its rulebook from files.' },
  'rulebook/same': { status: 409, title: 'There is such a version already.' },
  'rulebook/drafts': { status: 409, title: 'Your organisation has as many drafts as it may have.' },
  'rulebook/state': { status: 409, title: 'The proposal does not stand so that this can be done.' },
  'rulebook/not-tightening': { status: 409, title: 'It is not proved that the change only adds refusals.' },
  'rulebook/replay': { status: 409, title: 'A finished replay of this version against the active one is needed.' },
  'rulebook/approval': { status: 409, title: 'The approvals do not hold.' },
  'rulebook/flawed': { status: 422, title: 'The version has mistakes.' },
  'audit/not-entitled': { status: 403, title: 'You have no duty that lets you read the log in this way.' },
  'undertaking/unknown': { status: 404, title: 'There is no such undertaking in your agreements.' },
  'undertaking/version': { status: 409, title: 'The undertaking has another version now.' },
  'request/not-found': { status: 404, title: 'There is nothing here.' },
  'exchange/unknown': { status: 404, title: 'There is no such exchange of yours.' },
  'request/method': { status: 405, title: 'This path does not take this method.' },
  'request/timeout': { status: 408, title: 'The request did not arrive in time.' },
  'idempotency/in-progress': { status: 409, title: 'The first request with this key is still under way.' },
  'request/too-large': { status: 413, title: 'The body is too large.' },
  'request/media-type': { status: 415, title: 'The body must be JSON in UTF-8, not compressed.' },
  'idempotency/mismatch': { status: 422, title: 'This key was used for another request.' },
  'request/too-many': { status: 429, title: 'Too many requests.' },
  'request/head-too-large': { status: 431, title: 'The head of the request is too large.' },
  'holder/fault': { status: 502, title: 'No holder could answer.' },
  'ledger/unavailable': { status: 503, title: FAULTS['ledger/unavailable'] },
  'ledger/unwitnessed': { status: 503, title: FAULTS['ledger/unwitnessed'] },
  'clock/untrusted': { status: 503, title: FAULTS['clock/untrusted'] },
  'identity/unavailable': { status: 503, title: FAULTS['identity/unavailable'] },
  'gateway/internal': { status: 500, title: 'The gateway failed. Nothing was released.' },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>;

export type ProblemCode = keyof typeof PROBLEMS;
export const PROBLEM_CODES = Object.keys(PROBLEMS) as readonly ProblemCode[];

export interface RequestError {
  /** JSON path of the place: `ask.by`. */
  readonly path: string;
  readonly code: string;
  readonly expected: string;
}

export interface ProblemDetails {
  /** One sentence on this occurrence; never echoes a secret, a stack or a holder's value. */
  readonly detail?: string;
  /** Of 401: why. */
  readonly reason?: string;
  /** Of 401: `WWW-Authenticate`, RFC 9110 section 11.6.1. */
  readonly challenge?: string;
  readonly exchange?: string;
  readonly errors?: readonly RequestError[];
  /** Seconds. */
  readonly retryAfter?: number;
}

/** Thrown by handlers; the error handler of the app answers with it. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly details: ProblemDetails;
  constructor(code: ProblemCode, details: ProblemDetails = {}) {
    super(code);
    this.name = 'Problem';
    this.code = code;
    this.details = details;
  }
}

const RETRY_SECONDS = 5;

/** The problem that a fault is told as. Holders' faults stay in their leg and never get here. */
export function problemOfFault(fault: Fault): Problem {
  const told: Partial<Record<FaultCode, ProblemCode>> = {
    'ledger/unavailable': 'ledger/unavailable',
    'ledger/unwitnessed': 'ledger/unwitnessed',
    'clock/untrusted': 'clock/untrusted',
    'identity/unavailable': 'identity/unavailable',
  };
  const code = told[fault.code];
  return code === undefined ? new Problem('gateway/internal') : new Problem(code, { retryAfter: RETRY_SECONDS });
}

/** Members of a problem document, RFC 9457 §3.1. */
export function problemBody(
  code: ProblemCode,
  { detail, reason, exchange, errors }: ProblemDetails = {},
): Record<string, unknown> {
  const { status, title } = PROBLEMS[code];
  return {
    type: `urn:five-safes:problem:${code}`,
    title,
    status,
    code,
    detail: detail ?? title,
    ...(reason === undefined ? {} : { reason }),
    ...(exchange === undefined ? {} : { exchange }),
    ...(errors === undefined ? {} : { errors }),
  };
}

export const PROBLEM_TYPE = 'application/problem+json';
export const PROBLEM_CONTENT = `${PROBLEM_TYPE}; charset=utf-8`;

/** Answers with a problem. Does nothing if an answer is already under way. */
export function sendProblem(res: ServerResponse, code: ProblemCode, details: ProblemDetails = {}): void {
  if (res.headersSent) return;
  if (details.retryAfter !== undefined) res.setHeader('Retry-After', String(details.retryAfter));
  if (details.challenge !== undefined) res.setHeader('WWW-Authenticate', details.challenge);
  sendWhole(res, PROBLEMS[code].status, PROBLEM_CONTENT, JSON.stringify(problemBody(code, details)));
}
