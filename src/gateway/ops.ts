import { createServer } from 'node:http';
import { type Running, startServer } from './server.ts';

/** One thing that must be well for the gateway to serve. */
export interface Check {
  readonly name: string;
  /** Null if well, else what is wrong, for operators. */
  problem(): string | null;
}

/**
 * The operators' own port: `/livez` says that the process runs, `/readyz` that it can serve, naming what cannot. Ready
 * is never said while exchanges would be refused: a balancer must see what callers see.
 */
export function serveOps(listen: { host: string; port: number }, checks: readonly Check[]): Promise<Running> {
  const server = createServer((req, res) => {
    const answer = (status: number, body: unknown) => {
      res.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
      res.end(JSON.stringify(body));
    };
    if (req.method !== 'GET') return answer(405, { status: 'method' });
    if (req.url === '/livez') return answer(200, { status: 'alive' });
    if (req.url !== '/readyz') return answer(404, { status: 'not-found' });
    const results = checks.map((check) => ({ name: check.name, problem: check.problem() }));
    const ready = results.every((result) => result.problem === null);
    answer(ready ? 200 : 503, { status: ready ? 'ready' : 'not-ready', checks: results });
  });
  return startServer(server, listen);
}
