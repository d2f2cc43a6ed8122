import { existsSync, readFileSync } from 'node:fs';
import type { NoteVerifier } from '../../src/ledger/note.ts';
import { checkReceipt } from '../../src/ledger/receipt-check.ts';
import { ANSWER_LINE } from './client-protocol.ts';

/** An answer that the client wrote down. */
export interface LoggedAnswer {
  readonly exchange: string;
  /** The whole answer, parsed. */
  readonly answer: unknown;
  /** What its receipt claims of the log; null where it does not hold by itself. */
  readonly receipt: { readonly index: number; readonly entry: string } | null;
}

/**
 * Reads what the client has added to its log since the last call: decided answers (200, 403) alone, for the others tell
 * of no exchange.
 */
export function answerReader(file: string, verifier: NoteVerifier): () => readonly LoggedAnswer[] {
  let read = 0;
  return () => {
    if (!existsSync(file)) return [];
    const lines = readFileSync(file).subarray(read).toString('utf8');
    const whole = lines.slice(0, lines.lastIndexOf('\n') + 1);
    read += Buffer.byteLength(whole);
    return whole.split('\n').flatMap((line) => {
      if (line === '') return [];
      const { status, text } = ANSWER_LINE.parse(JSON.parse(line));
      if (status !== 200 && status !== 403) return [];
      const answer: { exchange?: unknown } = JSON.parse(text);
      const checked = checkReceipt(answer, verifier);
      return [{ exchange: String(answer.exchange), answer, receipt: 'code' in checked ? null : checked }];
    });
  };
}
