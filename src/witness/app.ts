import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import helmet from 'helmet';
import { originHash } from '../ledger/witnessing.ts';
import { addCheckpoint, type Reply, type WitnessPorts } from './add-checkpoint.ts';

/** 63 proof lines and a checkpoint with a good number of signatures; also large ones of other kinds. */
const MOST_BODY_BYTES = 65_536;
const TEXT = 'text/plain; charset=utf-8';

/** A witness over HTTP: C2SP tlog-witness, `add-checkpoint` and the monitors' `checkpoint`. Nobody is identified. */
export function createWitnessApp(ports: WitnessPorts): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', false);
  app.set('case sensitive routing', true);
  app.set('strict routing', true);
  app.use(
    helmet({
      contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    }),
  );
  const byHash = new Map(ports.origins.map((origin) => [originHash(origin), origin]));

  app
    .route('/add-checkpoint')
    .post(express.raw({ type: () => true, inflate: false, limit: MOST_BODY_BYTES }), (req, res) => {
      const body = textOf(req.body);
      const refused: Reply = { status: 400, type: TEXT, body: 'not text in UTF-8\n' };
      send(res, body === undefined ? refused : addCheckpoint(body, ports));
    })
    .all(onlyMethod('POST'));

  app
    .route('/:hash/checkpoint')
    .get((req, res) => {
      const origin = byHash.get(req.params.hash);
      const latest = origin === undefined ? null : ports.memory.latest(origin);
      res.set('Cache-Control', 'no-cache');
      if (latest === null) send(res, { status: 404, type: TEXT, body: 'nothing of this log was cosigned here\n' });
      else send(res, { status: 200, type: TEXT, body: latest.note });
    })
    .all(onlyMethod('GET'));

  app.use((_req, res) => send(res, { status: 404, type: TEXT, body: 'there is nothing here\n' }));
  app.use((error: unknown, _req: Request, res: Response, _next: NextFunction) => {
    const status = statusOf(error);
    if (status === 500) ports.log('defect', { error: error instanceof Error ? error.message : String(error) });
    res
      .status(status)
      .type(TEXT)
      .send(status === 500 ? 'the witness cannot answer\n' : 'not a request to a witness\n');
  });
  return app;
}

function send(res: Response, { status, type, body }: Reply): void {
  // `res.send` would add a charset to a type whose value the specification fixes.
  res.statusCode = status;
  res.setHeader('Content-Type', type);
  res.setHeader('Content-Length', Buffer.byteLength(body));
  res.end(body);
}

function onlyMethod(allow: string) {
  return (_req: Request, res: Response) => {
    res.set('Allow', allow).status(405).type(TEXT).send('this path does not take this method\n');
  };
}

function textOf(body: unknown): string | undefined {
  if (!Buffer.isBuffer(body)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return undefined;
  }
}

/** What body-parser and the router find wrong with a request carries a status of 4xx. */
function statusOf(error: unknown): number {
  const status = typeof error === 'object' && error !== null && 'status' in error ? Number(error.status) : 500;
  return status >= 400 && status < 500 ? status : 500;
}
