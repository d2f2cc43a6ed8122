import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Ask } from './asking.ts';
import { putExchange } from './exchanges.ts';
import type { GatewayPorts, LogLine } from './ports.ts';
import { type Received, recognise, tellError } from './receive.ts';
import type { Unverified } from './unverified.ts';

const PATH = '/v1/exchanges';

/** Whether a request is for this door: spelt in any other way it goes through the router, which comes to the same. */
export function atExchangeDoor({ method, url }: IncomingMessage): boolean {
  return method === 'POST' && url === PATH;
}

/**
 * `POST /v1/exchanges` by the shortest way: the same steps in the same order as on the list in `app.ts`, without a walk
 * past routes and middlewares that are not concerned.
 * @param enter counts and sheds, together with the router's requests.
 */
export function exchangeDoor(
  ports: GatewayPorts,
  unverified: Unverified,
  enter: (res: ServerResponse) => void,
  ask: Ask,
): RequestListener {
  const put = putExchange(ports, ask);

  const pass = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    let known: Received | undefined;
    try {
      enter(res);
      known = await recognise(ports, unverified, req, res, PATH);
      await put(known, req, res);
    } catch (error) {
      await tellError(ports, res, error, known);
    }
  };

  return (req, res) => void pass(req, res).catch((error: unknown) => giveUp(ports.log, res, error));
}

/** Where not even the error can be told, the asker gets nothing, and operators learn why if anything can still be logged. */
export function giveUp(log: LogLine, res: Pick<ServerResponse, 'destroy'>, error: unknown): void {
  try {
    log('defect', { error: error instanceof Error ? error.stack : String(error) });
  } catch {
    // The log may be what failed. The asker is not left waiting for it.
  }
  res.destroy();
}
