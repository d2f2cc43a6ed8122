import type { OutputLevel } from './enquiry.ts';
import type { Scheme } from './identifier.ts';
import type { JsonValue } from './json.ts';

export const OPERATION_METHODS = ['GET', 'POST'] as const;
export type OperationMethod = (typeof OPERATION_METHODS)[number];

/** Whether an answer holds a list of records where the holder has one, or a record by itself. */
export const ANSWER_FORMS = ['list', 'record'] as const;
export type AnswerForm = (typeof ANSWER_FORMS)[number];

/** Stands for the identifier; once in each operation. */
export const VALUE = '{value}';

/**
 * A look-up of the holder's own REST interface that clients may make through `/proxy/{dataset}`. It says where in a
 * request the identifier stands, and what else a request must carry: nothing of it is ever sent to the holder.
 */
export interface Operation {
  readonly method: OperationMethod;
  /** Begins with `/`; segments of unreserved characters (RFC 3986 section 2.3), of which one may be `{value}`. */
  readonly path: string;
  /** Parameters that a request has, each once and no other: the text that stands there, or `{value}`. */
  readonly query: Readonly<Record<string, string>>;
  /** Members of the JSON object that a POST carries, no other: the value that stands there, or `{value}`. */
  readonly body: Readonly<Record<string, string | number | boolean>>;
  readonly scheme: Scheme;
  /** Of requests that do not name an output level. */
  readonly output: OutputLevel;
  /** A record by itself stands alone; should there be more, they are a list. */
  readonly form: AnswerForm;
  /** How this holder says that it has nothing. Said byte for byte alike whatever the reason. */
  readonly empty: { readonly status: 200 | 404; readonly body: JsonValue };
}
