import { makeProof, type ProofKeyJwk } from '../adapters/identity/make-proof.ts';
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
  /** Below it: `v1/exchanges`. */
  readonly path: string;
  readonly token: string;
  /** The key that the token is bound to (RFC 9449); without it, the token is sent as bearer. */
  readonly key?: ProofKeyJwk;
  readonly idempotencyKey?: string;
  readonly timeoutMs: number;
  /** Default POST. With GET nothing is sent but the head. */
  readonly method?: 'GET' | 'POST';
}

/**
 * Posts a question. Follows no redirect: the token is for this gateway alone.
 * @throws Error saying why no answer came.
 */
export async function postEnquiry(enquiry: JsonObject, options: PostOptions): Promise<Posted> {
  const { gateway, path, token, key, idempotencyKey, timeoutMs, method = 'POST' } = options;
  const url = new URL(path, gateway.href.endsWith('/') ? gateway.href : `${gateway.href}/`);
  const signal = AbortSignal.timeout(timeoutMs);
  const send = async (nonce?: string) =>
    fetch(url, {
      method,
      redirect: 'manual',
      signal,
      headers: {
        ...(key === undefined ? { authorization: `Bearer ${token}` } : await proved(method, url, token, key, nonce)),
        ...(method === 'POST' ? { 'content-type': 'application/json' } : {}),
        accept: 'application/json, application/problem+json',
        ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
      },
      ...(method === 'POST' ? { body: JSON.stringify(enquiry) } : {}),
    });
  try {
    let response = await send();
    const nonce = wantedNonce(response);
    if (key !== undefined && nonce !== null) {
      await response.body?.cancel();
      response = await send(nonce);
    }
    return { status: response.status, body: await textOf(response) };
  } catch (error) {
    throw new Error(`${url.origin}: ${reasonOf(error, timeoutMs)}`, { cause: error });
  }
}

async function proved(
  method: string,
  url: URL,
  token: string,
  key: ProofKeyJwk,
  nonce?: string,
): Promise<Record<string, string>> {
  const subject = { method, url: url.href, token, ...(nonce === undefined ? {} : { nonce }) };
  return { authorization: `DPoP ${token}`, dpop: await makeProof(key, subject, Date.now()) };
}

/** RFC 9449 section 9: the request was not looked at, and is to be sent again with this nonce. */
function wantedNonce({ status, headers }: Response): string | null {
  const wanted = status === 401 && /error="use_dpop_nonce"/.test(headers.get('www-authenticate') ?? '');
  return wanted ? headers.get('dpop-nonce') : null;
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
