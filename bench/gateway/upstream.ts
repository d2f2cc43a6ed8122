import { z } from 'zod';
import { listen, type Party, runParty } from '../../demo/parties/party.ts';
import { dealerRecords } from '../../demo/parties/records.ts';

const OPTIONS = z.strictObject({ seed: z.int(), rows: z.int().min(1), port: z.int() });

/** What salespeople write down; each kind of thing that `scrub` looks for is somewhere among them, and much that is nothing. */
const NOTES = [
  'Wants the winter tyres fitted before the first frost; call first on 01632 960111, after six, or write to accounts@example.org.',
  'Part exchange agreed, "as seen", against the old Moor; deposit paid on 14 March 2024, the rest on collection with the second key.',
  'Collected by a friend who drives ZA12 BCD; number on file 01632 960222; says that the tow bar was fitted elsewhere.',
  'Invoice sent twice, paid in full after the reminder; service book complete up to the timing belt, one spare key missing.',
] as const;

/** Answers of the dealer's REST service by VIN, written out beforehand: the load is for whoever stands in front of it. */
export function answersByVin(seed: number, rows: number): ReadonlyMap<string, string> {
  return new Map(
    dealerRecords(seed, rows).map(({ vehicle, buyer, sale }, i) => {
      const record = {
        status: 'sold',
        vehicle: { ...vehicle, plate: vehicle.registration },
        customer: {
          fullName: buyer.name,
          dateOfBirth: buyer.born,
          email: buyer.email,
          phone: buyer.phone,
          address: buyer.address,
        },
        soldOn: sale.date,
        price: sale.price,
        mileage: sale.mileage,
        notes: NOTES[i % NOTES.length],
      };
      return [vehicle.vin, JSON.stringify({ sales: [record] })];
    }),
  );
}

/** The holder: `GET …/sales/by-vin/{vin}`, under whatever prefix: gateway and proxy both end here. */
export async function startUpstream(given: unknown): Promise<Party> {
  const { seed, rows, port } = OPTIONS.parse(given);
  const answers = new Map([...answersByVin(seed, rows)].map(([vin, text]) => [vin, Buffer.from(text)]));
  const nothing = Buffer.from('{"sales":[]}');
  return listen(port, () => (request, response) => {
    const body = answers.get(request.url?.slice(request.url.lastIndexOf('/') + 1) ?? '') ?? nothing;
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
  });
}

if (import.meta.main) await runParty(startUpstream);
