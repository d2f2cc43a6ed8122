import { createServer, type RequestListener, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { originNetwork } from '../domain/network.ts';
import type { GatewayPorts } from './ports.ts';
import { PROBLEM_TYPE, PROBLEMS, type ProblemCode, problemBody } from './problem.ts';
import type { Unverified } from './unverified.ts';

/** Requests that a server has met. */
export interface Traffic {
  /** Since its start. */
  readonly arrived: number;
  /** Not answered yet. */
  readonly underWay: number;
}

export interface Running {
  readonly url: string;
  traffic(): Traffic;
  /** Takes no new connection, finishes what is in flight, then resolves; after `graceMs` what is left is cut off. */
  stop(graceMs: number): Promise<void>;
}

/** Time for a request to arrive: generous for a mobile radio, too short to be held open on purpose. */
const HEAD_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 20_000;
const KEEP_ALIVE_MS = 30_000;

/** Serves the partner API with limits on head, body, time and connections. */
export function serveGateway(
  app: RequestListener,
  listen: { host: string; port: number },
  ports: GatewayPorts,
  unverified: Unverified,
): Promise<Running> {
  const server = createServer(
    {
      maxHeaderSize: ports.limits.headBytes,
      headersTimeout: HEAD_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      insecureHTTPParser: false,
    },
    app,
  );
  server.on('clientError', (error: NodeJS.ErrnoException, socket) =>
    refuseUnparsed(error, socket as Socket, ports, unverified),
  );
  return startServer(server, listen);
}

/** What Node's parser refuses never becomes a request: it is counted like any request of an unknown caller. */
function refuseUnparsed(
  error: NodeJS.ErrnoException,
  socket: Socket,
  ports: GatewayPorts,
  unverified: Unverified,
): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const codes: Readonly<Record<string, ProblemCode>> = {
    HPE_HEADER_OVERFLOW: 'request/head-too-large',
    ERR_HTTP_REQUEST_TIMEOUT: 'request/timeout',
  };
  const code = codes[error.code ?? ''] ?? 'request/malformed';
  try {
    unverified.count(originNetwork(ports.clientAddress(socket.remoteAddress, undefined)), code, ports.clock.now());
  } catch (fault) {
    ports.log('uncounted', { code, error: fault instanceof Error ? fault.message : String(fault) });
  }
  const { status } = PROBLEMS[code];
  const body = JSON.stringify(problemBody(code));
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: ${PROBLEM_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
      `Cache-Control: no-store\r\nConnection: close\r\n\r\n${body}`,
  );
}

/** Listens and answers with where; rejects if it cannot. */
export function startServer(server: Server, listen: { host: string; port: number }): Promise<Running> {
  const underWay = new Set<ServerResponse>();
  let arrived = 0;
  const forget = function (this: ServerResponse) {
    underWay.delete(this);
  };
  server.prependListener('request', (_req, res) => {
    arrived++;
    underWay.add(res);
    res.on('close', forget);
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(listen.port, listen.host, () => {
      server.off('error', reject);
      const { port } = server.address() as AddressInfo;
      const host = listen.host.includes(':') ? `[${listen.host}]` : listen.host;
      resolve({
        url: `http://${host}:${port}`,
        traffic: () => ({ arrived, underWay: underWay.size }),
        stop: (graceMs) => stopServer(server, underWay, graceMs),
      });
    });
  });
}

function stopServer(server: Server, underWay: ReadonlySet<ServerResponse>, graceMs: number): Promise<void> {
  // A connection that was kept alive would outlast its answer and hold up the stop for the whole grace.
  for (const res of underWay) if (!res.headersSent) res.setHeader('Connection', 'close');
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}
