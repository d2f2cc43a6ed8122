import { z } from 'zod';
import type { JsonObject } from '../domain/json.ts';
import { type Instant, isoTime } from '../domain/time.ts';
import { createDetailsText } from './details-text.ts';
import { type ErasedExchange, exported } from './export/exported.ts';
import { concludedLegs, type Ended, type OpenedEntry, type OpenedExchange, refusedLegs } from './opened.ts';

/** What the rules decided in an exchange, on what, and what became of it: what can be decided again. */
export type DecidedExchange = Pick<OpenedExchange, 'exchange' | 'who' | 'output' | 'versions' | 'legs'>;

/** An entry and the text that was sealed with it; null: erased. */
export interface EntryText {
  readonly index: number;
  readonly time: Instant;
  readonly text: string | null;
}

/**
 * Puts the texts of one exchange together. It tells what `exported` tells of the same texts.
 * @throws z.ZodError or SyntaxError on details of another form.
 */
export type ReadExchange = (
  exchange: string,
  asked: EntryText | null,
  outcome: EntryText | null,
) => DecidedExchange | ErasedExchange;

/** A reader for many exchanges: what is the same in many of them is parsed once. */
export function createExchangeText(): ReadExchange {
  const written = createDetailsText();
  return (exchange, asked, outcome) => {
    if (asked === null) {
      const told = outcome?.text == null ? undefined : written.refused(outcome.text);
      if (told !== undefined) {
        const { who, output, versions } = told;
        return { exchange, who, output, versions, legs: refusedLegs(told) };
      }
    } else if (asked.text !== null) {
      const told = written.asked(asked.text);
      const ended = told && endOf(outcome, written.ended);
      if (told !== undefined && ended !== undefined) {
        const { who, output, versions } = told;
        return { exchange, who, output, versions, legs: concludedLegs(told, ended) };
      }
    }
    return exported(exchange, opened(asked), opened(outcome));
  };
}

/** Undefined: not in the text that is written today. */
function endOf(outcome: EntryText | null, read: (text: string) => Ended | undefined): Ended | null | undefined {
  if (outcome === null) return null;
  return outcome.text === null ? { result: 'erased', legs: null } : read(outcome.text);
}

const envelope = z.object({ details: z.custom<JsonObject>((v) => typeof v === 'object' && v !== null) });

function opened(entry: EntryText | null): OpenedEntry | null {
  if (entry === null) return null;
  const { index, time, text } = entry;
  const accountability = text === null ? null : envelope.parse(JSON.parse(text)).details;
  // What was searched for says nothing of the rules: it stays sealed.
  return { index, time: isoTime(time), accountability, subject: null };
}
