import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { RequestHandler } from 'express';
import helmet, { type HelmetOptions } from 'helmet';

/** An interface for programs shows nothing, and nobody frames it. */
export const HELMET: HelmetOptions = {
  contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
};

/** Keeps names as they were written, which Node tells of no answer. */
class Recorded extends ServerResponse {
  readonly lines: (readonly [string, string])[] = [];

  override setHeader(name: string, value: number | string | readonly string[]): this {
    this.lines.push([name, String(value)]);
    return super.setHeader(name, value);
  }
}

/** What helmet sets, in its order, and that nothing is kept. It depends on no request, so helmet is asked once. */
export const SECURITY_HEADERS: readonly (readonly [name: string, value: string])[] = [
  ...recorded(),
  ['Cache-Control', 'no-store'],
];

function recorded(): readonly (readonly [string, string])[] {
  const nobodys = new IncomingMessage(new Socket());
  const response = new Recorded(nobodys);
  helmet(HELMET)(nobodys, response, (error) => {
    if (error !== undefined) throw error;
  });
  return response.lines;
}

/** Sets what is not yet set. */
export function secure(res: ServerResponse): void {
  for (const [name, value] of SECURITY_HEADERS) if (!res.hasHeader(name)) res.setHeader(name, value);
}

/** Before every route: what answers later may only add, or say that something may be kept after all. */
export const secured: RequestHandler = (_req, res, next) => {
  secure(res);
  next();
};
