import type { IncomingMessage } from 'node:http';
import { Problem } from './problem.ts';

/** Headers in which a client of `/proxy` says under which project, for what and why it asks, and the member of an enquiry that each stands for. */
export const PROXY_HEADERS = {
  project: 'Five-Safes-Project',
  purpose: 'Five-Safes-Purpose',
  case: 'Five-Safes-Case',
  justification: 'Five-Safes-Justification',
  output: 'Five-Safes-Output',
} as const;
type Member = keyof typeof PROXY_HEADERS;

/** Of a value as sent. A justification of 1,000 letters is at most this long if nearly each is percent-encoded. */
const MOST = 4_096;
const PLAIN = /^[\x20-\x7e]*$/;
/** RFC 8187 section 3.2.1: charset, language, value. A value that begins so is read so. */
const EXTENDED = /^utf-8'/i;
const EXT_VALUE = /^utf-8'[A-Za-z0-9-]*'((?:%[0-9A-Fa-f]{2}|[A-Za-z0-9!#$&+\-.^_`|~])*)$/i;

/**
 * What the headers say, decoded. Whether it makes an enquiry is judged with the rest of it.
 * @throws Problem `request/malformed` where one stands twice, is longer than 4,096 characters, or is neither printable
 * ASCII nor an ext-value.
 */
export function readProxyHeaders(req: IncomingMessage): Readonly<Partial<Record<Member, string>>> {
  const said: Partial<Record<Member, string>> = {};
  for (const member of ['project', 'purpose', 'case', 'justification', 'output'] as const) {
    const header = PROXY_HEADERS[member];
    const values = req.headersDistinct[header.toLowerCase()];
    if (values === undefined) continue;
    const [value, ...more] = values;
    if (value === undefined || more.length > 0) throw wrongHeader(header, 'the header once');
    const text = value.length > MOST ? undefined : textOf(value);
    if (text === undefined) {
      throw wrongHeader(header, `printable ASCII, or UTF-8''… as in RFC 8187, of at most ${MOST} characters`);
    }
    said[member] = text;
  }
  return said;
}

function textOf(value: string): string | undefined {
  if (!EXTENDED.test(value)) return PLAIN.test(value) ? value : undefined;
  const encoded = EXT_VALUE.exec(value)?.[1];
  if (encoded === undefined) return undefined;
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}

function wrongHeader(path: string, expected: string): Problem {
  return new Problem('request/malformed', {
    detail: `${path}: expected ${expected}`,
    errors: [{ path, code: 'request/malformed', expected }],
  });
}

/** The same problem, told by the names of the headers that the client sent. */
export function inHeaderTerms(problem: Problem): Problem {
  const places: Readonly<Record<string, string>> = { ...PROXY_HEADERS, 'ask.output': PROXY_HEADERS.output };
  const { errors = [], ...details } = problem.details;
  const renamed = errors.map((error) => ({ ...error, path: placeOf(error.path, places) }));
  const [first] = renamed;
  return new Problem(problem.code, {
    ...details,
    ...(first === undefined ? {} : { detail: `${first.path}: expected ${first.expected}` }),
    errors: renamed,
  });
}

function placeOf(path: string, headers: Readonly<Record<string, string>>): string {
  if (Object.hasOwn(headers, path)) return headers[path] ?? path;
  return path.startsWith('ask.by') ? 'identifier' : path;
}
