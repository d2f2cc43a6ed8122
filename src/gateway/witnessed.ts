import type { RequestHandler, Response } from 'express';
import { Problem } from './problem.ts';
import { wrongPath } from './proxy-target.ts';

/** What the partner API needs of the collecting of cosignatures. */
export interface Witnessed {
  /** Text of the published changes of the signing key; empty where there was none. */
  keyChanges(): string;
  /** The newest checkpoint that enough witnesses cosigned; null where there is none. */
  newest(): string | null;
  /** Throws `Fault('ledger/unwitnessed')` while nothing may be asked. */
  demand(): void;
}

/** Before whatever asks a holder or the rules: an operator may demand that the log be watched while it grows. */
export function demandWitnessed(witnessed: Witnessed): RequestHandler {
  return (_req, _res, next) => {
    witnessed.demand();
    next();
  };
}

/** `GET /checkpoint/witnessed`: the newest checkpoint with the quorum, which may be older than `/checkpoint`. */
export function getWitnessedCheckpoint(witnessed: Witnessed): RequestHandler {
  return (req, res) => {
    if (req.originalUrl !== '/checkpoint/witnessed') throw wrongPath('/checkpoint/witnessed without a query');
    const note = witnessed.newest();
    if (note === null) throw new Problem('request/not-found');
    send(res, note);
  };
}

/** `GET /log-keys`: changes of the key that signs checkpoints, so that a mirror can follow them. */
export function getLogKeys(witnessed: Witnessed): RequestHandler {
  return (req, res) => {
    if (req.originalUrl !== '/log-keys') throw wrongPath('/log-keys without a query');
    const text = witnessed.keyChanges();
    if (text === '') throw new Problem('request/not-found');
    send(res, text);
  };
}

function send(res: Response, text: string): void {
  res.set({ 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-cache' });
  res.send(text);
}
