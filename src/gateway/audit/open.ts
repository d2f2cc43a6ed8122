import type { RequestHandler } from 'express';
import { z } from 'zod';
import { parseExchangeId } from '../../domain/ids.ts';
import { PERMITTED_USES, USE_SOURCE } from '../../ledger/audit/permitted-use.ts';
import { ACTIONS, leaveFor } from '../../registry/duties.ts';
import { personOf } from '../person.ts';
import type { GatewayPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { receivedOf } from '../receive.ts';
import { parsed, purposeOfReading, readerOf, recordReading, shownTo } from './desk.ts';

export const openBody = z.strictObject({ ...purposeOfReading });

/**
 * `POST /v1/audit/exchanges/{id}`: one exchange with its facts, five findings, what was returned and withheld, and both
 * entries proved in a signed tree. An exchange that is not for the reader and one that does not exist are told alike;
 * both attempts are recorded before anything is looked at.
 */
export function postOpen(ports: GatewayPorts): RequestHandler<{ id: string }> {
  return async (req, res) => {
    const received = receivedOf(req);
    const reader = readerOf(ports, received, 'log/open');
    const { use, reason } = parsed(openBody, req.body);
    const id = parseExchangeId(req.params.id);
    if (id === undefined) throw new Problem('exchange/unknown');
    const { search } = ports.audit;
    const { index, size } = await recordReading(ports, received, reader, { use, reason, query: { exchange: id } });
    const place = await search.placeOf(id, size);
    const [opened = null] = place === null ? [] : await search.open([place], size);
    const shown = opened === null ? null : shownTo(ports, reader, opened);
    if (shown === null) throw new Problem('exchange/unknown');
    res.json({ reading: index, size, opened: shown, evidence: await search.evidence(id, size) });
  };
}

/** `GET /v1/audit`: what I may read, how far, for which uses. Nothing of the log, so no reading. */
export function getOverview(ports: GatewayPorts): RequestHandler {
  return (req, res) => {
    const person = personOf(ports, receivedOf(req).caller);
    const now = ports.clock.now();
    const roles = ports.rolesOf(person, now);
    const actions = ACTIONS.filter((action) => action.startsWith('log/')).flatMap((action) => {
      const leave = leaveFor(person, roles, action, ports.audit.agreements, now);
      return leave === null ? [] : [{ action, ...leave }];
    });
    res.json({
      person: person.id,
      actions,
      uses: Object.entries(PERMITTED_USES).map(([use, says]) => ({ use, says })),
      source: USE_SOURCE,
      identifierSearchesPerDay: ports.audit.identifierSearchesPerDay,
    });
  };
}
