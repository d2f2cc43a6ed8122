import type { Request, RequestHandler } from 'express';
import { z } from 'zod';
import { PERMITTED_USE_NAMES } from '../../ledger/audit/permitted-use.ts';
import { tellCompliance } from '../../safes/explain/told.ts';
import { recordReading } from '../audit/desk.ts';
import { enquiryBody, parseEnquiry } from '../enquiry-schema.ts';
import { parsed, reasonText } from '../officer.ts';
import type { GatewayPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { receivedOf } from '../receive.ts';
import { deskOf, knownVersion, proposalOf, seesAll, seesGrounds } from './desk.ts';
import type { ReplayState } from './ports.ts';
import { reportForOthers } from './told-report.ts';
import { flawed } from './versions.ts';

/** When to try again where another replay is under way. */
const AGAIN_SECONDS = 5;

export const replayBody = z.strictObject({ use: z.enum(PERMITTED_USE_NAMES), reason: reasonText });
export const whatIfBody = enquiryBody.extend({ person: z.string().min(1).max(64) });
const named = z.looseObject({ person: whatIfBody.shape.person });

/**
 * `POST …/replays`: the recorded decisions are taken again by this version, beside what is going on. It opens details of
 * the log, so it is a reading, recorded before the first of them is opened.
 */
export function postReplay(ports: GatewayPorts): RequestHandler<{ version: string }> {
  return async (req, res) => {
    const received = receivedOf(req as Request);
    const desk = deskOf(ports, received, 'rulebook/try');
    const version = knownVersion(ports, desk, req.params.version);
    const { use, reason } = parsed(
      replayBody,
      req.body,
      `{"use": one of ${PERMITTED_USE_NAMES.join(', ')}, "reason": "…"}`,
    );
    const { partner } = desk.officer.person;
    const base = ports.rulebook.active();
    // Before anything is examined or recorded; asked again when it begins.
    const other = ports.rulebook.replayUnderWay(partner);
    if (other !== undefined && !(other.version === version.digest && other.base === base))
      throw underWay(ports, partner);
    const { findings, tests } = await ports.rulebook.examine(version);
    if (tests === null) throw flawed(desk, findings);
    const query = { replay: version.digest, base };
    const reader = { person: desk.officer.person, leave: desk.officer.leave, now: desk.officer.now };
    const { size } = await recordReading(ports, received, reader, { use, reason, query });
    const state = ports.rulebook.replay(version, { partner }, { size, base });
    if (state === null) throw underWay(ports, partner);
    res.status(202).location(`/v1/rulebook/replays/${state.id}`).json(toldReplay(state));
  };
}

function underWay(ports: GatewayPorts, partner: string): Problem {
  const id = ports.rulebook.replayUnderWay(partner)?.id;
  const where = id === undefined ? '' : `: /v1/rulebook/replays/${id} says how far it is`;
  const detail = `Another replay of your organisation is under way${where}. Begin this one when it has ended.`;
  return new Problem('request/too-many', { detail, retryAfter: AGAIN_SECONDS });
}

/** `GET /v1/rulebook/replays/{id}`: how far it is; the report once it is done. */
export function getReplay(ports: GatewayPorts): RequestHandler<{ id: string }> {
  return (req, res) => {
    const desk = deskOf(ports, receivedOf(req as Request), 'rulebook/try');
    const state = ports.rulebook.replayOf(req.params.id);
    if (state === undefined || state.partner !== desk.officer.person.partner) throw new Problem('rulebook/unknown');
    res.json(toldReplay(state));
  };
}

/** `GET /v1/rulebook/proposals/{id}/report`: what was attached, for those who approve it. */
export function getReport(ports: GatewayPorts): RequestHandler<{ id: string }> {
  return (req, res) => {
    const desk = deskOf(ports, receivedOf(req as Request), 'rulebook/read');
    const proposal = proposalOf(ports, desk, req.params.id);
    const { submission, id, version } = proposal;
    const report =
      submission === null || !seesGrounds(ports, desk, proposal) ? null : ports.rulebook.report(submission.entry);
    if (submission === null || report === null) throw new Problem('rulebook/unknown');
    const own = proposal.partner === desk.officer.person.partner;
    const told = own ? report : reportForOthers(report, (agreement) => desk.sees(`${agreement}.csv`));
    res.json({ proposal: id, version, digest: submission.replay, report: told });
  };
}

/** `POST …/what-if`: what this version would say of a question by a person of one's own partner. No holder is asked. */
export function postWhatIf(ports: GatewayPorts): RequestHandler<{ version: string }> {
  return async (req, res) => {
    const received = receivedOf(req as Request);
    const desk = deskOf(ports, received, 'rulebook/try');
    const version = knownVersion(ports, desk, req.params.version);
    if (!seesAll(ports, desk, version)) throw new Problem('rulebook/unknown');
    const { person: id } = parsed(named, req.body, '"person", whose question it would be');
    const { person: _, ...body } = named.parse(req.body);
    const enquiry = parseEnquiry(body, (dataset) => ports.registry.dataset(dataset) !== undefined);
    const about = ports.registry.person(id);
    if (about === undefined || about.partner !== desk.officer.person.partner)
      throw new Problem('request/malformed', {
        errors: [{ path: 'person', code: 'request/malformed', expected: 'a person of your own organisation' }],
      });
    const { caller, channel } = received;
    const exchange = ports.newExchangeId();
    const question = { exchange, person: about.id, caller, channel, enquiry };
    const legs = await ports.rulebook.whatIf(version, question, desk.officer.now);
    if (legs === null) throw flawed(desk, (await ports.rulebook.examine(version)).findings);
    await ports.ledger.append({
      kind: 'rulebook',
      exchange,
      accountability: {
        event: 'what-if',
        who: desk.officer.who,
        version: version.digest,
        about: about.id,
        project: enquiry.project,
        scheme: enquiry.by.scheme,
      },
      // Nobody is asked, so the value is recorded nowhere: it would be out of the reach of an erasure by identifier.
      subject: null,
    });
    res.json({
      version: version.digest,
      person: about.id,
      allowed: legs.every((leg) => leg.allowed),
      explanations: legs.map(({ dataset, holder, allowed, explanation, output }) => ({
        dataset,
        holder,
        allowed,
        compliance: tellCompliance(explanation),
        output: output && { fields: output.fields, maxRows: output.maxRows, terms: output.terms },
      })),
    });
  };
}

function toldReplay({ id, version, base, state, done, total, digest, report }: ReplayState) {
  return { replay: id, version, base, state, done, total, digest, report };
}
