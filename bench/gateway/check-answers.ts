import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { Access } from '../../demo/parties/possession.ts';
import { openReader } from '../../src/adapters/sqlite/reader.ts';
import { digestOf } from '../../src/domain/digest.ts';
import { parseVerifierKey } from '../../src/ledger/note.ts';
import { checkReceipt } from '../../src/ledger/receipt-check.ts';
import { verifyLedger } from '../../src/ledger/verify.ts';
import type { Way } from './requests.ts';

const keptShape = z.object({ status: z.number(), exchange: z.string().nullable(), body: z.string() });
const nativeShape = z.looseObject({
  outcome: z.literal('released'),
  legs: z.array(z.looseObject({ records: z.array(z.looseObject({ notes: z.string() })).length(1) })).length(1),
});
const standingShape = z.object({ receipt: z.looseObject({ digest: z.string() }) });

/** Of the answers in the drop-in way, whose receipts have to be asked for one by one, so many of each run. */
const SAMPLED = 200;

export interface AnswerFile {
  readonly file: string;
  readonly way: Way;
}

/** What was found: counts, so that a bench that checked nothing shows. */
export interface Checked {
  readonly receipts: number;
  readonly entries: number;
  readonly verified: boolean;
}

/**
 * Checks what the gateway gave out: every native answer released one record with twelve fields and carries a receipt that
 * holds by itself and whose entry is in the log; of the drop-in answers a sample; and the log as a whole.
 * @throws Error with the first answer that is not so.
 */
export async function checkAnswers(
  gateway: { readonly url: string; readonly key: string },
  ledger: string,
  access: Access,
  files: readonly AnswerFile[],
): Promise<Checked> {
  const verifier = parseVerifierKey(gateway.key);
  if (verifier === undefined) throw new Error('the gateway has no verifier key');
  const reader = openReader(ledger);
  let receipts = 0;
  try {
    const check = (input: unknown) => {
      const checked = checkReceipt(input, verifier);
      if ('code' in checked) throw new Error(`a receipt does not hold: ${checked.code}`);
      if (reader.entry(checked.index)?.entry !== checked.entry)
        throw new Error('a receipt tells of no entry of the log');
      receipts += 1;
    };
    for (const { file, way } of files) {
      let seen = 0;
      for await (const line of createInterface({ input: createReadStream(file) })) {
        const answer = keptShape.parse(JSON.parse(line));
        if (answer.status !== 200) throw new Error(`an answer with status ${answer.status}: ${answer.body}`);
        if (way === 'native') {
          const body: unknown = JSON.parse(answer.body);
          requireRecord(nativeShape.parse(body).legs[0]?.records[0]);
          check(body);
        } else if (seen++ < SAMPLED) {
          check(await receiptOf(gateway.url, access, answer));
        }
      }
    }
    const { verified, entries } = await verifyLedger(reader.source(), verifier);
    return { receipts, entries, verified };
  } finally {
    reader.close();
  }
}

/** Twelve fields, of which notes were scrubbed. */
function requireRecord(record: unknown): void {
  const fields = Object.values(z.record(z.string(), z.json()).parse(record)).flatMap(leaves);
  if (fields.length !== 12 || fields.some((value) => value === null))
    throw new Error(`${fields.length} fields, not 12`);
}

function leaves(value: unknown): readonly unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [value];
}

async function receiptOf(url: string, access: Access, { exchange, body }: z.infer<typeof keptShape>): Promise<unknown> {
  const response = await fetch(`${url}/v1/exchanges/${exchange}`, {
    headers: { authorization: `Bearer ${access.token}` },
  });
  const { receipt } = standingShape.parse(await response.json());
  if (receipt.digest !== digestOf(body)) throw new Error('a receipt is for another answer');
  return receipt;
}
