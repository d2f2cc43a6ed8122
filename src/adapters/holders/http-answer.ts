import { type Dispatcher, errors } from 'undici';
import { Fault, type FaultCode } from '../../domain/faults.ts';

export const MAX_ANSWER_BYTES = 2 * 1024 * 1024;
/** Of a body nobody wants: so much is read, and for so long, to keep the connection; then it is given up. */
const DUMP_BYTES = 16_384;
const DUMP_MS = 1_000;
const UTF8 = new TextDecoder('utf-8', { fatal: true });
const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;

const CODES: Readonly<Record<string, FaultCode>> = {
  UND_ERR_CONNECT_TIMEOUT: 'holder/timeout',
  UND_ERR_HEADERS_TIMEOUT: 'holder/timeout',
  UND_ERR_BODY_TIMEOUT: 'holder/timeout',
  UND_ERR_HEADERS_OVERFLOW: 'holder/too-large',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'holder/not-json',
};

/** The client's errors can carry bytes of the answer, so nothing but their code goes further, not even as a cause. */
function transportFault(error: unknown, dataset: string): Fault {
  if (error instanceof Fault) return error;
  // Its code is often missing, and it carries the answer's first bytes.
  if (error instanceof errors.HTTPParserError)
    return new Fault('holder/not-json', `${dataset}: it does not speak HTTP`);
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  return new Fault(CODES[code] ?? 'holder/unreachable', `${dataset}: ${code}`);
}

/** How long a holder may take. */
export interface Patience {
  /** For connecting, head and body together: each alone could be stretched. */
  readonly wholeMs: number;
  /** For the whole body: the client's own limit begins anew with each byte that trickles in. */
  readonly bodyMs: number;
}

/**
 * Puts one request and reads the JSON of a 200; undefined for a 404, which says that there is no record. Everything else
 * is a fault, redirects included: where records are asked for is the configuration's word, not the holder's.
 * @throws Fault 'holder/timeout', 'holder/unreachable', 'holder/status', 'holder/not-json' or 'holder/too-large'.
 */
export function requestJson(
  pool: Dispatcher,
  options: Dispatcher.DispatchOptions,
  { wholeMs, bodyMs }: Patience,
  dataset: string,
): Promise<{ readonly value: unknown } | undefined> {
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    let settled = false;
    let unwanted = false;
    let size = 0;
    const chunks: Buffer[] = [];
    const timers: NodeJS.Timeout[] = [];
    const end = (fault: Fault | null, answer?: { readonly value: unknown }) => {
      if (settled) return;
      settled = true;
      for (const timer of timers) clearTimeout(timer);
      if (fault === null) resolve(answer);
      else reject(fault);
    };
    const giveUp = (fault: Fault) => {
      end(fault);
      controller?.abort(fault);
    };
    const expire = () => giveUp(new Fault('holder/timeout', `${dataset}: no whole answer in time`));
    /** Nobody waits for the rest of such an answer. */
    const discard = (fault: Fault | null) => {
      unwanted = true;
      end(fault);
      timers.push(setTimeout(() => controller?.abort(new Fault('holder/timeout')), DUMP_MS).unref());
    };
    timers.push(setTimeout(expire, wholeMs));

    pool.dispatch(options, {
      onRequestStart(started) {
        controller = started;
        // Its time ran out while it waited for a connection: it must not be put any more.
        if (settled) started.abort(new Fault('holder/timeout'));
      },
      onResponseStart(_started, status, { 'content-type': type, 'content-encoding': encoding }) {
        // Heads of kind 1xx come before the one that counts.
        if (status < 200) return;
        if (status === 404) return discard(null);
        if (status !== 200) return discard(new Fault('holder/status', `${dataset}: status ${status}`));
        // No encoding was offered; JSON is UTF-8 (RFC 8259 section 8.1).
        const plain = encoding === undefined || encoding === 'identity';
        if (typeof type !== 'string' || !JSON_TYPE.test(type) || !plain)
          return discard(new Fault('holder/not-json', `${dataset}: the answer is not plain JSON`));
        // Where both are as long, the whole runs out before its part.
        if (bodyMs < wholeMs) timers.push(setTimeout(expire, bodyMs));
      },
      onResponseData(_started, chunk) {
        size += chunk.length;
        if (unwanted) {
          if (size > DUMP_BYTES) controller?.abort(new Fault('holder/too-large'));
        } else if (size > MAX_ANSWER_BYTES) {
          giveUp(new Fault('holder/too-large', `${dataset}: more than ${MAX_ANSWER_BYTES} bytes`));
        } else {
          chunks.push(chunk);
        }
      },
      onResponseEnd() {
        // Also ends the wait for a body nobody wants.
        for (const timer of timers) clearTimeout(timer);
        if (!settled) parse(chunks, dataset, end);
      },
      onResponseError(_started, error) {
        for (const timer of timers) clearTimeout(timer);
        end(transportFault(error, dataset));
      },
    });
  });
}

function parse(
  chunks: readonly Buffer[],
  dataset: string,
  end: (fault: Fault | null, answer?: { readonly value: unknown }) => void,
): void {
  const [only, ...more] = chunks;
  let value: unknown;
  try {
    const bytes = only !== undefined && more.length === 0 ? only : Buffer.concat(chunks);
    value = JSON.parse(UTF8.decode(bytes));
  } catch {
    end(new Fault('holder/not-json', `${dataset}: the answer cannot be parsed`));
    return;
  }
  end(null, { value });
}
