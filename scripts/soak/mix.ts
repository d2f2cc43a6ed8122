import { randomUUID } from 'node:crypto';
import type { DealerRecord } from '../../demo/parties/records.ts';

/** One request of the mix, and what may come of it. */
export interface Request {
  readonly kind: string;
  readonly path: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The client gives up after so many milliseconds. */
  readonly givesUpAfter?: number;
  /** Statuses that are right, with the code where it is a problem: `200`, `502 holder/fault`. */
  readonly expected: readonly string[];
}

/** Those at once. */
export type Turn = readonly Request[];

const WHY = { project: 'op-gearbox', purpose: 'SuspectedCrimeInvestigation', case: 'KP-2026-AB' };
const JSON_BODY = { 'content-type': 'application/json' };
const HEADERS = {
  'five-safes-project': WHY.project,
  'five-safes-purpose': WHY.purpose,
  'five-safes-case': WHY.case,
  'five-safes-justification': 'long trial',
};
/** A holder that takes too long is the one fault that a mix may meet. */
const SLOW = '502 holder/fault';
const KEY_TAKEN = ['409 idempotency/in-progress', '422 idempotency/mismatch'];

/**
 * The n-th turn: hits, records, one and two dealers, none, a refusal, `/proxy`, repeated keys, clients that give up, bad
 * requests, and what one may see of oneself.
 * @param earlier exchange of this client, to ask after.
 */
export function turnOf(n: number, cars: readonly DealerRecord[], earlier: string | undefined): Turn {
  const { vin = '', engineNo = '' } = cars[n % cars.length]?.vehicle ?? {};
  const ask = (of: object, more: object = {}, kind = 'answered', expected = ['200', SLOW]): Request => ({
    kind,
    path: '/v1/exchanges',
    method: 'POST',
    headers: JSON_BODY,
    body: JSON.stringify({
      ...WHY,
      justification: `long trial, question ${n}`,
      ask: { datasets: ['dealer-sales'], by: { vin }, output: 'records', ...of },
      ...more,
    }),
    expected,
  });
  const get = (kind: string, path: string, expected = ['200'], headers = {}): Request => ({
    kind,
    path,
    method: 'GET',
    headers,
    expected,
  });
  switch (n % 12) {
    case 0:
      return [ask({ output: 'hit', datasets: ['dealer-sales', 'tidewater-sales'] })];
    case 1:
      return [ask({ datasets: ['dealer-sales', 'tidewater-sales'] })];
    case 2:
      return [ask({ by: { vin: vin.split('').toReversed().join('') } }, {}, 'none')];
    case 3:
      return [ask({}, { case: 'XX' }, 'refused', ['403 exchange/refused'])];
    case 4:
      return [get('proxy', `/proxy/dealer-sales/sales?engine=${engineNo}`, ['200', SLOW], HEADERS)];
    case 5:
      return repeated(ask({}, {}, 'repeated', ['200', ...KEY_TAKEN, SLOW]), n);
    case 6:
    case 7:
      return [{ ...ask({}, {}, 'given up', ['200', SLOW]), givesUpAfter: 1 + ((n * 7) % 40) }];
    case 8:
      return [{ ...ask({}, {}, 'bad', ['400 request/malformed']), body: '{"project":' }];
    case 9:
      return [earlier === undefined ? get('me', '/v1/me') : get('standing', `/v1/exchanges/${earlier}`)];
    default:
      return [ask({})];
  }
}

/** The same key thrice at once, of which one is another question. Whichever comes first has the key. */
function repeated(request: Request, n: number): Turn {
  const headers = { ...request.headers, 'idempotency-key': `${n}-${randomUUID()}` };
  const other: Request = {
    ...request,
    kind: 'key of another',
    body: (request.body ?? '').replace('long trial', 'another trial'),
  };
  return [
    { ...request, headers },
    { ...request, headers },
    { ...other, headers },
  ];
}
