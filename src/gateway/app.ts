import type { RequestListener, ServerResponse } from 'node:http';
import express, { type RequestHandler } from 'express';
import { createAsking } from './asking.ts';
import { addAudit } from './audit/routes.ts';
import { addAuthzen, echoRequestId, getConfiguration } from './authzen/routes.ts';
import { addErasing } from './erasing-routes.ts';
import { atExchangeDoor, exchangeDoor } from './exchange-door.ts';
import { getExchange, postExchange } from './exchanges.ts';
import { postExplain } from './explain.ts';
import { inFlight } from './in-flight.ts';
import { getDatasets, getMe } from './me.ts';
import { createPausing } from './pauses.ts';
import { perCaller } from './per-caller.ts';
import type { GatewayPorts } from './ports.ts';
import { Problem } from './problem.ts';
import { getProof } from './proof.ts';
import { proxy } from './proxy.ts';
import { answerErrors, identifyCaller, readJson } from './receive.ts';
import { addRulebook } from './rulebook/routes.ts';
import { secured } from './security-headers.ts';
import { getCheckpoint, getTile, publicInFlight } from './tiles.ts';
import { postUndertaking } from './undertakings.ts';
import type { Unverified } from './unverified.ts';
import { demandWitnessed, getLogKeys, getWitnessedCheckpoint } from './witnessed.ts';

/** The partner API: one list, in the order in which a request passes it; what is asked most has a door of its own. */
export function createApp(ports: GatewayPorts, unverified: Unverified): RequestListener {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', false);
  app.set('case sensitive routing', true);
  app.set('strict routing', true);

  app.use(secured);
  const strangers = publicInFlight();
  app.route('/checkpoint').get(strangers, getCheckpoint(ports.published)).all(onlyMethods('GET'));
  app.use('/tile', strangers, getTile(ports.published));
  app.route('/checkpoint/witnessed').get(strangers, getWitnessedCheckpoint(ports.witnessed)).all(onlyMethods('GET'));
  app.route('/log-keys').get(strangers, getLogKeys(ports.witnessed)).all(onlyMethods('GET'));
  const enter = inFlight(ports.limits.inFlight);
  app.use(entered(enter));
  app.route('/openapi.json').get(tellOpenApi()).all(onlyMethods('GET'));
  app.route('/.well-known/authzen-configuration').get(getConfiguration(ports)).all(onlyMethods('GET'));
  app.use('/access', echoRequestId);
  app.use(identifyCaller(ports, unverified));

  const ask = createAsking(ports);
  const watched = demandWitnessed(ports.witnessed);
  app.use('/proxy', watched, proxy(ports, ask));
  app.route('/v1/exchanges').post(postExchange(ports, ask)).all(onlyMethods('POST'));
  app.route('/v1/exchanges/:id').get(getExchange(ports)).all(onlyMethods('GET'));
  app.route('/v1/exchanges/:id/proof').get(getProof(ports)).all(onlyMethods('GET'));
  app
    .route('/v1/explain')
    .post(watched, perCaller(ports, ports.limits.explainPerMinute), readJson(ports), postExplain(ports))
    .all(onlyMethods('POST'));
  app.route('/v1/me').get(getMe(ports)).all(onlyMethods('GET'));
  app.route('/v1/me/undertakings/:id').post(readJson(ports), postUndertaking(ports)).all(onlyMethods('POST'));
  const { pause, resume } = createPausing(ports);
  app.route('/v1/datasets/:id/pause').post(readJson(ports), pause).all(onlyMethods('POST'));
  app.route('/v1/datasets/:id/resume').post(readJson(ports), resume).all(onlyMethods('POST'));
  addErasing(app, ports, onlyMethods);
  app.route('/v1/datasets').get(getDatasets(ports)).all(onlyMethods('GET'));
  addAudit(app, ports, onlyMethods);
  addRulebook(app, ports, onlyMethods);
  addAuthzen(app, ports, onlyMethods, watched);

  app.use(() => {
    throw new Problem('request/not-found');
  });
  app.use(answerErrors(ports));

  const door = exchangeDoor(ports, unverified, enter, ask);
  return (req, res) => (atExchangeDoor(req) ? door(req, res) : app(req, res));
}

/** The one path that is nobody's: it says how to ask. */
function tellOpenApi(): RequestHandler {
  // Built when somebody first asks for it: a gateway that starts after an outage has more urgent things to do.
  let text: Promise<string> | undefined;
  return async (_req, res) => {
    text ??= import('./openapi.ts').then(({ openApiText }) => openApiText());
    res.type('application/json').send(await text);
  };
}

/** Sheds load before anything is done for it. */
function entered(enter: (res: ServerResponse) => void): RequestHandler {
  return (_req, res, next) => {
    enter(res);
    next();
  };
}

function onlyMethods(allow: string): RequestHandler {
  return (_req, res) => {
    res.set('Allow', allow);
    throw new Problem('request/method');
  };
}
