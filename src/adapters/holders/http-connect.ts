import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import type { HttpConnector } from '../../domain/dataset.ts';
import { AddressRefused, bareHost, guardedLookup, mayReach, reachOf } from './address.ts';

/** What is wrong with a host that is written as an address; such a host is never looked up. */
export function hostProblem(base: URL, connector: HttpConnector): string | undefined {
  const host = bareHost(base.hostname);
  const version = isIP(host);
  if (version === 0) return undefined;
  const { family = 'any' } = connector;
  if (family !== 'any' && family !== version) return `family: expected ${version}, which the host of baseUrl is`;
  if (mayReach(host, reachOf(base.hostname, connector))) return undefined;
  return 'baseUrl: expected a public address; one of a private network needs privateAddress: true';
}

/**
 * Makes the connections to one host. Which address it really has is judged at each connecting: before, on what the name
 * stands for, and once more on the peer of the socket, before a byte of a question is written.
 * @param resolve the system's name look-up.
 */
export function guardedConnector(
  base: URL,
  connector: HttpConnector,
  connectMs: number,
  resolve: LookupFunction,
): buildConnector.connector {
  const reach = reachOf(base.hostname, connector);
  const { family = 'any' } = connector;
  const connect = buildConnector({
    timeout: connectMs,
    allowH2: false,
    // Whatever NODE_TLS_REJECT_UNAUTHORIZED says.
    rejectUnauthorized: true,
    lookup: guardedLookup(reach, resolve),
    ...(family === 'any' ? {} : { family }),
  });
  return (options, callback) => {
    connect(options, (error, socket) => {
      if (error !== null) return callback(error, null);
      if (mayReach(socket.remoteAddress, reach)) return callback(null, socket);
      socket.destroy();
      callback(new AddressRefused(), null);
    });
  };
}
