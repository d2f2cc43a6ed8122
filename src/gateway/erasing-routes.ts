import type { Express, RequestHandler } from 'express';
import { z } from 'zod';
import { ERASED_PARTS } from '../ledger/erasure.ts';
import { erasureBody, getErasures, postErasure, postErasureApproval } from './erasures.ts';
import { getHolds, holdBody, postHold, postHoldLift } from './holds.ts';
import { reasonBody } from './officer.ts';
import { perCaller } from './per-caller.ts';
import type { GatewayPorts } from './ports.ts';
import type { ProblemCode } from './problem.ts';
import { readJson } from './receive.ts';
import type { RouteDeclaration } from './route-declaration.ts';

const id = z.string();
const entry = z.int().min(0);
const erasure = z.strictObject({
  erasure: id,
  state: z.enum(['proposed', 'done']),
  parts: z.enum(ERASED_PARTS),
  exchanges: z.array(id),
  expires: z.string().optional(),
  entry,
});
const hold = z.strictObject({ hold: id, state: z.string(), scope: z.string(), entry });
const erasures = z.strictObject({
  erasures: z.array(
    z.strictObject({
      erasure: id,
      state: z.enum(['proposed', 'done', 'expired']),
      parts: z.enum(ERASED_PARTS),
      ground: z.string(),
      exchanges: z.array(id),
      proposer: z.string(),
      approver: z.string().nullable(),
      expires: z.string(),
    }),
  ),
});
const holds = z.strictObject({
  holds: z.array(
    z.strictObject({
      hold: id,
      state: z.enum(['set', 'lifting', 'lifted']),
      scope: z.string(),
      partner: z.string(),
      since: z.string(),
    }),
  ),
});

const ENTITLED: readonly ProblemCode[] = ['people/unregistered', 'people/not-entitled'];
const WRITTEN: readonly ProblemCode[] = [...ENTITLED, 'request/malformed', 'request/media-type', 'request/too-large'];
const inPath = (description: string) =>
  [{ name: 'id', in: 'path', required: true, description, schema: z.string() }] as const;

/** Routes of erasure and legal hold, for compliance officers. */
export const ERASING_ROUTES: readonly RouteDeclaration[] = [
  {
    method: 'get',
    path: '/v1/erasures',
    summary: 'Erasures that my partner proposed, and those that I could approve.',
    answers: { 200: { description: 'Erasures.', schema: erasures } },
    problems: ENTITLED,
  },
  {
    method: 'post',
    path: '/v1/erasures',
    summary: 'Propose to erase details of exchanges. A second person has seven days to approve.',
    body: erasureBody,
    answers: { 201: { description: 'Proposed and recorded.', schema: erasure } },
    problems: [...WRITTEN, 'request/unknown-scheme', 'people/same-person', 'erasure/unknown', 'erasure/held'],
  },
  {
    method: 'post',
    path: '/v1/erasures/{id}/approve',
    summary: 'Approve an erasure that somebody else proposed. It is recorded, then done, and cannot be undone.',
    parameters: inPath('Id of the erasure.'),
    body: reasonBody,
    answers: { 200: { description: 'Recorded and done.', schema: erasure } },
    problems: [
      ...WRITTEN,
      'request/path',
      'people/same-person',
      'erasure/unknown',
      'erasure/state',
      'erasure/open',
      'erasure/held',
    ],
  },
  {
    method: 'get',
    path: '/v1/holds',
    summary: 'Legal holds.',
    answers: { 200: { description: 'Holds.', schema: holds } },
    problems: ENTITLED,
  },
  {
    method: 'post',
    path: '/v1/holds',
    summary: 'Keep an exchange, a case or an agreement from being erased.',
    body: holdBody,
    answers: { 201: { description: 'Set and recorded.', schema: hold } },
    problems: [...WRITTEN, 'hold/unknown'],
  },
  {
    method: 'post',
    path: '/v1/holds/{id}/lift',
    summary: 'Lift a hold: said by two persons, one of them of the partner that set it.',
    parameters: inPath('Id of the hold.'),
    body: reasonBody,
    answers: { 200: { description: 'Recorded.', schema: hold } },
    problems: [...WRITTEN, 'request/path', 'people/same-person', 'hold/unknown', 'hold/state'],
  },
];

/** Requests of one officer in a minute: each may open hundreds of exchanges, or go through the whole log. */
const REQUESTS_PER_MINUTE = 120;

/** The routes declared above. */
export function addErasing(app: Express, ports: GatewayPorts, onlyMethods: (allow: string) => RequestHandler): void {
  const limited = perCaller(ports, REQUESTS_PER_MINUTE);
  const body = readJson(ports);
  app
    .route('/v1/erasures')
    .get(limited, getErasures(ports))
    .post(limited, body, postErasure(ports))
    .all(onlyMethods('GET, POST'));
  app.route('/v1/erasures/:id/approve').post(limited, body, postErasureApproval(ports)).all(onlyMethods('POST'));
  app
    .route('/v1/holds')
    .get(limited, getHolds(ports))
    .post(limited, body, postHold(ports))
    .all(onlyMethods('GET, POST'));
  app.route('/v1/holds/:id/lift').post(limited, body, postHoldLift(ports)).all(onlyMethods('POST'));
}
