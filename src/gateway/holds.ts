import type { Request, RequestHandler } from 'express';
import { z } from 'zod';
import { parseExchangeId } from '../domain/ids.ts';
import { isoTime } from '../domain/time.ts';
import { HOLD_SCOPES, type HoldScope, heldValue, holdStateAt, liftedBy } from '../ledger/erasure.ts';
import { concerns, covers, type Officer, officerOf, parsed, reasonBody, reasonText } from './officer.ts';
import type { GatewayPorts } from './ports.ts';
import { Problem } from './problem.ts';
import { receivedOf } from './receive.ts';

/** Body of `POST /v1/holds`: what must stay, and why. */
export const holdBody = z.strictObject({
  scope: z.enum(HOLD_SCOPES),
  value: z.string().min(1).max(64),
  reason: reasonText,
});

/** `POST /v1/holds`: nothing of it is erased, by whomever or by any rule, from the moment it is recorded. */
export function postHold(ports: GatewayPorts): RequestHandler {
  return async (req, res) => {
    const officer = officerOf(ports, receivedOf(req), 'hold/set');
    const expected = `{"scope": ${HOLD_SCOPES.join(' or ')}, "value": its id, "reason": "…"}`;
    const { scope, value, reason } = parsed(holdBody, req.body, expected);
    if (!reaches(ports, officer, scope, value)) throw new Problem('hold/unknown');
    const id = ports.newExchangeId();
    const { person, partner } = officer.who;
    const { index } = await ports.ledger.append({
      kind: 'legal-hold',
      exchange: id,
      accountability: { event: 'set', who: officer.who, scope, value, reason },
      subject: null,
      change: { kind: 'hold-set', hold: { id, scope, key: ports.erasing.holdKey(scope, value), person, partner } },
    });
    ports.log('hold-set', { hold: id, scope, entry: index });
    res.status(201).json({ hold: id, state: 'set', scope, entry: index });
  };
}

/** `POST /v1/holds/{id}/lift`: said once it waits for a second person; said by a second one, the hold is gone. */
export function postHoldLift(ports: GatewayPorts): RequestHandler<{ id: string }> {
  return async (req, res) => {
    const officer = officerOf(ports, receivedOf(req as Request), 'hold/lift');
    const { reason } = parsed(reasonBody, req.body, 'why: {"reason": "…"}, at most 1000 characters');
    const hold = ports.erasing.holds().find((one) => one.id === req.params.id);
    if (hold === undefined) throw new Problem('hold/unknown');
    // Whoever asked a question decides neither on its erasure nor on what keeps it from being erased.
    const held = ownAmong(ports, officer, hold.scope, hold.key);
    const { person, partner } = officer.who;
    const next = liftedBy(hold, { person, partner }, officer.now);
    if (held || ('refused' in next && next.refused === 'same-person')) throw new Problem('people/same-person');
    if ('refused' in next) {
      const detail = next.refused === 'state' ? 'It is lifted.' : 'One of the two must be of the partner that set it.';
      throw new Problem('hold/state', { detail });
    }
    const { index } = await ports.ledger.append({
      kind: 'legal-hold',
      exchange: ports.newExchangeId(),
      accountability: { event: next.state, who: officer.who, hold: hold.id, first: hold.lifter, reason },
      subject: null,
      change: { kind: 'hold-lift', hold: hold.id, person, partner },
    });
    ports.log('hold-lift', { hold: hold.id, state: next.state, entry: index });
    res.json({ hold: hold.id, state: next.state, scope: hold.scope, entry: index });
  };
}

/** `GET /v1/holds`. */
export function getHolds(ports: GatewayPorts): RequestHandler {
  return (req, res) => {
    const officer = officerOf(ports, receivedOf(req), 'hold/list');
    res.json({
      holds: ports.erasing.holds().map((hold) => ({
        hold: hold.id,
        state: holdStateAt(hold, officer.now),
        scope: hold.scope,
        partner: hold.partner,
        since: isoTime(hold.since),
      })),
    });
  };
}

/** An exchange that the leave reaches, an agreement that the partner signed, or a case, which stands in no register. */
function reaches(ports: GatewayPorts, officer: Officer, scope: HoldScope, value: string): boolean {
  if (scope === 'case') return true;
  if (scope === 'agreement') {
    const agreement = ports.erasing.agreements.find((one) => one.id === value);
    return (
      agreement !== undefined &&
      (agreement.parties.includes(officer.person.partner) || officer.leave.agreements.includes(value))
    );
  }
  const id = parseExchangeId(value);
  const [exchange] = id === undefined ? [] : ports.erasing.exchanges([id]);
  return exchange !== undefined && covers(officer, exchange, ports.erasing.agreementOf(exchange));
}

function ownAmong(ports: GatewayPorts, officer: Officer, scope: HoldScope, key: string): boolean {
  const id = scope === 'exchange' ? parseExchangeId(heldValue(key)) : undefined;
  const [exchange] = id === undefined ? [] : ports.erasing.exchanges([id]);
  return exchange !== undefined && concerns(officer, exchange);
}
