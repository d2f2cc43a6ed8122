import { type Access, fetchAs } from '../../demo/parties/possession.ts';
import { parseVerifierKey } from '../../src/ledger/note.ts';
import { checkReceipt } from '../../src/ledger/receipt-check.ts';

/** A client that asks without pause and keeps its own log. */
export interface Load {
  /** Exchange ids of answers that arrived whole, with a receipt that holds. */
  readonly answers: string[];
  /** Statuses seen, with their counts; 0: no answer. */
  readonly statuses: Map<number, number>;
  /** Codes of receipts that did not hold. */
  readonly brokenReceipts: string[];
  /** Resolves when `count` answers of any kind have arrived since the call. */
  arrived(count: number): Promise<void>;
  /** Asks no more, and resolves once nothing is under way. */
  stop(): Promise<void>;
}

/**
 * Keeps `atOnce` questions under way until stopped. A gateway that is away is asked again.
 * @param body of the n-th question.
 */
export function startLoad(options: {
  readonly url: string;
  readonly access: Access;
  readonly key: string;
  readonly atOnce: number;
  readonly body: (n: number) => unknown;
}): Load {
  const verifier = parseVerifierKey(options.key);
  if (verifier === undefined) throw new Error('not a verifier key');
  const answers: string[] = [];
  const statuses = new Map<number, number>();
  const brokenReceipts: string[] = [];
  const waiting: { at: number; resolve: () => void }[] = [];
  let stopped = false;
  let arrivals = 0;
  let asked = 0;

  const askOnce = async () => {
    const { status, text } = await post(options.url, options.access, options.body(asked++));
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    if (status === 200 || status === 403) {
      const answer = JSON.parse(text);
      const checked = checkReceipt(answer, verifier);
      if ('code' in checked) brokenReceipts.push(checked.code);
      answers.push(answer.exchange);
    }
    if (status === 0) return void (await new Promise((resolve) => setImmediate(resolve)));
    arrivals++;
    for (const waiter of waiting.filter((w) => w.at <= arrivals)) waiter.resolve();
  };
  const work = async () => {
    while (!stopped) await askOnce();
  };
  const workers = Array.from({ length: options.atOnce }, work);
  return {
    answers,
    statuses,
    brokenReceipts,
    arrived: (count) => new Promise((resolve) => waiting.push({ at: arrivals + count, resolve })),
    stop: async () => {
      stopped = true;
      await Promise.all(workers);
    },
  };
}

/** Status 0 stands for an answer that never arrived whole. */
async function post(url: string, access: Access, body: unknown): Promise<{ status: number; text: string }> {
  try {
    const response = await fetchAs(access, `${url}/v1/exchanges`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    });
    return { status: response.status, text: await response.text() };
  } catch {
    return { status: 0, text: '' };
  }
}
