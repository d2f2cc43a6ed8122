import { type OpenedEntry, type OpenedExchange, openedExchange } from '../opened.ts';

type Place = OpenedExchange['asked'];

/** An exchange whose accountability details were erased: the log shows that it was, and not what it was. */
export interface ErasedExchange {
  readonly exchange: string;
  readonly asked: Place;
  readonly outcome: Place;
  readonly result: 'erased';
}

/** One exchange as the writers of this room take it. */
export type Exported = OpenedExchange | ErasedExchange;

export function isErased(exported: Exported): exported is ErasedExchange {
  return !('who' in exported);
}

/**
 * As `openedExchange`, except that an erased exchange is told of and not left out: who counts the lines of an export
 * must find as many as the log has exchanges.
 * @throws z.ZodError on details of another form.
 */
export function exported(exchange: string, asked: OpenedEntry | null, outcome: OpenedEntry | null): Exported {
  const opened = openedExchange(exchange, asked, outcome);
  if (opened !== null) return opened;
  const place = (entry: OpenedEntry | null) => (entry === null ? null : { index: entry.index, time: entry.time });
  return { exchange, asked: place(asked), outcome: place(outcome), result: 'erased' };
}

/** A line of JSON Lines: all that was opened, under the names that `OpenedExchange` gives it. `v` is the form's version. */
export function jsonLine(exchange: Exported): string {
  return `${JSON.stringify({ v: 1, ...exchange })}\n`;
}
