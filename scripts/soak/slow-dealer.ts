import { createServer } from 'node:http';

/** A dealer who is sometimes slow: every call goes on to the real one, and some answers are kept back for a while. */
export interface SlowDealer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Every so many calls an answer comes late, and every so many so late that the gateway no longer waits. */
const EVERY_LATE = 10;
const LATE_MS = 120;
const EVERY_TOO_LATE = 60;

/**
 * @param target the dealer's own service. @param tooLateMs longer than the gateway waits for it.
 */
export async function startSlowDealer(target: string, tooLateMs: number): Promise<SlowDealer> {
  let calls = 0;
  const server = createServer((request, response) => {
    const call = ++calls;
    const delay = call % EVERY_TOO_LATE === 0 ? tooLateMs : call % EVERY_LATE === 0 ? LATE_MS : 0;
    const pass = async () => {
      const { exchange, receipt } = {
        exchange: String(request.headers['five-safes-exchange'] ?? ''),
        receipt: String(request.headers['five-safes-receipt'] ?? ''),
      };
      const headers = { 'five-safes-exchange': exchange, 'five-safes-receipt': receipt };
      const answer = await fetch(`${target}${request.url}`, { headers });
      const text = await answer.text();
      if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text);
    };
    pass().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
