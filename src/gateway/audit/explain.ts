import type { RequestHandler } from 'express';
import { z } from 'zod';
import { parseExchangeId } from '../../domain/ids.ts';
import { mapSafes } from '../../safes/decide.ts';
import { unheard } from '../../safes/explain/explain.ts';
import { readersOf, tellLeg } from '../explain-readers.ts';
import { explainOpened, openedIn } from '../explain-recorded.ts';
import type { GatewayPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { receivedOf } from '../receive.ts';
import { parsed, purposeOfReading, readerOf, recordReading, sideFor } from './desk.ts';

export const explainReadingBody = z.strictObject({ ...purposeOfReading });

/**
 * `POST /v1/audit/exchanges/{id}/explanation`: why a recorded decision fell as it did. A reading, recorded before anything is
 * looked at. Whoever sees the exchange from a holder's side alone learns the findings of its own legs: rows and facts
 * are for those who answer for the asker or are appointed for the agreement.
 */
export function postExplanation(ports: GatewayPorts): RequestHandler<{ id: string }> {
  return async (req, res) => {
    const received = receivedOf(req);
    const reader = readerOf(ports, received, 'log/open');
    const { use, reason } = parsed(explainReadingBody, req.body);
    const id = parseExchangeId(req.params.id);
    if (id === undefined) throw new Problem('exchange/unknown');
    const { index, size } = await recordReading(ports, received, reader, { use, reason, query: { explained: id } });
    const opened = await openedIn(ports, id, size);
    const side = opened === null ? null : sideFor(ports, reader, opened);
    if (opened === null || side === null) throw new Problem('exchange/unknown');
    const whole = side === 'whole';
    const mine = opened.legs.filter((leg) => whole || (leg.holder === reader.leave.holder && leg.permit !== null));
    const { legs, recorded, active } = explainOpened(ports, opened, mine);
    const readers = whole ? readersOf(reader.person, ports.rolesOf(reader.person, reader.now), reader.now) : [];
    res.json({
      reading: index,
      size,
      side,
      // How the legs of others ended is not told to a holder.
      recorded: mine.length === opened.legs.length ? recorded : { ...recorded, result: null },
      explanations: legs.map((leg) =>
        tellLeg(
          whole ? leg : { ...leg, facts: {}, safes: mapSafes((safe) => unheard(leg.safes[safe].finding)) },
          readers,
        ),
      ),
      rulebook: active,
    });
  };
}
