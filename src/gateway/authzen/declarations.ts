import { z } from 'zod';
import type { ProblemCode } from '../problem.ts';
import type { RouteDeclaration } from '../route-declaration.ts';
import {
  actionSearchBody,
  configuration,
  decision,
  decisions,
  evaluationBody,
  evaluationsBody,
  found,
  resourceSearchBody,
  subjectSearchBody,
} from './wire.ts';

const PROBLEMS: readonly ProblemCode[] = [
  'people/unregistered',
  'people/suspended',
  'request/malformed',
  'request/media-type',
  'request/too-large',
  'ledger/unwitnessed',
];
const HEADERS = {
  'X-Request-ID': 'That of the request, if it had one.',
  'Five-Safes-Exchange': 'Id of the entry in the log.',
};

function decisionPoint(path: string, summary: string, body: z.ZodType, description: string, schema: z.ZodType) {
  const answers = { 200: { description, schema, headers: HEADERS } };
  const parameters = [
    {
      name: 'X-Request-ID',
      in: 'header' as const,
      required: false,
      description: 'Comes back in the answer and stands in the record.',
      schema: z.string(),
    },
  ];
  const route: RouteDeclaration = {
    method: 'post',
    path: `/access/v1/${path}`,
    summary,
    parameters,
    body,
    answers,
    problems: PROBLEMS,
  };
  return route;
}

/** The routes of `routes.ts`, for the OpenAPI document. */
export const AUTHZEN_ROUTES: readonly RouteDeclaration[] = [
  {
    method: 'get',
    path: '/.well-known/authzen-configuration',
    summary: 'Where the AuthZEN decision point is, and what it can.',
    open: true,
    answers: { 200: { description: 'Metadata.', schema: configuration } },
    problems: [],
  },
  decisionPoint('evaluation', 'Would this be allowed? (OpenID AuthZEN 1.0)', evaluationBody, 'Decided.', decision),
  decisionPoint('evaluations', 'Would these be allowed?', evaluationsBody, 'Decided.', z.union([decisions, decision])),
  decisionPoint('search/subject', 'Who of my organisation may do this?', subjectSearchBody, 'A page.', found),
  decisionPoint('search/resource', 'What may this person do it to?', resourceSearchBody, 'A page.', found),
  decisionPoint('search/action', 'What may this person do to it?', actionSearchBody, 'A page.', found),
];
