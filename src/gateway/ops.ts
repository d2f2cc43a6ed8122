import { createServer, type ServerResponse } from 'node:http';
import type { JsonValue } from '../domain/json.ts';
import { type Running, startServer } from './server.ts';

/** One thing that must be well for the gateway to serve. */
export interface Check {
  readonly name: string;
  /** Null if well, else what is wrong, for operators. */
  problem(): string | null;
  /** More for operators, well or not. */
  details?(): unknown;
}

/** Something operators should see beside the checks. It never makes the gateway unready. No personal data. */
export interface Information {
  readonly name: string;
  /** Asked for each answer; at once and without waiting. */
  tell(): JsonValue;
}

/** What the operators' port shows besides the checks. */
export interface OpsExtras {
  readonly information?: readonly Information[];
  /** Text of `/metrics` and its media type; absent: there is no such path. */
  readonly metrics?: () => Promise<{ readonly type: string; readonly text: string }>;
}

/**
 * The operators' own port: `/livez` says that the process runs, `/readyz` that it can serve, naming what cannot, and
 * `/metrics` counts. Ready is never said while exchanges would be refused: a balancer must see what callers see.
 */
export function serveOps(
  listen: { host: string; port: number },
  checks: readonly Check[],
  { information = [], metrics }: OpsExtras = {},
): Promise<Running> {
  const server = createServer((req, res) => {
    const answer = (status: number, body: unknown) => {
      res.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
      res.end(JSON.stringify(body));
    };
    if (req.method !== 'GET') return answer(405, { status: 'method' });
    if (req.url === '/livez') return answer(200, { status: 'alive' });
    if (req.url === '/metrics' && metrics !== undefined) return void tellMetrics(res, metrics);
    if (req.url !== '/readyz') return answer(404, { status: 'not-found' });
    const results = checks.map((check) => ({ name: check.name, problem: check.problem(), details: check.details?.() }));
    const ready = results.every((result) => result.problem === null);
    const beside = Object.fromEntries(information.map(({ name, tell }) => [name, tell()]));
    answer(ready ? 200 : 503, {
      status: ready ? 'ready' : 'not-ready',
      checks: results,
      ...(information.length === 0 ? {} : { information: beside }),
    });
  });
  return startServer(server, listen);
}

async function tellMetrics(res: ServerResponse, metrics: NonNullable<OpsExtras['metrics']>): Promise<void> {
  try {
    const { type, text } = await metrics();
    res.writeHead(200, { 'Content-Type': type, 'Cache-Control': 'no-store' });
    res.end(text);
  } catch {
    // What went wrong is told where it happened; a scraper needs to know only that it got nothing.
    res.writeHead(500, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
    res.end('{"status":"error"}');
  }
}
