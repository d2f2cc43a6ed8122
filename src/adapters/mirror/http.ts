import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { type Dispatcher, request } from 'undici';
import { SECOND } from '../../domain/time.ts';
import type { ReadPath } from '../../ledger/tile-source.ts';

/** What is not shown to us is not there for us: some stores answer 403 for what they do not have. */
const ABSENT: ReadonlySet<number> = new Set([401, 403, 404, 410]);
const TIMEOUT_MS = 30 * SECOND;
const unzipped = promisify(gunzip);

/**
 * Reads a published log over HTTP with GET and nothing else: no redirect, no cookie, no second try.
 * @param prefix address under which `checkpoint` and `tile/…` stand. @param timeoutMs for one file, head and body.
 * @throws TypeError where it is no http or https address without user, query and fragment.
 */
export function httpPaths(prefix: string, timeoutMs: number = TIMEOUT_MS): ReadPath {
  const base = baseOf(prefix);
  return async (path, limit) => {
    const url = new URL(path, base);
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const answer = await request(url, { headers: { 'accept-encoding': 'gzip, identity' }, signal });
      if (answer.statusCode === 200) return await bodyOf(answer, limit);
      // Nothing of it is of interest, and a body without end must not be read.
      answer.body.on('error', () => undefined).destroy();
      if (ABSENT.has(answer.statusCode)) return null;
      throw new Error(`status ${answer.statusCode}, expected 200`);
    } catch (error) {
      const reason = signal.aborted ? `no answer within ${timeoutMs} ms` : messageOf(error);
      throw new Error(`${url.href}: ${reason}`, { cause: error });
    }
  };
}

function baseOf(prefix: string): URL {
  const base = URL.parse(prefix.endsWith('/') ? prefix : `${prefix}/`);
  const plain = base !== null && base.username === '' && base.password === '' && base.search === '' && base.hash === '';
  if (plain && (base.protocol === 'https:' || base.protocol === 'http:')) return base;
  throw new TypeError(`${prefix}: expected an http or https address without user, query or fragment`);
}

async function bodyOf({ headers, body }: Dispatcher.ResponseData, limit: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > limit) throw new Error(`more than ${limit} bytes`);
    chunks.push(bytes);
  }
  const whole = Buffer.concat(chunks);
  const { 'content-encoding': encoding = 'identity' } = headers;
  if (encoding === 'identity') return whole;
  // C2SP tlog-tiles: a log may compress entry bundles without being asked.
  if (encoding === 'gzip') return await unzipped(whole, { maxOutputLength: Math.max(limit, 1) });
  throw new Error('an encoding that was not asked for');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
