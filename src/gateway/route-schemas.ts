import { z } from 'zod';
import { OUTPUT_LEVELS } from '../domain/enquiry.ts';
import { AUDIT_ROUTES } from './audit/declarations.ts';
import { AUTHZEN_ROUTES } from './authzen/declarations.ts';
import { enquiryBody } from './enquiry-schema.ts';
import { ERASING_ROUTES } from './erasing-routes.ts';
import { explainBody } from './explain.ts';
import { explainRecordedBody } from './explain-recorded.ts';
import { pauseBody } from './pauses.ts';
import type { ProblemCode } from './problem.ts';
import { evidence } from './proof.ts';
import { PROXY_HEADERS } from './proxy-headers.ts';
import type { ParameterDeclaration, RouteDeclaration } from './route-declaration.ts';
import { RULEBOOK_ROUTES } from './rulebook/declarations.ts';
import { undertakingBody } from './undertakings.ts';
import { accepted, datasets, explanation, me, paused } from './wire-answers.ts';
import { exchangeAnswer, standing } from './wire-schemas.ts';

function inPath(name: string, description: string): ParameterDeclaration {
  return { name, in: 'path', required: true, description, schema: z.string() };
}

const idempotencyKey: ParameterDeclaration = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'The same key with the same question gives its state and receipt, and never asks or answers twice.',
  schema: z.string().regex(/^[\x21-\x7e]{1,128}$/),
};

const proxyHeader = (
  member: keyof typeof PROXY_HEADERS,
  required: boolean,
  description: string,
): ParameterDeclaration => ({
  name: PROXY_HEADERS[member],
  in: 'header',
  required,
  description,
  schema: member === 'output' ? z.enum(OUTPUT_LEVELS) : z.string().max(4_096),
});

const REPLAYED = { 'Idempotency-Replayed': '`true`: state and receipt of an earlier exchange with this key.' };
const HELD = { Location: 'Where the exchange stands.' };
const BODY_PROBLEMS: readonly ProblemCode[] = ['request/malformed', 'request/media-type', 'request/too-large'];
const ENQUIRY_PROBLEMS: readonly ProblemCode[] = [
  ...BODY_PROBLEMS,
  'request/unknown-field',
  'request/unknown-dataset',
  'request/unknown-scheme',
];
const EXCHANGE_PROBLEMS: readonly ProblemCode[] = [
  'exchange/refused',
  'holder/fault',
  'idempotency/in-progress',
  'idempotency/mismatch',
  'ledger/unwitnessed',
];

/** What the two methods of `/proxy` have in common. */
const lookUp: Pick<RouteDeclaration, 'path' | 'parameters' | 'answers' | 'problems'> = {
  path: '/proxy/{dataset}/{path}',
  parameters: [
    inPath('dataset', 'A dataset that declares operations.'),
    inPath('path', 'Path of a declared operation, slashes included.'),
    proxyHeader(
      'project',
      true,
      'Project under which is asked. This and the next three: ASCII, or UTF-8 as in RFC 8187.',
    ),
    proxyHeader('purpose', true, 'W3C DPV purpose.'),
    proxyHeader('case', false, 'Case reference.'),
    proxyHeader('justification', true, 'Why.'),
    proxyHeader('output', false, 'Output level; without it, the one that the operation declares.'),
    idempotencyKey,
  ],
  answers: {
    200: {
      description: "The holder's shape, as far as the rules let it leave; or the declared form of having nothing.",
      schema: z.unknown(),
      headers: {
        'Five-Safes-Exchange': 'Id of the exchange.',
        'Five-Safes-Receipt':
          'Receipt as base64url (RFC 4648 section 5) of JSON; its digest covers the bytes of the body.',
        'Five-Safes-Terms': 'Duties that come with the answer, joined by commas.',
        ...REPLAYED,
      },
    },
    202: { description: 'Held for review.', schema: exchangeAnswer, headers: HELD },
    404: { description: 'The declared form of having nothing, where that is a 404.', schema: z.unknown() },
  },
  problems: ['request/malformed', 'request/path', 'request/unknown-dataset', ...EXCHANGE_PROBLEMS],
};

const entitled: readonly ProblemCode[] = [
  'request/path',
  'people/unregistered',
  'people/not-entitled',
  ...BODY_PROBLEMS,
];

