import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import { listen, type Party, runParty } from '../parties/party.ts';
import { type Listing, readListings } from './listings.ts';

const OPTIONS = z.strictObject({ file: z.string(), port: z.int().default(0) });

/** The service's own shape; the registration is marked as what it is. */
export function shaped({ registration, make, model, year, transmission, fuel, mpg, engine, price, mileage }: Listing) {
  return {
    id: { registration, synthetic: true },
    car: { make, model, year, gearbox: transmission, drive: { fuel, engine, mpg } },
    asking: { price },
    odometer: mileage,
  };
}

/** `GET /listings/{registration}`: one listing by itself, or 404. */
export async function startListingsService(given: unknown): Promise<Party> {
  const options = OPTIONS.parse(given);
  const byRegistration = new Map(readListings(options.file).map((listing) => [listing.registration, listing]));
  const answer = (response: ServerResponse, status: number, body: object) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  return listen(options.port, () => (request, response) => {
    const wanted = /^\/listings\/([A-Z0-9]+)$/.exec(request.url ?? '')?.[1] ?? '';
    const listing = byRegistration.get(wanted);
    if (request.method !== 'GET' || listing === undefined) return answer(response, 404, { error: 'not listed' });
    return answer(response, 200, shaped(listing));
  });
}

if (import.meta.main) await runParty(startListingsService);
