import type { Request, RequestHandler } from 'express';
import { parseExchangeId } from '../domain/ids.ts';
import { bundleShape } from '../ledger/bundle.ts';
import type { GatewayPorts } from './ports.ts';
import { Problem } from './problem.ts';
import { receivedOf } from './receive.ts';
import { named } from './wire-schemas.ts';

export const evidence = named(
  'Evidence',
  'Evidence that an exchange stands in the log, to be checked with its verifier key alone. Each `proof` is a C2SP tlog-proof.',
  // The texts of the rules are for those who answer for them: they stand in bundles that an operator makes.
  bundleShape.omit({ sources: true }),
);

/**
 * `GET /v1/exchanges/{id}/proof`: the evidence bundle of an exchange of mine. Another's id and an unknown one are the
 * same 404. It tells the asker nothing of what the holder said, so it is no reading of the log.
 */
export function getProof(ports: GatewayPorts): RequestHandler<{ id: string }> {
  return async (req, res) => {
    const id = parseExchangeId(req.params.id);
    const found = id === undefined ? null : await ports.findExchange(id);
    if (found?.standing.asker !== receivedOf(req as Request).asker) throw new Problem('exchange/unknown');
    const bundle = await ports.evidenceOf(found.exchange);
    if (bundle === null) throw new Problem('exchange/unknown');
    res.json(bundle);
  };
}
