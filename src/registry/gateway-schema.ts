import { z } from 'zod';
import { parseNetwork } from '../domain/network.ts';
import { authzenSchema } from './authzen-schema.ts';
import { FEED_TARGET, parseFeedTarget } from './feed-target.ts';
import { ledgerSchema } from './witness-schema.ts';
import { distinct, isSafeUrl, SAFE_URL, word } from './words.ts';

/** RFC 7518, RFC 8037, RFC 9864: asymmetric ones only, since who can check a shared secret can also use it. */
const ALGORITHMS = ['ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512', 'EdDSA'] as const;

/** 0: the system picks one. */
export const portSchema = z.int().min(0).max(65_535);
const listen = z.strictObject({
  host: z.string().regex(/^[A-Za-z0-9.:-]+$/, 'expected a host or address'),
  port: portSchema,
});
const cidr = z.string().refine((text) => parseNetwork(text) !== undefined, {
  error: 'expected a range such as 10.20.0.0/16 or 2001:db8::/32, no bits set beyond the prefix',
});
/** Were every address a proxy's, whoever asks could write the address that counts. */
const proxies = cidr.refine((text) => !text.endsWith('/0'), 'expected the proxies, not every address there is');
const url = z.string().refine(isSafeUrl, SAFE_URL);

/** `gateway.yaml`. What it means together with the registry is checked where both are loaded. */
export const settingsSchema = z.strictObject({
  origin: url.refine((text) => URL.parse(text)?.origin === text, 'expected scheme, host and port and nothing after'),
  listen,
  ops: listen,
  state: z.string().min(1),
  policies: z.string().min(1),
  rulebook: z.strictObject({ source: z.enum(['files', 'store']).default('files') }).prefault({}),
  ledger: ledgerSchema,
  issuers: z
    .array(
      z.strictObject({
        issuer: url,
        audience: z.string().min(1),
        algorithms: distinct(z.enum(ALGORITHMS), 1),
        jwksUri: url.exactOptional(),
        partner: word,
      }),
    )
    .min(1),
  dpopNonce: z.enum(['required', 'optional']).default('required'),
  networks: z.record(word, distinct(cidr, 1)).default({}),
  trustedProxies: distinct(proxies).default([]),
  feed: z
    .strictObject({
      to: z.string().refine((text) => parseFeedTarget(text) !== undefined, FEED_TARGET),
      details: z.boolean().default(false),
    })
    .exactOptional(),
  authzen: authzenSchema,
  limits: z
    .strictObject({
      bodyBytes: z.int().min(1_024).max(1_048_576).default(65_536),
      headBytes: z.int().min(4_096).max(65_536).default(16_384),
      inFlight: z.int().min(1).max(10_000).default(256),
      exchangeTimeoutMs: z.int().min(100).max(300_000).default(30_000),
      unverifiedPerMinute: z.int().min(1).max(100_000).default(60),
      explainPerMinute: z.int().min(1).max(10_000).default(30),
      evaluationsPerMinute: z.int().min(1).max(100_000).default(600),
      identifierSearchesPerDay: z.int().min(1).max(100_000).default(100),
    })
    .prefault({}),
});
export type Settings = z.output<typeof settingsSchema>;
