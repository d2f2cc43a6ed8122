import { createServer, type ServerResponse } from 'node:http';
import { printable } from './printable.ts';

/** What a redirect must say to be the answer to our request. */
export interface ExpectedRedirect {
  readonly state: string;
  readonly issuer: string;
  /** RFC 9207 section 2.4: the provider has said that it always names itself. */
  readonly issuerRequired: boolean;
}

/** A loopback redirect, RFC 8252 section 7.3: where the browser brings the code back to. */
export interface Redirect {
  readonly url: string;
  /** @throws Error where the provider refused, or nobody came in time. */
  code(expected: ExpectedRedirect): Promise<string>;
  close(): void;
}

const PATH = '/callback';

/** Listens on a loopback port of the system's choice. @param timeoutMs how long `code` waits. */
export async function listenForRedirect(timeoutMs: number): Promise<Redirect> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no loopback port');
  return {
    url: `http://127.0.0.1:${address.port}${PATH}`,
    code: (expected) =>
      new Promise((resolve, reject) => {
        const late = new Error(`nobody signed in within ${timeoutMs / 1_000} seconds`);
        const timer = setTimeout(() => reject(late), timeoutMs);
        server.on('request', ({ method, url = '' }, response) => {
          const at = URL.parse(url, 'http://127.0.0.1');
          if (method !== 'GET' || at?.pathname !== PATH) return answer(response, 404, 'There is nothing here.');
          // Any page in the browser can send somebody here: what is not the answer to our request changes nothing.
          if (!isExpected(at.searchParams, expected))
            return answer(response, 400, 'This is not the sign-in that was begun.');
          clearTimeout(timer);
          const code = at.searchParams.get('code');
          if (code !== null) {
            answer(response, 200, 'Signed in. You can close this page.');
            return resolve(code);
          }
          answer(response, 200, 'Not signed in. You can close this page.');
          const reason =
            at.searchParams.get('error_description') ?? at.searchParams.get('error') ?? 'no code came back';
          reject(new Error(`${expected.issuer} refused: ${printable(reason)}`));
        });
      }),
    close: () => {
      server.close();
      server.closeIdleConnections();
    },
  };
}

function isExpected(answered: URLSearchParams, { state, issuer, issuerRequired }: ExpectedRedirect): boolean {
  const named = answered.get('iss');
  return answered.get('state') === state && (named === null ? !issuerRequired : named === issuer);
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    connection: 'close',
  });
  response.end(`${text}\n`);
}
