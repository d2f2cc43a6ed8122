import { z } from 'zod';
import { type Access, fetchAs } from '../../demo/parties/possession.ts';
import { digestOf } from '../../src/domain/digest.ts';
import type { NoteVerifier } from '../../src/ledger/note.ts';
import { checkReceipt } from '../../src/ledger/receipt-check.ts';
import type { Request } from './mix.ts';

/** What a long trial has seen so far. */
export interface Seen {
  /** `kind status code`, with counts. */
  readonly answers: Map<string, number>;
  /** Those that should not have been. */
  readonly unexpected: Map<string, number>;
  /** Entry of each receipt, by its index in the log. */
  readonly receipts: Map<number, string>;
  readonly brokenReceipts: string[];
  /** Milliseconds, of answers that arrived. */
  readonly times: number[];
  /** An exchange of this client, to ask after. */
  latest: string | undefined;
}

export function nothingSeen(): Seen {
  return {
    answers: new Map(),
    unexpected: new Map(),
    receipts: new Map(),
    brokenReceipts: [],
    times: [],
    latest: undefined,
  };
}

const told = z.looseObject({
  code: z.string().optional(),
  exchange: z.string().optional(),
  outcome: z.string().optional(),
  receipt: z.unknown().optional(),
});

/** Sends one request, checks the receipt of what comes, and notes all of it. */
export async function sendRequest(
  url: string,
  access: Access,
  verifier: NoteVerifier,
  request: Request,
  seen: Seen,
): Promise<void> {
  const began = performance.now();
  const { status, text, headers } = await answerTo(url, access, request);
  if (status !== 0) seen.times.push(performance.now() - began);
  const body = status === 0 ? {} : told.parse(JSON.parse(text));
  const came = body.code === undefined || status < 400 ? String(status) : `${status} ${body.code}`;
  count(seen.answers, `${request.kind} ${came}`);
  const gaveUp = status === 0 && request.givesUpAfter !== undefined;
  if (!gaveUp && !request.expected.includes(came)) count(seen.unexpected, `${request.kind} ${came}`);

  const proxied = headers.get('five-safes-receipt');
  if (proxied !== null) {
    const receipt: { digest?: unknown } = JSON.parse(Buffer.from(proxied, 'base64url').toString());
    if (receipt.digest !== digestOf(text)) seen.brokenReceipts.push('receipt/digest');
    noteReceipt(receipt, verifier, seen);
  } else if (body.receipt !== undefined) {
    // A repetition tells its receipt without the legs it stands for.
    noteReceipt(
      headers.has('idempotency-replayed') || request.kind === 'standing' ? body.receipt : body,
      verifier,
      seen,
    );
  }
  if (body.outcome !== undefined && body.outcome !== 'open') seen.latest = body.exchange;
}

function noteReceipt(input: unknown, verifier: NoteVerifier, { receipts, brokenReceipts }: Seen): void {
  const checked = checkReceipt(input, verifier);
  if ('code' in checked) brokenReceipts.push(checked.code);
  else receipts.set(checked.index, checked.entry);
}

/** Status 0 stands for an answer that never arrived whole. */
async function answerTo(url: string, access: Access, { path, method, headers, body, givesUpAfter }: Request) {
  try {
    const response = await fetchAs(access, `${url}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.timeout(givesUpAfter ?? 20_000),
    });
    return { status: response.status, text: await response.text(), headers: response.headers };
  } catch {
    return { status: 0, text: '', headers: new Headers() };
  }
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
