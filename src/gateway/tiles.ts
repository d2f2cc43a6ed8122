import type { RequestHandler, Response } from 'express';
import { parseTilePath, type Tile } from '../ledger/tiles.ts';
import { Problem } from './problem.ts';
import { wrongPath } from './proxy-target.ts';

/** The log as everybody may see it. Null where there is none yet. Throw `Fault('ledger/unavailable')`. */
export interface PublishedLog {
  checkpoint(): Promise<string | null>;
  tile(tile: Tile): Promise<Uint8Array | null>;
}

/** Answers to strangers under way at a time. They count apart: slow readers of tiles take nothing from callers. */
const IN_FLIGHT = 64;
/** A piece never changes: its path names its width (C2SP tlog-tiles: caching headers should be long-lived). */
const FOR_EVER = 'public, max-age=31536000, immutable';

/** Sheds what is too much, before anything is read for it. */
export function publicInFlight(most: number = IN_FLIGHT): RequestHandler {
  let current = 0;
  return (_req, res, next) => {
    if (current >= most) throw new Problem('request/too-many', { retryAfter: 1 });
    current++;
    res.once('close', () => current--);
    next();
  };
}

/** `GET /checkpoint`: C2SP tlog-checkpoint. */
export function getCheckpoint(log: PublishedLog): RequestHandler {
  return async (req, res) => {
    if (req.originalUrl !== '/checkpoint') throw withoutQuery();
    const note = await log.checkpoint();
    if (note === null) throw new Problem('request/not-found');
    send(res, 'text/plain; charset=utf-8', 'no-cache', Buffer.from(note));
  };
}

/** `GET /tile/<L>/<N>[.p/<W>]` and `GET /tile/entries/<N>[.p/<W>]`: C2SP tlog-tiles. */
export function getTile(log: PublishedLog): RequestHandler {
  return async (req, res) => {
    if (req.method !== 'GET' && req.method !== 'HEAD') {
      res.set('Allow', 'GET');
      throw new Problem('request/method');
    }
    // As sent: a router decodes, and one tile has one path.
    const tile = parseTilePath(req.originalUrl.slice(1));
    if (tile === undefined) throw wrongPath('/tile/<L>/<N>[.p/<W>] or /tile/entries/<N>[.p/<W>] as in C2SP tlog-tiles');
    const bytes = await log.tile(tile);
    if (bytes === null) throw new Problem('request/not-found');
    send(res, 'application/octet-stream', FOR_EVER, bytes);
  };
}

function send(res: Response, type: string, caching: string, bytes: Uint8Array): void {
  res.set({ 'Content-Type': type, 'Cache-Control': caching });
  res.send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}

function withoutQuery(): Problem {
  return wrongPath('/checkpoint without a query');
}
