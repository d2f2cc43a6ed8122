import type { Request, RequestHandler } from 'express';
import { z } from 'zod';
import type { Needs, Proposal } from '../../domain/rulebook-life.ts';
import { submit } from '../../review/rulebook-life.ts';
import { isCurrentCatalogue, type Version } from '../../rulebook/version.ts';
import { parsed, reasonText } from '../officer.ts';
import type { GatewayPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { receivedOf } from '../receive.ts';
import {
  actorOf,
  allowed,
  changedFiles,
  type Desk,
  demandStore,
  deskOf,
  isSeenBy,
  proposalOf,
  step,
  versionOf,
} from './desk.ts';
import { drafted } from './drafts.ts';
import type { Widening } from './ports.ts';
import { demandVersion, flawed, toldProposal } from './versions.ts';

/** `replay`: id of a finished replay of the version. `emergency`: it only adds refusals, and cannot wait for a second person. */
const grounds = { replay: z.string().max(64), emergency: z.boolean().default(false) } as const;
export const submitBody = z.strictObject(grounds);
export const rollbackBody = z.strictObject({ ...grounds, message: reasonText });
type Grounds = z.output<typeof submitBody>;

/** `POST /v1/rulebook/proposals/{id}/submit`: lint is clean, the expected decisions come true, a replay is attached. */
export function postSubmission(ports: GatewayPorts): RequestHandler<{ id: string }> {
  return async (req, res) => {
    const desk = deskOf(ports, receivedOf(req as Request), 'rulebook/submit');
    demandStore(ports);
    const proposal = proposalOf(ports, desk, req.params.id);
    const body = parsed(submitBody, req.body, '{"replay": id of a finished replay, "emergency"?: true}');
    res.json(await submitted(ports, desk, proposal, versionOf(ports, proposal.version), body, 'submit'));
  };
}

/** `POST /v1/rulebook/versions/{version}/rollback`: a version that was active is proposed again, on the same terms as any. */
export function postRollback(ports: GatewayPorts): RequestHandler<{ version: string }> {
  return async (req, res) => {
    const desk = deskOf(ports, receivedOf(req as Request), 'rulebook/rollback');
    const version = demandVersion(ports, desk, req.params.version);
    const expected = '{"replay": id of a finished replay, "message": "…", "emergency"?: true}';
    const { message, ...body } = parsed(rollbackBody, req.body, expected);
    const was = ports.rulebook.proposals().some((one) => one.version === version.digest && one.activated !== null);
    if (!was || version.digest === ports.rulebook.active())
      throw new Problem('rulebook/state', {
        detail: 'Only a version that was active and is not now can be rolled back to.',
      });
    const { person, partner } = desk.officer.who;
    const fresh = drafted(ports.newExchangeId(), 'rollback', version, { person, partner }, message, desk.officer.now);
    res.status(201).json(await submitted(ports, desk, { ...fresh, revision: 0 }, version, body, 'rollback'));
  };
}

async function submitted(
  ports: GatewayPorts,
  desk: Desk,
  proposal: Proposal,
  version: Version,
  { replay: id, emergency }: Grounds,
  event: string,
) {
  if (!isCurrentCatalogue(version))
    throw new Problem('rulebook/flawed', {
      detail: 'It was made for another build of the gateway. Draft its files again.',
    });
  const base = versionOf(ports, 'active');
  // Somebody else may have proposed the same meanwhile.
  if (base.digest === version.digest)
    throw new Problem('rulebook/state', { detail: 'It is the active version already.' });
  const { findings, tests } = await ports.rulebook.examine(version);
  if (tests === null || findings.some(({ severity }) => severity === 'error')) throw flawed(desk, findings);
  const replay = ports.rulebook.replayOf(id);
  if (
    replay?.version !== version.digest ||
    replay.base !== base.digest ||
    replay.digest === null ||
    replay.partner !== desk.officer.person.partner
  )
    throw new Problem('rulebook/replay');
  const widening = await ports.rulebook.widening(base, version);
  const needs = needsOf(widening, desk.officer.person.partner, emergency);
  const changed = changedFiles(base.sources, version.sources);
  const blind = needs.partners.filter(
    (partner) => !changed.every((file) => isSeenBy(partner, file, ports.erasing.agreements)),
  );
  if (blind.length > 0)
    throw new Problem('rulebook/state', {
      detail: `${blind.join(', ')} would have to approve pages to which they are no party. Split the change by agreement.`,
    });
  const entryId = ports.newExchangeId();
  const submission = {
    base: base.digest,
    tests,
    replay: replay.digest,
    needs,
    grounds: widening.grounds,
    entry: entryId,
  };
  const next = allowed(submit(proposal, actorOf(ports, desk, proposal), submission, desk.officer.now), proposal.state);
  const change = { kind: 'rulebook', version: null, proposal: next, replaces: null } as const;
  const more = {
    base: base.digest,
    tests,
    replay: replay.digest,
    needs: { ...needs },
    grounds: widening.grounds,
    report: replay.report,
  };
  const entry = await step(ports, desk, event, change, more, entryId);
  return { ...toldProposal(ports, next, desk), entry };
}

/** @throws Problem `rulebook/not-tightening` where one pair of eyes was asked for and is not enough. */
export function needsOf({ none, partners, touches }: Widening, partner: string, emergency: boolean): Needs {
  const tightens = none && partners.length === 0;
  if (emergency && !tightens) throw new Problem('rulebook/not-tightening');
  if (tightens && touches !== null && touches.length > 0 && touches.every((one) => one === partner))
    return { path: 'own', partners: [] };
  return { path: emergency ? 'emergency' : 'ordinary', partners };
}
