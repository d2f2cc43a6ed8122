import { connect, type NetConnectOpts, type Socket } from 'node:net';
import type { Sink } from './sink.ts';

const CONNECT_MS = 5_000;
/** A socket tells nobody what has arrived. What went out this long before a connection broke counts as arrived. */
const SETTLE_MS = 5_000;
const KEEP_ALIVE_MS = 10_000;

/**
 * Writes to a Unix or TCP socket, connecting when there is something to send. After a loss, what was sent within the
 * last seconds is sent again: the receiver drops what it has, by `metadata.uid`.
 * @param now monotonic clock, in milliseconds.
 */
export function socketSink(to: NetConnectOpts, now: () => number, settleMs = SETTLE_MS): Sink {
  let socket: Socket | null = null;
  let lost: Error | null = null;
  let sent: { readonly upTo: number; readonly at: number }[] = [];

  const drop = (why: Error) => {
    lost = why;
    socket?.destroy();
    socket = null;
    sent = [];
  };
  const throwLoss = () => {
    const why = lost;
    lost = null;
    if (why !== null) throw why;
  };
  return {
    async send(lines, upTo) {
      throwLoss();
      if (socket === null) {
        const fresh = await opened(to);
        const broken = (why: Error) => {
          if (socket === fresh) drop(why);
        };
        fresh.on('error', broken);
        fresh.on('close', () => broken(new Error('the receiver closed the connection')));
        fresh.on('end', () => broken(new Error('the receiver closed the connection')));
        fresh.resume();
        socket = fresh;
      }
      await written(socket, lines);
      sent.push({ upTo, at: now() });
    },
    settled() {
      throwLoss();
      const until = now() - settleMs;
      const arrived = sent.filter(({ at }) => at <= until);
      sent = sent.slice(arrived.length);
      return arrived.at(-1)?.upTo ?? null;
    },
    reopen: () => undefined,
    close: () => {
      const closing = socket;
      socket = null;
      closing?.end(() => closing.destroy());
    },
  };
}

function opened(to: NetConnectOpts): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(to);
    const failed = (why: Error) => {
      socket.destroy();
      reject(why);
    };
    socket.setTimeout(CONNECT_MS, () => failed(new Error('the receiver does not answer')));
    socket.once('error', failed);
    socket.once('connect', () => {
      socket.setTimeout(0);
      socket.setKeepAlive(true, KEEP_ALIVE_MS);
      socket.off('error', failed);
      resolve(socket);
    });
  });
}

/** Back-pressure: resolves once the system has taken the bytes, so that a slow receiver holds up the reading of the log. */
function written(socket: Socket, lines: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const closed = () => reject(new Error('the connection was lost'));
    socket.once('close', closed);
    socket.write(lines, (error) => {
      socket.off('close', closed);
      if (error) reject(error);
      else resolve();
    });
  });
}
