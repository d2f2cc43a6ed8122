import type { RequestHandler } from 'express';
import { z } from 'zod';
import { HOUR } from '../../domain/time.ts';
import { type FindQuery, findQuery, type ReadQuery, readQuery } from '../../ledger/audit/find-query.ts';
import type { GatewayPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { receivedOf } from '../receive.ts';
import { parsed, purposeOfReading, type Reader, readerOf, recordReading, shownTo } from './desk.ts';
import { scopesOf } from './scope.ts';
import { summary } from './view.ts';

const DEFAULT_LIMIT = 50;
const MOST = 200;
/** For so long one can go on with a search. */
const CURSOR_LIFE = 1 * HOUR;

export const findBody = z.strictObject({
  ...purposeOfReading,
  find: findQuery,
  limit: z.int().min(1).max(MOST).exactOptional(),
});
export const nextBody = z.strictObject({ cursor: z.string().min(1).max(8_192) });

interface Search {
  readonly query: FindQuery;
  readonly reading: number;
  readonly size: number;
  readonly before: number | null;
  readonly limit: number;
  readonly expires: number;
}

/** `POST /v1/audit/search`: exchanges that have all that is named, newest first. One reading, however many pages. */
export function postSearch(ports: GatewayPorts): RequestHandler {
  return async (req, res) => {
    const received = receivedOf(req);
    const reader = readerOf(ports, received, 'log/find');
    const { use, reason, find: query, limit = DEFAULT_LIMIT } = parsed(findBody, req.body);
    const { by } = termsOrProblem(query);
    const { by: _, ...told } = query;
    const recorded = { ...told, ...(by === null ? {} : { scheme: by.scheme }) };
    const { index, size } = await recordReading(ports, received, reader, {
      ...{ use, reason, by },
      query: { find: recorded },
    });
    const expires = reader.now + CURSOR_LIFE;
    res.json(await page(ports, reader, { query, reading: index, size, before: null, limit, expires }));
  };
}

/**
 * `POST /v1/audit/search/next`: the next page of a search of one's own, in the same tree. It belongs to the reading that
 * was recorded, so it is none of its own; whether the reader may still read is asked again.
 */
export function postNext(ports: GatewayPorts): RequestHandler {
  return async (req, res) => {
    const reader = readerOf(ports, receivedOf(req), 'log/find');
    const { cursor: text } = parsed(nextBody, req.body);
    const cursor = ports.audit.cursors.open(text, reader.person.id);
    if (cursor === undefined || cursor.expires <= reader.now) {
      const expected = 'a cursor that this search gave to you, within the last hour';
      throw new Problem('request/malformed', { errors: [{ path: 'cursor', code: 'request/malformed', expected }] });
    }
    res.json(await page(ports, reader, cursor));
  };
}

async function page(ports: GatewayPorts, reader: Reader, search: Search) {
  const { search: log, cursors, agreements } = ports.audit;
  const { query, size, limit, before, reading, expires } = search;
  const { terms } = termsOrProblem(query);
  const places = await log.find({
    terms,
    scopes: scopesOf(reader.leave, query, agreements, (id) => ports.registry.dataset(id)?.holder),
    ...(query.from === undefined ? {} : { from: Date.parse(query.from) }),
    ...(query.until === undefined ? {} : { until: Date.parse(query.until) }),
    ...(before === null ? {} : { before }),
    size,
    limit,
  });
  const opened = await log.open(places, size);
  const exchanges = opened.flatMap((one) => {
    // The index only leads to an exchange; whether it is for the reader is judged by what it says.
    const shown = one === null ? null : shownTo(ports, reader, one);
    return shown === null ? [] : [summary(shown)];
  });
  const last = places.at(-1);
  const next =
    last === undefined || places.length < limit
      ? null
      : cursors.seal({ reading, reader: reader.person.id, size, before: last, limit, query, expires });
  return { reading, size, exchanges, next };
}

function termsOrProblem(query: FindQuery): Extract<ReadQuery, { readonly terms: unknown }> {
  const read = readQuery(query);
  if ('terms' in read) return read;
  const { path, expected } = read;
  throw new Problem('request/malformed', { errors: [{ path: `find.${path}`, code: 'request/malformed', expected }] });
}
