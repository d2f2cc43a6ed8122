import { z } from 'zod';
import type { Caller, Channel } from '../../domain/caller.ts';
import { SCHEMES } from '../../domain/identifier.ts';
import type { JsonObject } from '../../domain/json.ts';
import { UNKNOWN_ADDRESS } from '../../domain/network.ts';
import type { Person } from '../../domain/partnership.ts';
import { isPurpose } from '../../domain/purpose.ts';
import { SECOND } from '../../domain/time.ts';
import type { AuthzenMapping } from '../../registry/authzen-schema.ts';
import type { Desk } from './desk.ts';

const text = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u);

/** How and from where a subject other than the caller signed in, as the enforcement point says. */
const signIn = z.looseObject({
  acr: text(256).exactOptional(),
  amr: z.array(text(64)).max(16).exactOptional(),
  /** NumericDate, as `auth_time` in tokens. */
  auth_time: z.number().exactOptional(),
  bound: z.boolean().default(false),
});

const told = z.looseObject({
  project: text(64),
  purpose: text(64).refine(isPurpose),
  case: text(64).exactOptional(),
  by: z.looseObject({ scheme: z.enum(SCHEMES), full: z.boolean().default(false) }),
  sign_in: signIn.exactOptional(),
  address: text(64).exactOptional(),
});
export type ToldContext = z.output<typeof told>;

/** What stands where an evaluation cannot be made: section 7.2.1, "errors in individual evaluations". */
export interface EvaluationError {
  readonly status: 400 | 404;
  readonly message: string;
}

/** Of the request over what the mapping has for all; which member is missing or wrong, where one is. */
export function readContext(
  sent: JsonObject | undefined,
  mapping: AuthzenMapping,
): { readonly told: ToldContext; readonly error: null } | { readonly error: EvaluationError } {
  const parsed = told.safeParse({ ...mapping.context, ...sent });
  if (parsed.success) return { told: parsed.data, error: null };
  const places = [...new Set(parsed.error.issues.map(({ path }) => path.map(String).join('.')))];
  return {
    error: { status: 400, message: `Missing or not as expected: ${places.map((p) => `context.${p}`).join(', ')}.` },
  };
}

/**
 * Who the rules shall take for the one who asks. The caller's own sign-in and address are those of this request, whatever
 * the request says of them. Of somebody else only what the enforcement point states is known: without it, nothing is.
 */
export function posedAs(
  desk: Desk,
  person: Person,
  { sign_in: stated, address }: ToldContext,
): { readonly caller: Caller; readonly channel: Channel; readonly stated: boolean } | null {
  if (person.id === desk.person.id) return { caller: desk.caller, channel: desk.channel, stated: false };
  const [identity] = person.identities;
  if (identity === undefined) return null;
  const caller: Caller = {
    issuer: identity.issuer,
    subject: identity.subject,
    bound: stated?.bound ?? false,
    ...(stated?.acr === undefined ? {} : { acr: stated.acr }),
    ...(stated?.amr === undefined ? {} : { amr: stated.amr }),
    ...(stated?.auth_time === undefined ? {} : { authTime: stated.auth_time * SECOND }),
  };
  return { caller, channel: { address: address ?? UNKNOWN_ADDRESS }, stated: true };
}
