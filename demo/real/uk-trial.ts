import { isDeepStrictEqual } from 'node:util';
import { ask } from '../ask.ts';
import { type Access, fetchAs } from '../parties/possession.ts';
import type { Ask } from '../step.ts';
import { inTurns } from './in-turns.ts';
import { type Listing, readListings, syntheticRegistration } from './listings.ts';

/** How many listings are asked for, spread over the file. */
const ASKED = 400;
const ABSENT = 60;
/** How the service says that it has nothing. */
const EMPTY = '{"error":"not listed"}';

/** What came of one kind of question. */
export interface Tally {
  readonly name: string;
  readonly told: string;
  readonly asked: number;
  readonly asExpected: number;
  /** Of the first that came otherwise. */
  readonly first?: string;
}

/** Natively and in the service's own words: what the page lets leave of a listing, worked out from the file. */
function expectedOf({ registration, make, model, year, fuel, price, mileage }: Listing) {
  const band = (value: number, width: number) => {
    const from = Math.floor(value / width) * width;
    return `${from}-${from + width - 1}`;
  };
  const id = { registration };
  const car = { make: make.trim(), model: model.trim(), year };
  const [priced, run] = [band(price, 5_000), band(mileage, 10_000)];
  return {
    native: { id, car: { ...car, fuel }, listing: { price: priced, mileage: run, mpg: null } },
    own: { id, car: { ...car, drive: { fuel, mpg: null } }, asking: { price: priced }, odometer: run },
  };
}

/**
 * Listings of a file, served over HTTP by a service that knows nothing of the gateway: asked natively and at `/proxy`,
 * each answer compared field by field with what the file says, so that the two ways are compared with each other.
 * @param body of a question for a registration.
 */
export async function ukTrials(
  gateway: string,
  access: Access,
  file: string,
  body: (registration: string) => Ask,
): Promise<readonly Tally[]> {
  const listings = readListings(file);
  const step = Math.max(1, Math.floor(listings.length / ASKED));
  const chosen = listings.filter((_, i) => i % step === 0).slice(0, ASKED);
  const absent = Array.from({ length: ABSENT }, (_, i) => syntheticRegistration(90_000 + i));

  const native = await inTurns(chosen, async (listing) => {
    const { status, answer, text } = await ask(gateway, access, body(listing.registration));
    const right = status === 200 && isDeepStrictEqual(answer?.legs[0]?.records, [expectedOf(listing).native]);
    return right ? null : text;
  });
  const proxied = await inTurns(chosen, async (listing) => {
    const { status, text } = await lookUp(gateway, access, body(listing.registration));
    return status === 200 && isDeepStrictEqual(JSON.parse(text), expectedOf(listing).own) ? null : text;
  });
  const none = await inTurns(absent, async (registration) => {
    const { answer, text } = await ask(gateway, access, body(registration));
    const own = await lookUp(gateway, access, body(registration));
    return answer?.outcome === 'none' && own.status === 404 && own.text === EMPTY ? null : `${text} ${own.text}`;
  });
  return [
    tally('uk-native', 'UK listings under made-up registrations, asked natively', native),
    tally('uk-proxy', "The same in the service's own words, field by field the same", proxied),
    tally('uk-absent', 'Registrations that are not listed, either way', none),
  ];
}

async function lookUp(gateway: string, access: Access, body: Ask): Promise<{ status: number; text: string }> {
  const response = await fetchAs(access, `${gateway}/proxy/uk-listings/listings/${body.ask.by['registration'] ?? ''}`, {
    headers: {
      'five-safes-project': body.project,
      'five-safes-purpose': body.purpose,
      'five-safes-case': body.case ?? '',
      'five-safes-justification': body.justification,
    },
    signal: AbortSignal.timeout(30_000),
  });
  return { status: response.status, text: await response.text() };
}

/** @param wrong per question: null, or what came instead of what was expected. */
function tally(name: string, told: string, wrong: readonly (string | null)[]): Tally {
  const bad = wrong.filter((text) => text !== null);
  const [first] = bad;
  return {
    name,
    told,
    asked: wrong.length,
    asExpected: wrong.length - bad.length,
    ...(first === undefined ? {} : { first }),
  };
}
