import type { Request, RequestHandler, Response } from 'express';
import type { Dataset } from '../domain/dataset.ts';
import type { Operation } from '../domain/operation.ts';
import type { Release } from '../exchange.ts';
import type { Ask } from './asking.ts';
import { parseEnquiry } from './enquiry-schema.ts';
import type { GatewayPorts } from './ports.ts';
import { Problem } from './problem.ts';
import { membersOf, readLookUp } from './proxy-body.ts';
import { inHeaderTerms, readProxyHeaders } from './proxy-headers.ts';
import { type Matched, matchOperation, operationsFor } from './proxy-operation.ts';
import { holderShape } from './proxy-shape.ts';
import { type ProxyTarget, parseProxyTarget } from './proxy-target.ts';
import { receivedOf } from './receive.ts';

/** What of a request is known before its body is read. */
interface Aimed {
  readonly dataset: Dataset;
  readonly target: ProxyTarget;
  readonly candidates: readonly Operation[];
}

/**
 * `/proxy/{dataset}/{path}`: asking in the words of the holder's own REST interface. A request is one declared operation
 * or it is nothing. Of its URL and headers only the identifier, the project, the purpose, the case, the justification
 * and the output level go on, as an enquiry like any other; nothing of it is sent to the holder.
 */
export function proxy(ports: GatewayPorts, ask: Ask): RequestHandler[] {
  const aimed = new WeakMap<Request, Aimed>();

  const aim: RequestHandler = (req, res, next) => {
    if (req.method !== 'GET' && req.method !== 'POST') {
      res.set('Allow', 'GET, POST');
      throw new Problem('request/method');
    }
    const target = parseProxyTarget(req.originalUrl);
    const dataset = ports.registry.dataset(target.dataset);
    if (dataset === undefined) throw unknownDataset();
    const candidates = operationsFor(dataset.operations ?? [], req.method, target);
    aimed.set(req, { dataset, target, candidates });
    next();
  };

  const conduct: RequestHandler = async (req, res) => {
    const known = aimed.get(req);
    if (known === undefined) throw new Error('a look-up was conducted before it was matched');
    const { dataset, target, candidates } = known;
    const matched = matchOperation(candidates, target, membersOf(req));
    const { operation } = matched;
    await ask(receivedOf(req), req, res, {
      enquiry: enquiryOf(req, dataset, matched),
      form: `${operation.method} ${operation.path}`,
      shape: holderShape(dataset, operation),
      tell: (release) => tell(res, release, operation),
    });
  };

  return [aim, readLookUp(ports), conduct];
}

function enquiryOf(req: Request, { id }: Dataset, { operation, value }: Matched) {
  const { output = operation.output, ...said } = readProxyHeaders(req);
  const body = { ...said, ask: { datasets: [id], by: { [operation.scheme]: value }, output } };
  try {
    return parseEnquiry(body, () => true);
  } catch (error) {
    throw error instanceof Problem ? inHeaderTerms(error) : error;
  }
}

/** Status and headers are the gateway's own. */
function tell(res: Response, { exchange, outcome, receipt, shaped, legs, body }: Release, { empty }: Operation): void {
  res.set('Five-Safes-Exchange', exchange);
  if (!shaped) return;
  const terms = legs.flatMap((leg) => leg.terms ?? []);
  res.set('Five-Safes-Receipt', Buffer.from(JSON.stringify(receipt)).toString('base64url'));
  if (terms.length > 0) res.set('Five-Safes-Terms', terms.join(', '));
  // Not `send`: to `If-None-Match: *` it says 304 and drops a body that the log says was released.
  res
    .status(outcome === 'none' ? empty.status : 200)
    .type('application/json')
    .end(body);
}

function unknownDataset(): Problem {
  const expected = 'a dataset of GET /v1/datasets';
  return new Problem('request/unknown-dataset', {
    detail: `path: expected ${expected}`,
    errors: [{ path: 'path', code: 'request/unknown-dataset', expected }],
  });
}
