import { connect, type Socket } from 'node:net';

/** An answer as it came. */
export interface Answer {
  readonly status: number;
  /** Status line and header lines. */
  readonly head: string;
  readonly body: Buffer;
}

export interface Connection {
  /** Sends a whole request and waits for its answer; one at a time. Rejects where the answer has no Content-Length. */
  ask(request: Buffer): Promise<Answer>;
  close(): void;
}

interface Waiting {
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

const HEAD_END = Buffer.from('\r\n\r\n');
const NOTHING = Buffer.alloc(0);

/**
 * HTTP/1.1 over one connection that is kept open, and as little of it as the servers of this bench speak: a client that
 * cost as much as the servers would measure itself.
 */
export async function openConnection(host: string, port: number): Promise<Connection> {
  const socket = await opened(host, port);
  let waiting: Waiting | null = null;
  let arrived: Buffer = NOTHING;
  let missing = 0;

  const take = () => {
    const headEnd = arrived.indexOf(HEAD_END);
    if (waiting === null || headEnd === -1) return;
    const head = arrived.toString('latin1', 0, headEnd);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    const { resolve, reject } = waiting;
    if (length === undefined) {
      reject(new Error('an answer without Content-Length'));
      return;
    }
    const from = headEnd + HEAD_END.length;
    const end = from + Number(length);
    missing = Math.max(0, end - arrived.length);
    if (missing > 0) return;
    const body = arrived.subarray(from, end);
    arrived = NOTHING;
    waiting = null;
    resolve({ status: Number(head.slice(9, 12)), head, body });
  };
  socket.on('data', (chunk: Buffer) => {
    arrived = arrived.length === 0 ? chunk : Buffer.concat([arrived, chunk]);
    missing -= chunk.length;
    if (missing <= 0) take();
  });
  socket.on('close', () => waiting?.reject(new Error('the connection was closed before the answer was whole')));
  return {
    ask: (request) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        missing = 0;
        socket.write(request);
      }),
    close: () => socket.destroy(),
  };
}

function opened(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host, () => resolve(socket));
    socket.setNoDelay(true);
    socket.once('error', reject);
  });
}
