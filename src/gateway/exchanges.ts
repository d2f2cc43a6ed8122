import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Request, RequestHandler } from 'express';
import { parseExchangeId } from '../domain/ids.ts';
import { type Ask, tellStanding } from './asking.ts';
import { parseEnquiry } from './enquiry-schema.ts';
import type { GatewayPorts } from './ports.ts';
import { Problem } from './problem.ts';
import { type Received, readJsonBody, receivedOf } from './receive.ts';

/** What is done for `POST /v1/exchanges` once its caller is known. Throws Problem or Fault. */
export function putExchange(
  ports: GatewayPorts,
  ask: Ask,
): (known: Received, req: IncomingMessage, res: ServerResponse) => Promise<void> {
  const isDataset = (id: string) => ports.registry.dataset(id) !== undefined;
  return async (known, req, res) => {
    ports.witnessed.demand();
    const enquiry = parseEnquiry(await readJsonBody(req, ports.limits.bodyBytes), isDataset);
    await ask(known, req, res, { enquiry, form: 'POST /v1/exchanges' });
  };
}

/** `POST /v1/exchanges`: ask. */
export function postExchange(ports: GatewayPorts, ask: Ask): RequestHandler {
  const put = putExchange(ports, ask);
  return (req, res) => put(receivedOf(req), req, res);
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
