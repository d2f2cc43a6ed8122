import { errors } from 'undici';
import { Fault, type FaultCode } from '../../domain/faults.ts';

/** What of undici's answer is looked at. */
export interface AnswerBody {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: AsyncIterable<unknown> & { dump(options: { limit: number; signal: AbortSignal }): Promise<void> };
}

export const MAX_ANSWER_BYTES = 2 * 1024 * 1024;
/** Of a body nobody wants: so much is read, and for so long, to keep the connection; then it is given up. */
const DUMP_BYTES = 16_384;
const DUMP_MS = 1_000;
const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;

const CODES: Readonly<Record<string, FaultCode>> = {
  UND_ERR_CONNECT_TIMEOUT: 'holder/timeout',
  UND_ERR_HEADERS_TIMEOUT: 'holder/timeout',
  UND_ERR_BODY_TIMEOUT: 'holder/timeout',
  UND_ERR_HEADERS_OVERFLOW: 'holder/too-large',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'holder/not-json',
};

/** The client's errors can carry bytes of the answer, so nothing but their code goes further, not even as a cause. */
export function transportFault(error: unknown, signal: AbortSignal, dataset: string): Fault {
  if (error instanceof Fault) return error;
  if (signal.aborted) return new Fault('holder/timeout', `${dataset}: no whole answer in time`);
  // Its code is often missing, and it carries the answer's first bytes.
  if (error instanceof errors.HTTPParserError)
    return new Fault('holder/not-json', `${dataset}: it does not speak HTTP`);
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  return new Fault(CODES[code] ?? 'holder/unreachable', `${dataset}: ${code}`);
}

/** Gives a body up without waiting for it. */
function discard(answer: AnswerBody): void {
  answer.body.dump({ limit: DUMP_BYTES, signal: AbortSignal.timeout(DUMP_MS) }).catch(() => undefined);
}

async function bytesOf(answer: AnswerBody, dataset: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body) {
    if (!(chunk instanceof Uint8Array)) continue;
    size += chunk.length;
    // Leaving the loop destroys the body and with it the connection.
    if (size > MAX_ANSWER_BYTES) throw new Fault('holder/too-large', `${dataset}: more than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

/**
 * The JSON of a 200; undefined for a 404, which says that there is no record. Everything else is a fault, redirects
 * included: where records are asked for is the configuration's word, not the holder's.
 */
export async function readJson(
  answer: AnswerBody,
  signal: AbortSignal,
  dataset: string,
): Promise<{ readonly value: unknown } | undefined> {
  if (answer.statusCode !== 200) {
    discard(answer);
    if (answer.statusCode === 404) return undefined;
    throw new Fault('holder/status', `${dataset}: status ${answer.statusCode}`);
  }
  const { 'content-type': type, 'content-encoding': encoding } = answer.headers;
  // No encoding was offered; JSON is UTF-8 (RFC 8259 section 8.1).
  if (typeof type !== 'string' || !JSON_TYPE.test(type) || (encoding !== undefined && encoding !== 'identity')) {
    discard(answer);
    throw new Fault('holder/not-json', `${dataset}: the answer is not plain JSON`);
  }
  let bytes: Buffer;
  try {
    bytes = await bytesOf(answer, dataset);
  } catch (error) {
    throw transportFault(error, signal, dataset);
  }
  try {
    return { value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) };
  } catch {
    throw new Fault('holder/not-json', `${dataset}: the answer cannot be parsed`);
  }
}
