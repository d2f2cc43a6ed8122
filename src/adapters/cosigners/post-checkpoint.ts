import { Pool } from 'undici';
import { SECOND } from '../../domain/time.ts';

/** What a witness said to a checkpoint, not yet judged. */
export type CosignerAnswer =
  /** Signature lines, as sent. */
  | { readonly kind: 'cosigned'; readonly lines: string }
  /** It cosigned last at this size. */
  | { readonly kind: 'conflict'; readonly size: number }
  /** By the protocol: 400, 403, 404, 422; or any other status. */
  | { readonly kind: 'refused'; readonly status: number }
  | { readonly kind: 'unreachable'; readonly reason: string };

export interface Cosigner {
  /** @param body of `add-checkpoint`. Never throws. */
  post(body: string): Promise<CosignerAnswer>;
  close(): Promise<void>;
}

/** Time for one answer: connecting, head and body together. */
const TIMEOUT_MS = 5 * SECOND;
/** Some signature lines, or one number. */
const MOST_BYTES = 32_768;
const MAX_HEAD_BYTES = 16_384;

/**
 * A witness over HTTP (C2SP tlog-witness): one connection that is kept, no redirect, no proxy, no second try.
 * @param url submission prefix; `/add-checkpoint` is put after it.
 */
export function connectCosigner(url: string, timeoutMs: number = TIMEOUT_MS): Cosigner {
  const base = new URL(url);
  const path = `${base.pathname.replace(/\/$/, '')}/add-checkpoint`;
  const pool = new Pool(base.origin, {
    connections: 1,
    pipelining: 1,
    allowH2: false,
    maxHeaderSize: MAX_HEAD_BYTES,
    connect: { timeout: timeoutMs },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  });
  return {
    async post(body) {
      const stop = new AbortController();
      // One limit for all: a body that trickles in would begin a limit of its own anew with each byte.
      const timer = setTimeout(() => stop.abort(), timeoutMs);
      try {
        const {
          statusCode,
          headers,
          body: sent,
        } = await pool.request({
          method: 'POST',
          path,
          headers: { 'content-type': 'text/plain; charset=utf-8', 'user-agent': 'five-safes-gateway' },
          body,
          signal: stop.signal,
        });
        const text = await readText(sent);
        if (statusCode === 200) return { kind: 'cosigned', lines: text };
        const size = /^(0|[1-9][0-9]{0,15})\n$/.exec(text)?.[1];
        if (statusCode === 409 && headers['content-type'] === 'text/x.tlog.size' && size !== undefined) {
          return { kind: 'conflict', size: Number(size) };
        }
        return { kind: 'refused', status: statusCode };
      } catch (error) {
        const reason = stop.signal.aborted ? `no answer within ${timeoutMs} ms` : messageOf(error);
        return { kind: 'unreachable', reason };
      } finally {
        clearTimeout(timer);
      }
    },
    close: () => pool.destroy(),
  };
}

async function readText(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > MOST_BYTES) throw new Error(`the answer has more than ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
