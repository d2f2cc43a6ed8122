import { digestOfJson } from '../../domain/digest.ts';
import type { JsonObject } from '../../domain/json.ts';
import { Problem } from '../problem.ts';
import type { PageRequest } from './wire.ts';

const DEFAULT_LIMIT = 50;
const MOST = 100;
/** Candidates judged for one page at most, so that no search keeps others waiting. A page can have fewer results than asked for. */
export const MOST_JUDGED = 100;

/** Where a page begins and how many it holds. */
export interface Page {
  /** The last candidate of the page before. */
  readonly after: string | null;
  /** As the first request said it; null: it did not. */
  readonly asked: number | null;
  readonly limit: number;
}

/**
 * Reads `page` of a request (section 8.2.1). The token names a place and the request it belongs to; who makes one up gets to
 * another place among his own results.
 * @param search all that must stay as it was between pages.
 * @throws Problem `request/malformed` where the token is none, or anything else was changed.
 */
export function readPage(page: PageRequest | undefined, search: JsonObject): Page {
  const asked = page?.limit ?? null;
  if (page?.token === undefined) return { after: null, asked, limit: limitOf(asked) };
  const found = readToken(page.token);
  const same = found !== null && found.search === digestOfJson(search) && (asked === null || asked === found.asked);
  if (!same) {
    const expected = 'the next_token of the page before, with everything else as it was';
    throw new Problem('request/malformed', { errors: [{ path: 'page.token', code: 'request/malformed', expected }] });
  }
  return { after: found.after, asked: found.asked, limit: limitOf(found.asked) };
}

/** @param last candidate that was judged; null: none was. @param more whether others follow. */
export function nextToken({ asked, after }: Page, search: JsonObject, last: string | null, more: boolean): string {
  if (!more) return '';
  return Buffer.from(JSON.stringify([digestOfJson(search), asked, last ?? after])).toString('base64url');
}

function limitOf(asked: number | null): number {
  return Math.min(asked ?? DEFAULT_LIMIT, MOST);
}

function readToken(
  text: string,
): { readonly search: string; readonly asked: number | null; readonly after: string | null } | null {
  try {
    const told: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    if (!Array.isArray(told) || told.length !== 3) return null;
    const [search, asked, after]: unknown[] = told;
    if (typeof search !== 'string' || !(asked === null || Number.isSafeInteger(asked))) return null;
    if (!(after === null || typeof after === 'string')) return null;
    return { search, asked: typeof asked === 'number' ? asked : null, after };
  } catch {
    return null;
  }
}
