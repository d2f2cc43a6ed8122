import type { Express, RequestHandler } from 'express';
import { perCaller } from '../per-caller.ts';
import type { GatewayPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { readJson } from '../receive.ts';
import { postEvaluation, postEvaluations } from './evaluation.ts';
import { OBLIGATION_TYPES } from './obligations.ts';
import { postActionSearch, postResourceSearch, postSubjectSearch } from './search.ts';

const BASE = '/access/v1';

/** Section 10.1.4: a request identifier comes back as it came, whatever the answer is. Stands before callers are identified. */
export const echoRequestId: RequestHandler = (req, res, next) => {
  const id = req.get('x-request-id');
  if (id !== undefined) res.set('X-Request-ID', id);
  next();
};

/** `GET /.well-known/authzen-configuration` (section 9): for everybody, since it says only how to ask. */
export function getConfiguration({ authzen: { decisionPoint } }: GatewayPorts): RequestHandler {
  const at = (path: string) => `${decisionPoint}${BASE}/${path}`;
  return (_req, res) => {
    res.json({
      policy_decision_point: decisionPoint,
      access_evaluation_endpoint: at('evaluation'),
      access_evaluations_endpoint: at('evaluations'),
      search_subject_endpoint: at('search/subject'),
      search_resource_endpoint: at('search/resource'),
      search_action_endpoint: at('search/action'),
      supported_obligations: OBLIGATION_TYPES,
    });
  };
}

/** Other routes answer 415; here another media type is a bad request like any other. */
const demandJson: RequestHandler = (req, _res, next) => {
  if (!/^application\/json\s*(;|$)/i.test(req.get('content-type') ?? '')) {
    throw new Problem('request/malformed', { detail: 'Content-Type: expected application/json' });
  }
  next();
};

/**
 * The routes of the AuthZEN decision point. They give no Permit: whoever is told `true` must still ask.
 * @param watched turns requests away while the log goes unwitnessed.
 */
export function addAuthzen(
  app: Express,
  ports: GatewayPorts,
  onlyMethods: (allow: string) => RequestHandler,
  watched: RequestHandler,
): void {
  const body = [watched, perCaller(ports, ports.limits.evaluationsPerMinute), demandJson, ...readJson(ports)];
  app.route('/access/v1/evaluation').post(body, postEvaluation(ports)).all(onlyMethods('POST'));
  app.route('/access/v1/evaluations').post(body, postEvaluations(ports)).all(onlyMethods('POST'));
  app.route('/access/v1/search/subject').post(body, postSubjectSearch(ports)).all(onlyMethods('POST'));
  app.route('/access/v1/search/resource').post(body, postResourceSearch(ports)).all(onlyMethods('POST'));
  app.route('/access/v1/search/action').post(body, postActionSearch(ports)).all(onlyMethods('POST'));
}
