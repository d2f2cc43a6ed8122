import { z } from 'zod';
import type { ProblemCode } from '../problem.ts';
import type { RouteDeclaration } from '../route-declaration.ts';
import { explainReadingBody } from './explain.ts';
import { findBody, nextBody } from './find.ts';
import { openBody } from './open.ts';
import { reportBody } from './report.ts';
import { explainedReading, found, openedAnswer, overview, reportAnswer } from './wire.ts';

const PROBLEMS: readonly ProblemCode[] = [
  'people/unregistered',
  'audit/not-entitled',
  'request/malformed',
  'request/media-type',
  'request/too-large',
];

/** The routes of `routes.ts`, for the OpenAPI document. */
export const AUDIT_ROUTES: readonly RouteDeclaration[] = [
  {
    method: 'get',
    path: '/v1/audit',
    summary: 'What I may read of the log.',
    answers: { 200: { description: 'Actions, reach and permitted uses.', schema: overview } },
    problems: ['people/unregistered'],
  },
  {
    method: 'post',
    path: '/v1/audit/search',
    summary: 'Find exchanges. A reading of the log, recorded before the first result.',
    body: findBody,
    answers: { 200: { description: 'The first page.', schema: found } },
    problems: PROBLEMS,
  },
  {
    method: 'post',
    path: '/v1/audit/search/next',
    summary: 'The next page of a search of mine.',
    body: nextBody,
    answers: { 200: { description: 'The page.', schema: found } },
    problems: PROBLEMS,
  },
  {
    method: 'post',
    path: '/v1/audit/exchanges/{id}',
    summary: 'Open one exchange. A reading of the log, recorded before.',
    parameters: [{ name: 'id', in: 'path', required: true, description: 'Id of the exchange.', schema: z.string() }],
    body: openBody,
    answers: { 200: { description: 'The exchange, and its entries proved.', schema: openedAnswer } },
    problems: [...PROBLEMS, 'request/path', 'exchange/unknown'],
  },
  {
    method: 'post',
    path: '/v1/audit/exchanges/{id}/explanation',
    summary: 'Why a recorded decision fell as it did. A reading of the log, recorded before.',
    parameters: [{ name: 'id', in: 'path', required: true, description: 'Id of the exchange.', schema: z.string() }],
    body: explainReadingBody,
    answers: { 200: { description: 'The explanation.', schema: explainedReading } },
    problems: [...PROBLEMS, 'request/path', 'exchange/unknown'],
  },
  {
    method: 'post',
    path: '/v1/audit/reports',
    summary: 'A report over a period. A reading of the log, recorded before.',
    body: reportBody,
    answers: { 200: { description: 'The report.', schema: reportAnswer } },
    problems: PROBLEMS,
  },
];
