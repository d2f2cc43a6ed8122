import type { Request, RequestHandler } from 'express';
import { parseExchangeId } from '../domain/ids.ts';
import { type Ask, tellStanding } from './asking.ts';
import { parseEnquiry } from './enquiry-schema.ts';
import type { GatewayPorts } from './ports.ts';
import { Problem } from './problem.ts';
import { receivedOf } from './receive.ts';

/** `POST /v1/exchanges`: ask. */
export function postExchange(ports: GatewayPorts, ask: Ask): RequestHandler {
  return (req, res) => {
    const enquiry = parseEnquiry(req.body, (id) => ports.registry.dataset(id) !== undefined);
    return ask(req, res, { enquiry, form: 'POST /v1/exchanges' });
  };
}

/** `GET /v1/exchanges/{id}`: how mine stands. Another's id and an unknown one are the same 404. */
export function getExchange(ports: GatewayPorts): RequestHandler<{ id: string }> {
  return async (req, res) => {
    const id = parseExchangeId(req.params.id);
    const found = id === undefined ? null : await ports.findExchange(id);
    if (found?.standing.asker !== receivedOf(req as Request).asker) throw new Problem('exchange/unknown');
    res.json(tellStanding(found));
  };
}
