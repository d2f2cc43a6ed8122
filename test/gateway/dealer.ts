import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** A sale as the dealer's service writes it. */
export type Sale = Readonly<Record<string, unknown>> & { readonly vehicle: Readonly<Record<string, string>> };

export const SOLD = 'JTEZU5JR8D5050504';
export const CANCELLED = 'VF1BM1A0H34567890';
export const CROWDED = 'WF0AXXTTGA7R41552';
export const ABSENT = 'TMBJJ7NE8G0999999';

export function sale(vin: string, changes: Readonly<Record<string, unknown>> = {}): Sale {
  return {
    status: 'sold',
    vehicle: {
      vin,
      engineNo: `E${vin.slice(-6)}`,
      plate: 'NG-101-A',
      make: 'Toyota',
      model: '4Runner',
      colour: 'teal',
    },
    customer: {
      fullName: 'Oda Fennimore',
      dateOfBirth: '14/03/1979',
      email: 'oda@mail.example',
      phone: '+00 555 0177',
      address: { postcode: '4012 TW', town: 'Northgate' },
    },
    soldOn: '2026-05-02',
    price: 8450,
    mileage: 91200,
    previousOwners: [{ name: 'Brack & Sons' }, { name: 'Elin Marsh' }],
    notes: 'Oda pays on Fridays, ring 00 555 0177',
    ...changes,
  };
}

export type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** A dealer's service on a real port. Every call is noted before it is answered. */
export interface Dealer {
  readonly url: string;
  readonly calls: readonly string[];
  /** From now on calls are answered like this; without an argument, as at the beginning. */
  answerWith(listener?: Listener): void;
  stop(): Promise<void>;
}

export function sendJson(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

const BOOK: readonly Sale[] = [
  sale(SOLD),
  sale(CANCELLED, { status: 'cancelled' }),
  ...Array.from({ length: 21 }, (_, i) => sale(CROWDED, { price: i })),
];

/** The lookups of `config/datasets.yaml`. */
const lookUp: Listener = (request, response) => {
  const url = new URL(request.url ?? '/', 'http://dealer.invalid');
  const vin = /^\/api\/sales\/by-vin\/(\w+)$/.exec(url.pathname)?.[1];
  const engine = /^\/api\/sales\/by-engine\/(\w+)$/.exec(url.pathname)?.[1];
  const plate = url.pathname === '/api/sales' ? url.searchParams.get('plate') : null;
  const plain = (text: string | undefined) => text?.replaceAll('-', '');
  const sales = BOOK.filter(
    ({ vehicle }) => vehicle['vin'] === vin || vehicle['engineNo'] === engine || plain(vehicle['plate']) === plate,
  );
  sendJson(response, { sales });
};

export async function startDealer(): Promise<Dealer> {
  const calls: string[] = [];
  let listener: Listener = lookUp;
  const server = createServer((request, response) => {
    calls.push(`${request.method} ${request.url}`);
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    calls,
    answerWith: (next = lookUp) => {
      listener = next;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
