import { z } from 'zod';
import { reasonBody } from '../officer.ts';
import type { ProblemCode } from '../problem.ts';
import type { RouteDeclaration } from '../route-declaration.ts';
import { activateBody, approveBody } from './proposals.ts';
import { rollbackBody, submitBody } from './submissions.ts';
import { replayBody, whatIfBody } from './trials.ts';
import { draftBody } from './versions.ts';
import * as wire from './wire.ts';

const READ: readonly ProblemCode[] = ['people/unregistered', 'people/not-entitled', 'rulebook/unknown', 'request/path'];
const WRITTEN: readonly ProblemCode[] = [...READ, 'request/malformed', 'request/media-type', 'request/too-large'];
const MOVED: readonly ProblemCode[] = [...WRITTEN, 'rulebook/files', 'rulebook/state', 'people/same-person'];
const SUBMITTED: readonly ProblemCode[] = [...MOVED, 'rulebook/flawed', 'rulebook/replay', 'rulebook/not-tightening'];

const inPath = (name: string, description: string) =>
  ({ name, in: 'path', required: true, description, schema: z.string() }) as const;
const version = inPath('version', 'Digest of the version, or `active`.');
const id = inPath('id', 'Id of the proposal.');

type Route = Pick<RouteDeclaration, 'summary' | 'problems'> & { readonly body?: z.ZodType };
const get = (
  path: string,
  schema: z.ZodType,
  { summary, problems }: Route,
  ...parameters: (typeof id | typeof version)[]
) =>
  ({
    method: 'get',
    path,
    summary,
    parameters,
    answers: { 200: { description: 'Found.', schema } },
    problems,
  }) as const;
const move = (step: string, summary: string, body: z.ZodType, problems: readonly ProblemCode[] = MOVED) =>
  ({
    method: 'post',
    path: `/v1/rulebook/proposals/{id}/${step}`,
    summary,
    parameters: [id],
    body,
    answers: { 200: { description: 'Recorded.', schema: wire.movedProposal } },
    problems,
  }) as const;

/** The routes of `routes.ts`, for the OpenAPI document. */
export const RULEBOOK_ROUTES: readonly RouteDeclaration[] = [
  get('/v1/rulebook', wire.rulebook, { summary: 'What decides now, and what is under way.', problems: READ }),
  get('/v1/rulebook/versions', wire.versions, { summary: 'Versions, newest first.', problems: READ }),
  {
    method: 'post',
    path: '/v1/rulebook/versions',
    summary: 'Draft a version. It decides nothing; its mistakes are told.',
    body: draftBody,
    answers: { 201: { description: 'Kept and recorded.', schema: wire.draft } },
    problems: [...WRITTEN, 'rulebook/files', 'rulebook/same', 'rulebook/drafts'],
  },
  get('/v1/rulebook/versions/{version}', wire.version, { summary: 'One version.', problems: READ }, version),
  get(
    '/v1/rulebook/versions/{version}/files',
    wire.files,
    { summary: 'Its pages, as far as my partner is a party.', problems: READ },
    version,
  ),
  get(
    '/v1/rulebook/versions/{version}/diff/{other}',
    wire.diff,
    { summary: 'What the other version has that this one has not, in words.', problems: READ },
    version,
    inPath('other', 'Digest of the other version, or `active`.'),
  ),
  get(
    '/v1/rulebook/versions/{version}/findings',
    wire.findings,
    { summary: 'What lint and expected decisions say of it.', problems: READ },
    version,
  ),
  {
    method: 'post',
    path: '/v1/rulebook/versions/{version}/what-if',
    summary: 'What it would say of a question by one of my people. Recorded; no holder is asked.',
    parameters: [version],
    body: whatIfBody,
    answers: { 200: { description: 'The explanation.', schema: wire.whatIf } },
    problems: [
      ...WRITTEN,
      'request/unknown-field',
      'request/unknown-dataset',
      'request/unknown-scheme',
      'rulebook/flawed',
    ],
  },
  {
    method: 'post',
    path: '/v1/rulebook/versions/{version}/replays',
    summary: 'Take the recorded decisions again by this version. A reading of the log, recorded before.',
    parameters: [version],
    body: replayBody,
    answers: {
      202: { description: 'Begun.', schema: wire.replay, headers: { Location: 'Where to ask how far it is.' } },
    },
    problems: [...WRITTEN, 'rulebook/flawed'],
  },
  {
    method: 'post',
    path: '/v1/rulebook/versions/{version}/rollback',
    summary: 'Propose a version that was active before. It needs what any other needs.',
    parameters: [version],
    body: rollbackBody,
    answers: { 201: { description: 'Submitted and recorded.', schema: wire.movedProposal } },
    problems: SUBMITTED,
  },
  get(
    '/v1/rulebook/replays/{id}',
    wire.replay,
    { summary: 'How far a replay is, and its report.', problems: READ },
    inPath('id', 'Id of the replay.'),
  ),
  get('/v1/rulebook/proposals/{id}', wire.proposal, { summary: 'One proposal.', problems: READ }, id),
  get(
    '/v1/rulebook/proposals/{id}/report',
    wire.attached,
    { summary: 'The replay report that was attached.', problems: READ },
    id,
  ),
  move(
    'submit',
    'Submit a draft: no mistakes, expected decisions come true, a replay attached.',
    submitBody,
    SUBMITTED,
  ),
  move('approve', 'Approve exactly what was submitted. The gateway signs it.', approveBody, [
    ...MOVED,
    'rulebook/approval',
  ]),
  move('reject', 'Reject it.', reasonBody),
  move('withdraw', 'Withdraw it.', reasonBody),
  move('activate', 'Make an approved version active, at once or at a time.', activateBody, [
    ...MOVED,
    'rulebook/approval',
    'rulebook/flawed',
  ]),
  move('review', 'Say that I have looked at what one person alone made active.', reasonBody),
];
