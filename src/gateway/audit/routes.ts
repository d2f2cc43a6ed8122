import type { Express, RequestHandler } from 'express';
import { perCaller } from '../per-caller.ts';
import type { GatewayPorts } from '../ports.ts';
import { readJson } from '../receive.ts';
import { postExplanation } from './explain.ts';
import { postNext, postSearch } from './find.ts';
import { getOverview, postOpen } from './open.ts';
import { postReport } from './report.ts';

/** Readings of all kinds, and pages of them, that one person gets in a minute. */
const READINGS_PER_MINUTE = 120;

/** The routes under `/v1/audit`. What is searched for comes in bodies, so that no plate stands in a URL. */
export function addAudit(app: Express, ports: GatewayPorts, onlyMethods: (allow: string) => RequestHandler): void {
  const body = [perCaller(ports, READINGS_PER_MINUTE), ...readJson(ports)];
  app.route('/v1/audit').get(getOverview(ports)).all(onlyMethods('GET'));
  app.route('/v1/audit/search').post(body, postSearch(ports)).all(onlyMethods('POST'));
  app.route('/v1/audit/search/next').post(body, postNext(ports)).all(onlyMethods('POST'));
  app.route('/v1/audit/exchanges/:id').post(body, postOpen(ports)).all(onlyMethods('POST'));
  app.route('/v1/audit/exchanges/:id/explanation').post(body, postExplanation(ports)).all(onlyMethods('POST'));
  app.route('/v1/audit/reports').post(body, postReport(ports)).all(onlyMethods('POST'));
}
