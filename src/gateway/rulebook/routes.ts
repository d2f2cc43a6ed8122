import type { Express, RequestHandler } from 'express';
import { perCaller } from '../per-caller.ts';
import type { GatewayPorts } from '../ports.ts';
import { readJson, receivedOf } from '../receive.ts';
import { deskOf } from './desk.ts';
import { getProposal, postActivation, postApproval, postRejection, postReview, postWithdrawal } from './proposals.ts';
import { postRollback, postSubmission } from './submissions.ts';
import { getReplay, getReport, postReplay, postWhatIf } from './trials.ts';
import { getDiff, getFiles, getFindings, getRulebook, getVersion, getVersions, postDraft } from './versions.ts';

/** Largest body of a draft, in bytes: a page of ten megabytes, and what stands beside it. */
const DRAFT_BYTES = 16 * 1024 * 1024;
/** Each builds a version or compares two: more than a person needs, too few to keep the gateway busy. */
const PER_MINUTE = 60;
/** Each looks through the proposals. */
const READS_PER_MINUTE = 240;
/** How far a replay is: asked again and again until it has ended. */
const LOOKS_PER_MINUTE = 600;

/** The routes under `/v1/rulebook`. */
export function addRulebook(app: Express, ports: GatewayPorts, onlyMethods: (allow: string) => RequestHandler): void {
  const few = perCaller(ports, PER_MINUTE);
  const reads = perCaller(ports, READS_PER_MINUTE);
  const looks = perCaller(ports, LOOKS_PER_MINUTE);
  const body = [few, ...readJson(ports)];
  const large = readJson({ ...ports, limits: { ...ports.limits, bodyBytes: DRAFT_BYTES } });
  const [get, post] = [onlyMethods('GET'), onlyMethods('POST')];
  // So large a body is read of those alone who may draft.
  const drafts: RequestHandler = (req, _res, next) => {
    deskOf(ports, receivedOf(req), 'rulebook/draft');
    next();
  };
  app.route('/v1/rulebook').get(reads, getRulebook(ports)).all(get);
  app
    .route('/v1/rulebook/versions')
    .get(reads, getVersions(ports))
    .post(few, drafts, ...large, postDraft(ports))
    .all(onlyMethods('GET, POST'));
  app.route('/v1/rulebook/versions/:version').get(reads, getVersion(ports)).all(get);
  app.route('/v1/rulebook/versions/:version/files').get(reads, getFiles(ports)).all(get);
  app.route('/v1/rulebook/versions/:version/diff/:other').get(few, getDiff(ports)).all(get);
  app.route('/v1/rulebook/versions/:version/findings').get(few, getFindings(ports)).all(get);
  app.route('/v1/rulebook/versions/:version/what-if').post(body, postWhatIf(ports)).all(post);
  app.route('/v1/rulebook/versions/:version/replays').post(body, postReplay(ports)).all(post);
  app.route('/v1/rulebook/versions/:version/rollback').post(body, postRollback(ports)).all(post);
  app.route('/v1/rulebook/replays/:id').get(looks, getReplay(ports)).all(get);
  app.route('/v1/rulebook/proposals/:id').get(reads, getProposal(ports)).all(get);
  app.route('/v1/rulebook/proposals/:id/report').get(reads, getReport(ports)).all(get);
  app.route('/v1/rulebook/proposals/:id/submit').post(body, postSubmission(ports)).all(post);
  app.route('/v1/rulebook/proposals/:id/approve').post(body, postApproval(ports)).all(post);
  app.route('/v1/rulebook/proposals/:id/reject').post(body, postRejection(ports)).all(post);
  app.route('/v1/rulebook/proposals/:id/withdraw').post(body, postWithdrawal(ports)).all(post);
  app.route('/v1/rulebook/proposals/:id/activate').post(body, postActivation(ports)).all(post);
  app.route('/v1/rulebook/proposals/:id/review').post(body, postReview(ports)).all(post);
}
