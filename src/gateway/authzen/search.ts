import type { Request, RequestHandler, Response } from 'express';
import type { JsonObject } from '../../domain/json.ts';
import { parsed } from '../audit/desk.ts';
import type { GatewayPorts } from '../ports.ts';
import { actions, type Candidate, resources, subjects } from './candidates.ts';
import { readContext } from './context.ts';
import { type Desk, deskFor } from './desk.ts';
import { record } from './evaluation.ts';
import { type Judged, judge } from './judge.ts';
import { MOST_JUDGED, nextToken, readPage } from './page.ts';
import { actionSearchBody, type PageRequest, resourceSearchBody, subjectSearchBody } from './wire.ts';

/** `POST /access/v1/search/subject` (section 8.4): who of my organisation may do this? */
export function postSubjectSearch(ports: GatewayPorts): RequestHandler {
  return (req, res) => {
    const desk = deskFor(ports, req);
    const { subject, action, resource, context, page } = parsed(subjectSearchBody, req.body);
    const found = subjects(desk, subject.type, { action, resource, context });
    return answer(ports, req, res, desk, found, { sought: subject.type, action, resource, context }, page);
  };
}

/** `POST /access/v1/search/resource` (section 8.5): what may this person do it to? */
export function postResourceSearch(ports: GatewayPorts): RequestHandler {
  return (req, res) => {
    const desk = deskFor(ports, req);
    const { subject, action, resource, context, page } = parsed(resourceSearchBody, req.body);
    const found = resources(desk, resource, { subject, action, context });
    const { id: _, ...sought } = resource;
    return answer(ports, req, res, desk, found, { subject, action, sought, context }, page);
  };
}

/** `POST /access/v1/search/action` (section 8.6): what may this person do to it? */
export function postActionSearch(ports: GatewayPorts): RequestHandler {
  return (req, res) => {
    const desk = deskFor(ports, req);
    const { subject, resource, context, page } = parsed(actionSearchBody, req.body);
    const found = actions(desk, { subject, resource, context });
    return answer(ports, req, res, desk, found, { subject, resource, context }, page);
  };
}

type Searched = Readonly<Record<string, unknown>> & { readonly context: JsonObject | undefined };

/** Judges candidates one after the other until the page is full, and records all that were judged. */
async function answer(
  ports: GatewayPorts,
  req: Request,
  res: Response,
  desk: Desk,
  candidates: readonly Candidate[],
  searched: Searched,
  pageAsked: PageRequest | undefined,
): Promise<void> {
  // Through JSON, so that members left out are not there.
  const search: JsonObject = JSON.parse(JSON.stringify({ path: req.path, asker: desk.asker, ...searched }));
  const page = readPage(pageAsked, search);
  const { error } = readContext(searched.context, desk.authzen.mapping);
  const rest = error === null ? candidates.filter(({ key }) => page.after === null || key > page.after) : [];
  const results: JsonObject[] = [];
  const judged: Judged[] = [];
  let last: string | null = null;
  for (const { key, entity, request } of rest.slice(0, MOST_JUDGED)) {
    if (results.length >= page.limit) break;
    const one = judge(desk, request());
    judged.push(one);
    last = key;
    if (one.decision) results.push(withObligations(entity, one));
  }
  await record(
    ports,
    req,
    desk,
    judged.map((one) => one.recorded),
  );
  res.json({
    page: { next_token: nextToken(page, search, last, judged.length < rest.length), count: results.length },
    ...(error === null ? {} : { context: { error } }),
    results,
  });
}

/** Section 5.3 of the Obligations profile: each result has its own. */
function withObligations(entity: JsonObject, { obligations }: Judged): JsonObject {
  return obligations.length === 0 ? entity : { ...entity, obligations };
}
