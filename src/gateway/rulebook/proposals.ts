import type { Request, RequestHandler } from 'express';
import { z } from 'zod';
import type { Proposal } from '../../domain/rulebook-life.ts';
import { isoTime } from '../../domain/time.ts';
import type { ApprovalStatement } from '../../ledger/approval.ts';
import type { Action } from '../../registry/duties.ts';
import {
  activate,
  approve,
  LAPSES_AFTER,
  reject,
  review,
  schedule,
  stateAt,
  withdraw,
} from '../../review/rulebook-life.ts';
import { parsed, reasonBody, reasonText } from '../officer.ts';
import type { GatewayPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { type Received, receivedOf } from '../receive.ts';
import { actorOf, allowed, type Desk, demandStore, deskOf, proposalOf, step, versionOf } from './desk.ts';
import { NotActivated, StaleProposal } from './ports.ts';
import { flawed, toldProposal } from './versions.ts';

type Handler = RequestHandler<{ id: string }>;
const WHY = 'why: {"reason": "…"}, at most 1000 characters';

export const approveBody = z.strictObject({
  version: z.string().max(80),
  replay: z.string().max(80),
  reason: reasonText,
});
export const activateBody = z.strictObject({ at: z.iso.datetime({ offset: true }).exactOptional() });

/** `GET /v1/rulebook/proposals/{id}`. */
export function getProposal(ports: GatewayPorts): Handler {
  return (req, res) => {
    const desk = deskOf(ports, receivedOf(req as Request), 'rulebook/read');
    res.json(toldProposal(ports, proposalOf(ports, desk, req.params.id), desk));
  };
}

/**
 * `POST …/approve`: a person's word for exactly this version, these tests and this replay report. It names the token by
 * which the person is known now, and the gateway signs it with the key of the log.
 */
export function postApproval(ports: GatewayPorts): Handler {
  return async (req, res) => {
    const received = receivedOf(req as Request);
    const { desk, proposal } = at(ports, received, 'rulebook/approve', req.params.id);
    const body = parsed(
      approveBody,
      req.body,
      '{"version": digest, "replay": digest, "reason": "…"}, as you have read them',
    );
    const { submission } = proposal;
    if (submission === null) throw new Problem('rulebook/state', { detail: `It is ${proposal.state}.` });
    if (body.version !== proposal.version || body.replay !== submission.replay)
      throw new Problem('rulebook/approval', {
        detail: 'What you approve is not what was submitted. Look at it again.',
      });
    const statement = statementOf(received, desk, proposal);
    const note = ports.rulebook.signApproval(statement);
    const next = allowed(
      approve(proposal, actorOf(ports, desk, proposal), { note }, desk.officer.now),
      stateOf(proposal, desk),
    );
    const change = { kind: 'rulebook', version: null, proposal: next, replaces: null } as const;
    const entry = await step(ports, desk, 'approve', change, { reason: body.reason, approval: note });
    res.json({ ...toldProposal(ports, next, desk), entry });
  };
}

function statementOf({ caller }: Received, desk: Desk, proposal: Proposal): ApprovalStatement {
  const { submission } = proposal;
  if (submission === null) throw new Problem('rulebook/state');
  if (caller.tokenId === undefined)
    throw new Problem('people/not-entitled', { detail: 'An approval needs a token with an id (RFC 9068: jti).' });
  const { person, partner, issuer: iss, subject: sub } = desk.officer.who;
  const { round, base, tests, replay } = submission;
  return {
    ...{ proposal: proposal.id, round, version: proposal.version, base, tests, replay, person, partner },
    token: { iss, sub, jti: caller.tokenId },
    time: isoTime(desk.officer.now),
  };
}

/** `POST …/reject`. */
export const postRejection = (ports: GatewayPorts) => simple(ports, 'rulebook/reject', reject, 'reject');
/** `POST …/withdraw`. */
export const postWithdrawal = (ports: GatewayPorts) => simple(ports, 'rulebook/withdraw', withdraw, 'withdraw');
/** `POST …/review`: a second person has looked at what one alone made active. */
export const postReview = (ports: GatewayPorts) => simple(ports, 'rulebook/review', review, 'review');

function simple(ports: GatewayPorts, action: Action, move: typeof reject, event: string): Handler {
  return async (req, res) => {
    const { desk, proposal } = at(ports, receivedOf(req as Request), action, req.params.id);
    const { reason } = parsed(reasonBody, req.body, WHY);
    const next = allowed(move(proposal, actorOf(ports, desk, proposal), desk.officer.now), stateOf(proposal, desk));
    const change = { kind: 'rulebook', version: null, proposal: next, replaces: null } as const;
    const entry = await step(ports, desk, event, change, { reason });
    res.json({ ...toldProposal(ports, next, desk), entry });
  };
}

/** `POST …/activate`: at once, or at a time within thirty days. */
export function postActivation(ports: GatewayPorts): Handler {
  return async (req, res) => {
    const { desk, proposal } = at(ports, receivedOf(req as Request), 'rulebook/activate', req.params.id);
    const body = parsed(activateBody, req.body, '{} or {"at": "2026-12-01T06:00:00Z"}');
    const { now } = desk.officer;
    const actor = actorOf(ports, desk, proposal);
    if (body.at !== undefined) {
      const time = Date.parse(body.at);
      if (!(time > now && time <= (proposal.submission?.time ?? now) + LAPSES_AFTER))
        throw new Problem('request/malformed', {
          errors: [
            { path: 'at', code: 'request/malformed', expected: 'a time to come, within thirty days of the submission' },
          ],
        });
      const next = allowed(schedule(proposal, actor, time, now), stateOf(proposal, desk));
      const change = { kind: 'rulebook', version: null, proposal: next, replaces: null } as const;
      const entry = await step(ports, desk, 'schedule', change, { at: isoTime(time) });
      return void res.json({ ...toldProposal(ports, next, desk), entry });
    }
    const next = allowed(activate(proposal, actor, now), stateOf(proposal, desk));
    // Somebody may have been taken off meanwhile, or a signature put there by somebody else: asked when it counts.
    versionOf(ports, next.version);
    const entry = await activated(ports, next, desk);
    res.json({ ...toldProposal(ports, next, desk), entry });
  };
}

async function activated(ports: GatewayPorts, next: Proposal, desk: Desk): Promise<number> {
  try {
    return await ports.rulebook.activate(next, desk.officer.who);
  } catch (error) {
    if (error instanceof NotActivated)
      throw error.findings.length > 0
        ? flawed(desk, error.findings)
        : new Problem(error.code, { detail: error.message });
    if (error instanceof StaleProposal)
      throw new Problem('rulebook/state', { detail: 'Somebody was quicker. Look at it again.' });
    throw error;
  }
}

function at(ports: GatewayPorts, received: Received, action: Action, id: string) {
  const desk = deskOf(ports, received, action);
  demandStore(ports);
  return { desk, proposal: proposalOf(ports, desk, id) };
}

function stateOf(proposal: Proposal, desk: Desk): string {
  return stateAt(proposal, desk.officer.now);
}
