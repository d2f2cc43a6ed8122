import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { ask } from '../ask.ts';
import { type Access, fetchAs } from '../parties/possession.ts';
import type { Ask } from '../story.ts';
import type { Listing } from './listings.ts';

/** How many listings are asked for, spread over the file. */
export const UK_ASKED = 300;

const native = z.object({
  id: z.unknown(),
  car: z.record(z.string(), z.json()),
  listing: z.record(z.string(), z.json()),
});

/** What the page lets leave of a listing, worked out from the file by hand. */
function expectedOf({ registration, make, model, year, fuel, price, mileage }: Listing) {
  const band = (value: number, width: number) => {
    const from = Math.floor(value / width) * width;
    return `${from}-${from + width - 1}`;
  };
  return {
    id: { registration },
    car: { make: make.trim(), model: model.trim(), year, fuel },
    listing: { price: band(price, 5_000), mileage: band(mileage, 10_000), mpg: null },
  };
}

/** The same in the shape of the service: its names, and no field more. */
function inServiceShape({ id, car, listing }: ReturnType<typeof expectedOf>) {
  const { make, model, year, fuel } = car;
  return {
    id,
    car: { make, model, year, drive: { fuel, mpg: listing.mpg } },
    asking: { price: listing.price },
    odometer: listing.mileage,
  };
}

/** Every so many-th listing, so that `UK_ASKED` of them are asked for. */
export function chosen(listings: readonly Listing[]): readonly Listing[] {
  const step = Math.max(1, Math.floor(listings.length / UK_ASKED));
  return listings.filter((_, i) => i % step === 0).slice(0, UK_ASKED);
}

/** Natively: null where the answer is what the file and the page say, else what came. */
export async function askNatively(
  gateway: string,
  access: Access,
  body: Ask,
  listing: Listing,
): Promise<string | null> {
  const { status, answer, text } = await ask(gateway, access, body);
  const record = native.safeParse(answer?.legs[0]?.records?.[0]);
  const right = status === 200 && record.success && isDeepStrictEqual(record.data, expectedOf(listing));
  return right ? null : text;
}

/** Through `/proxy`, in the service's own words: null where the answer is field by field the same, else what came. */
export async function askThroughProxy(
  gateway: string,
  access: Access,
  body: Ask,
  listing: Listing,
): Promise<string | null> {
  const response = await fetchAs(access, `${gateway}/proxy/uk-listings/listings/${listing.registration}`, {
    headers: {
      'five-safes-project': body.project,
      'five-safes-purpose': body.purpose,
      'five-safes-case': body.case ?? '',
      'five-safes-justification': body.justification,
    },
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  const same = response.status === 200 && isDeepStrictEqual(JSON.parse(text), inServiceShape(expectedOf(listing)));
  return same ? null : text;
}
