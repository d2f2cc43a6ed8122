import type { JsonObject } from '../domain/json.ts';

/** More than any answer; a gateway that sends more is none. */
const MOST_BYTES = 64 * 1024 * 1024;

export interface Posted {
  readonly status: number;
  /** UTF-8 text, not yet known to be JSON. */
  readonly body: string;
}

export interface PostOptions {
  /** Base of the gateway: `https://gateway.example`. */
  readonly gateway: URL;
  readonly token: string;
  readonly idempotencyKey?: string;
  readonly timeoutMs: number;
}

/**
 * `POST /v1/exchanges`. Follows no redirect: the token is for this gateway alone.
 * @throws Error saying why no answer came.
 */
export async function postEnquiry(enquiry: JsonObject, options: PostOptions): Promise<Posted> {
  const { gateway, token, idempotencyKey, timeoutMs } = options;
  const url = new URL('v1/exchanges', gateway.href.endsWith('/') ? gateway.href : `${gateway.href}/`);
  try {
    const response = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        accept: 'application/json, application/problem+json',
        ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
      },
      body: JSON.stringify(enquiry),
    });
    return { status: response.status, body: await textOf(response) };
  } catch (error) {
    throw new Error(`${url.origin}: ${reasonOf(error, timeoutMs)}`, { cause: error });
  }
}

async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw new Error('the answer is larger than any answer of a gateway');
    chunks.push(chunk);
  }
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks));
}

/** `fetch` hides what happened in the cause. */
function reasonOf(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError')
    return `no answer within ${timeoutMs / 1_000} seconds; the question may be in the log`;
  const { cause } = error;
  if (cause instanceof AggregateError) return reasonOf(cause.errors[0], timeoutMs);
  return cause instanceof Error ? cause.message : error.message;
}
