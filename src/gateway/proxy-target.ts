import { Problem } from './problem.ts';

/** A request target below `/proxy`, taken apart. Every text is decoded once, and holds nothing that a second decoding could change. */
export interface ProxyTarget {
  readonly dataset: string;
  /** Of the path below the dataset; none of them empty, `.` or `..`. */
  readonly segments: readonly string[];
  /** Parameters, each name once. */
  readonly query: ReadonlyMap<string, string>;
}

const PREFIX = '/proxy/';
/** RFC 3986 section 3.3: what may stand in a segment. Excludes backslash, `#` and every byte that is not ASCII. */
const SEGMENT = /^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@]|%[0-9A-Fa-f]{2})+$/;
/** The same for names and values of a query in the form of RFC 3986 section 3.4, `&` and `=` being separators. */
const PART = /^(?:[A-Za-z0-9\-._~!$'()*+,;:@/?]|%[0-9A-Fa-f]{2})*$/;
/** Decoded: a path separator, something to be decoded again, or a control character. */
const UNSAFE = /[/\\%\p{Cc}]/u;

/**
 * Reads the bytes of the request line and nothing that a router made of them: routers decode, and what they decode can
 * be another path than the one that was sent.
 * @param target as received (RFC 9112 section 3.2), in origin form.
 * @throws Problem `request/path`
 */
export function parseProxyTarget(target: string): ProxyTarget {
  if (!target.startsWith(PREFIX)) throw wrongPath('a path that begins with /proxy/ and the id of a dataset');
  const question = target.indexOf('?');
  const path = target.slice(PREFIX.length, question < 0 ? undefined : question);
  const [dataset = '', ...segments] = path.split('/').map(segmentOf);
  return { dataset, segments, query: question < 0 ? new Map() : queryOf(target.slice(question + 1)) };
}

function segmentOf(raw: string): string {
  const text = SEGMENT.test(raw) ? decoded(raw) : undefined;
  if (text === undefined || UNSAFE.test(text) || text === '.' || text === '..') {
    throw wrongPath(
      'segments that are neither empty nor dots, without encoded slash, backslash, percent or control character',
    );
  }
  return text;
}

/** `application/x-www-form-urlencoded`: a plus sign is a blank. */
function queryOf(raw: string): ReadonlyMap<string, string> {
  const query = new Map<string, string>();
  for (const pair of raw.split('&')) {
    const [name, value, ...more] = pair.split('=').map((part) => {
      const text = PART.test(part) ? decoded(part.replaceAll('+', ' ')) : undefined;
      if (text === undefined || /[\p{Cc}]/u.test(text)) throw wrongQuery();
      return text;
    });
    if (!name || value === undefined || more.length > 0 || query.has(name)) throw wrongQuery();
    query.set(name, value);
  }
  return query;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function wrongQuery(): Problem {
  return wrongPath('a query of parameters name=value, each once');
}

/** Repeats nothing that was sent. */
export function wrongPath(expected: string): Problem {
  return new Problem('request/path', {
    detail: `path: expected ${expected}`,
    errors: [{ path: 'path', code: 'request/path', expected }],
  });
}