/** Every route, in the order of `app.ts`. A route that is not here is one that no client is told of. */
export const ROUTES: readonly RouteDeclaration[] = [
  {
    method: 'get',
    path: '/openapi.json',
    summary: 'This document.',
    open: true,
    answers: { 200: { description: 'OpenAPI 3.1.', schema: z.looseObject({ openapi: z.string() }) } },
    problems: [],
  },
  {
    method: 'get',
    path: '/checkpoint',
    summary: 'The newest signed checkpoint of the log (C2SP tlog-checkpoint).',
    open: true,
    answers: { 200: { description: 'A signed note.', schema: z.string(), type: 'text/plain' } },
    problems: ['request/path', 'request/not-found', 'ledger/unavailable'],
  },
  {
    method: 'get',
    path: '/checkpoint/witnessed',
    summary: 'The newest checkpoint of the log that enough witnesses cosigned.',
    open: true,
    answers: { 200: { description: 'A signed note.', schema: z.string(), type: 'text/plain' } },
    problems: ['request/path', 'request/not-found'],
  },
  {
    method: 'get',
    path: '/log-keys',
    summary: 'Changes of the key that signs the log.',
    open: true,
    answers: { 200: { description: 'Statements signed by both keys.', schema: z.string(), type: 'text/plain' } },
    problems: ['request/path', 'request/not-found'],
  },
  {
    method: 'get',
    path: '/tile/{level}/{path}',
    summary: 'A piece of the log (C2SP tlog-tiles). It never changes.',
    open: true,
    parameters: [
      inPath('level', 'Level of a tile of hashes; or `entries`: the bundle of entries.'),
      inPath('path', 'Index in groups of three digits, and `.p/` with the width of a partial one: `x001/067.p/5`.'),
    ],
    answers: { 200: { description: 'The bytes.', schema: z.unknown(), type: 'application/octet-stream' } },
    problems: ['request/path', 'request/not-found', 'ledger/unavailable'],
  },
  { method: 'get', summary: "A look-up in the words of the holder's own interface.", ...lookUp },
  {
    method: 'post',
    summary: "A declared look-up by POST in the words of the holder's own interface.",
    ...lookUp,
    body: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    problems: [...lookUp.problems, 'request/media-type', 'request/too-large'],
  },
  {
    method: 'post',
    path: '/v1/exchanges',
    summary: 'Ask.',
    parameters: [idempotencyKey],
    body: enquiryBody,
    answers: {
      200: {
        description: 'The answer; or, to a key that was used before, how that exchange stands.',
        schema: z.union([exchangeAnswer, standing]),
        headers: REPLAYED,
      },
      202: { description: 'Held for review.', schema: exchangeAnswer, headers: HELD },
    },
    problems: [...ENQUIRY_PROBLEMS, ...EXCHANGE_PROBLEMS],
  },
  {
    method: 'get',
    path: '/v1/exchanges/{id}',
    summary: 'How an exchange of mine stands.',
    parameters: [inPath('id', 'Id of the exchange.')],
    answers: { 200: { description: 'State and receipt.', schema: standing } },
    problems: ['request/path', 'exchange/unknown'],
  },
  {
    method: 'get',
    path: '/v1/exchanges/{id}/proof',
    summary: 'Evidence that an exchange of mine stands in the log, for anybody to check.',
    parameters: [inPath('id', 'Id of the exchange.')],
    answers: { 200: { description: 'The evidence bundle.', schema: evidence } },
    problems: ['request/path', 'exchange/unknown'],
  },
  {
    method: 'post',
    path: '/v1/explain',
    summary:
      'What the rules say of a question and why, without asking it; or why an exchange of mine was decided as it was.',
    body: z.union([explainBody, explainRecordedBody]),
    answers: { 200: { description: 'The explanation.', schema: explanation } },
    problems: [...ENQUIRY_PROBLEMS, 'exchange/unknown', 'ledger/unwitnessed'],
  },
  {
    method: 'get',
    path: '/v1/me',
    summary: 'Who I am here, what I may ask, and what still stands in the way.',
    answers: { 200: { description: 'Me.', schema: me } },
    problems: ['people/unregistered'],
  },
  {
    method: 'post',
    path: '/v1/me/undertakings/{id}',
    summary: 'I accept this undertaking.',
    parameters: [inPath('id', 'Id of the undertaking.')],
    body: undertakingBody,
    answers: { 200: { description: 'Accepted and recorded.', schema: accepted } },
    problems: ['request/path', 'people/unregistered', 'undertaking/unknown', 'undertaking/version', ...BODY_PROBLEMS],
  },
  {
    method: 'post',
    path: '/v1/datasets/{id}/pause',
    summary: 'The holder stops every question to a dataset of its own.',
    parameters: [inPath('id', 'Id of the dataset.')],
    body: pauseBody,
    answers: { 200: { description: 'Paused and recorded.', schema: paused } },
    problems: entitled,
  },
  {
    method: 'post',
    path: '/v1/datasets/{id}/resume',
    summary: 'The holder lets questions to a dataset of its own be put again.',
    parameters: [inPath('id', 'Id of the dataset.')],
    body: pauseBody,
    answers: { 200: { description: 'Resumed and recorded.', schema: paused } },
    problems: entitled,
  },
  ...ERASING_ROUTES,
  {
    method: 'get',
    path: '/v1/datasets',
    summary: 'The datasets of the agreements under which I work.',
    answers: { 200: { description: 'Datasets.', schema: datasets } },
    problems: ['people/unregistered'],
  },
  ...AUDIT_ROUTES,
  ...RULEBOOK_ROUTES,
  ...AUTHZEN_ROUTES,
];
