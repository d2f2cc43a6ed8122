import { readFileSync, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { ConfigurationError } from './domain/configuration-error.ts';
import { digestOfJson } from './domain/digest.ts';
import { freeze } from './domain/freeze.ts';
import type { JsonValue } from './domain/json.ts';
import { clientAddress, type Network, networksOf, parseNetwork } from './domain/network.ts';
import type { Digest } from './domain/versions.ts';
import { witnessKeyProblems } from './ledger/cosignature.ts';
import { type AuthzenMapping, authzenProblems } from './registry/authzen-schema.ts';
import { type FeedTarget, parseFeedTarget } from './registry/feed-target.ts';
import { portSchema, type Settings, settingsSchema } from './registry/gateway-schema.ts';
import { problemAt, schemaProblems } from './registry/problems.ts';
import { buildRegistry, type Registry } from './registry/registry.ts';
import { durationMs } from './registry/witness-schema.ts';
import { parseYaml } from './registry/yaml-document.ts';

/** Where a server listens. Port 0: the system picks one. */
export interface Listen {
  readonly host: string;
  readonly port: number;
}

/** A provider whose tokens count, for the people of one partner. */
export interface TrustedIssuer {
  readonly issuer: string;
  readonly audience: string;
  readonly algorithms: readonly string[];
  readonly jwksUri?: string;
  readonly partner: string;
}

/** What one request, or all of them together, may take. */
export interface Limits {
  readonly bodyBytes: number;
  readonly headBytes: number;
  /** Exchanges at once; more are turned away. */
  readonly inFlight: number;
  readonly exchangeTimeoutMs: number;
  /** Requests of unknown callers, per network address. */
  readonly unverifiedPerMinute: number;
  /** Explanations, per caller. */
  readonly explainPerMinute: number;
  /** Requests to the AuthZEN routes, per caller. */
  readonly evaluationsPerMinute: number;
  /** Searches of the log by an identifier, per person and day (UTC). */
  readonly identifierSearchesPerDay: number;
}

/** Everything the gateway is told from outside, checked and frozen. */
export interface Config {
  /** Public origin of the gateway, as callers write it. */
  readonly origin: string;
  readonly listen: Listen;
  readonly ops: Listen;
  /** Absolute directory of ledger and keys. */
  readonly state: string;
  /** Absolute directory of the rulebook's files. */
  readonly policies: string;
  /** What decides: the files as they stand at each start, or the version that was made active in the store. */
  readonly rulebook: { readonly source: 'files' | 'store' };
  readonly ledger: {
    readonly origin: string;
    readonly witnesses: readonly { readonly name: string; readonly url: string; readonly key: string }[];
    /** How many of them make a checkpoint witnessed. */
    readonly quorum: number;
    /** Null: served however old the newest witnessed checkpoint is. */
    readonly stopAfterMs: number | null;
  };
  readonly issuers: readonly TrustedIssuer[];
  /** Whether DPoP proofs must hold a nonce of the gateway (RFC 9449 section 9). */
  readonly dpopNonce: 'required' | 'optional';
  /** Names of the networks, for the rulebook's lint. */
  readonly networks: readonly string[];
  readonly limits: Limits;
  /** How AuthZEN requests become our facts. */
  readonly authzen: AuthzenMapping;
  /** Where events go as they come; null: nowhere. Without details they name nobody. */
  readonly feed: { readonly target: FeedTarget; readonly details: boolean } | null;
  readonly registry: Registry;
  /** Over `gateway.yaml` with defaults and overrides filled in. */
  readonly digest: Digest;
  /** Names of the networks that an address is in. */
  networksOf(address: string): readonly string[];
  /** See `clientAddress` in `domain/network.ts`. */
  clientAddress(socketAddress: string | undefined, forwardedFor: string | undefined): string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

const FILE = 'gateway.yaml';

/**
 * Reads `gateway.yaml`, `partners.yaml`, `agreements.yaml` and `datasets.yaml`.
 *
 * @param directory of those files; relative paths in them start there.
 * @param env may override what differs between machines and nothing else: `FIVE_SAFES_LISTEN_PORT`,
 * `FIVE_SAFES_OPS_PORT`, `FIVE_SAFES_STATE` (absolute). Holders' tokens are looked up in it under the names that
 * `tokenEnv` gives, and must be there.
 * @throws ConfigurationError with every problem found: file, key path, what was expected.
 */
export function loadConfig(directory: string, env: Environment): Config {
  const base = resolve(directory);
  const problems: string[] = [];
  const attempt = <T>(work: () => T): T | undefined => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      problems.push(...error.problems);
      return undefined;
    }
  };
  const settings = attempt(() => override(parseSettings(readYaml(base, FILE)), env));
  const documents = attempt(() => readDocuments(base));
  const registry = documents && attempt(() => buildRegistry(documents));
  if (settings !== undefined) problems.push(...placeProblems(settings, base));
  if (settings !== undefined && registry !== undefined) problems.push(...registryProblems(settings, registry, env));
  if (settings === undefined || registry === undefined || problems.length > 0) throw new ConfigurationError(problems);
  return configOf(settings, registry, base);
}

function readYaml(base: string, name: string): JsonValue {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(join(base, name)));
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new ConfigurationError([`${name}: expected a readable UTF-8 file in ${base} (${why})`]);
  }
  return parseYaml(name, text);
}

function readDocuments(base: string) {
  const read = (file: string) => ({ file, content: readYaml(base, file) });
  return {
    directory: base,
    partners: read('partners.yaml'),
    agreements: read('agreements.yaml'),
    datasets: read('datasets.yaml'),
  };
}

function parseSettings(content: JsonValue): Settings {
  const parsed = settingsSchema.safeParse(content);
  if (!parsed.success) throw new ConfigurationError(schemaProblems(FILE, parsed.error));
  return parsed.data;
}

function override(settings: Settings, env: Environment): Settings {
  const portFrom = (name: string, fallback: number): number => {
    const text = env[name];
    if (text === undefined) return fallback;
    if (!/^\d{1,5}$/.test(text) || !portSchema.safeParse(Number(text)).success) {
      throw new ConfigurationError([`environment: ${name}: expected a port from 0 to 65535`]);
    }
    return Number(text);
  };
  const state = env['FIVE_SAFES_STATE'] ?? settings.state;
  if (env['FIVE_SAFES_STATE'] !== undefined && !isAbsolute(state)) {
    throw new ConfigurationError(['environment: FIVE_SAFES_STATE: expected an absolute path']);
  }
  return {
    ...settings,
    state,
    listen: { ...settings.listen, port: portFrom('FIVE_SAFES_LISTEN_PORT', settings.listen.port) },
    ops: { ...settings.ops, port: portFrom('FIVE_SAFES_OPS_PORT', settings.ops.port) },
  };
}

function placeProblems({ listen, ops, policies, ledger }: Settings, base: string): string[] {
  const problems: string[] = [];
  if (listen.port !== 0 && listen.port === ops.port) {
    problems.push(problemAt(FILE, ['ops', 'port'], 'expected another port than that of listen'));
  }
  if (statSync(resolve(base, policies), { throwIfNoEntry: false })?.isDirectory() !== true) {
    problems.push(problemAt(FILE, ['policies'], `expected a directory at ${resolve(base, policies)}`));
  }
  const { witnesses } = ledger;
  for (const { at, expected } of witnessKeyProblems(witnesses.map(({ key }) => key))) {
    problems.push(problemAt(FILE, ['ledger', 'witnesses', at, 'key'], expected));
  }
  return problems;
}

/** A provider vouches for the people of its own partner alone: nobody else's help desk can make an officer. */
function registryProblems({ issuers, limits, authzen }: Settings, registry: Registry, env: Environment): string[] {
  const problems = authzenProblems(authzen, registry).map(([path, message]) =>
    problemAt(FILE, ['authzen', ...path], message),
  );
  const partnerOf = new Map<string, string>();
  for (const [i, { issuer, partner }] of issuers.entries()) {
    const say = (key: string, message: string) => problems.push(problemAt(FILE, ['issuers', i, key], message));
    if (partnerOf.has(issuer)) say('issuer', 'expected an issuer that no other entry has');
    if (registry.partner(partner) === undefined) say('partner', `unknown partner "${partner}"`);
    partnerOf.set(issuer, partner);
  }
  for (const [i, person] of registry.people.entries()) {
    for (const [j, { issuer }] of person.identities.entries()) {
      if (partnerOf.get(issuer) === person.partner) continue;
      const place = ['people', i, 'identities', j, 'issuer'];
      const expected = `expected an issuer that ${FILE} names for the partner ${person.partner}`;
      problems.push(problemAt('partners.yaml', place, expected));
    }
  }
  for (const [i, { connector, timeoutMs, timeFloorMs }] of registry.datasets.entries()) {
    const say = (keys: string[], text: string) =>
      problems.push(problemAt('datasets.yaml', ['datasets', i, ...keys], text));
    const most = limits.exchangeTimeoutMs;
    if (timeoutMs >= most) say(['timeoutMs'], `expected less than limits.exchangeTimeoutMs (${most}) of ${FILE}`);
    if (timeFloorMs >= most) say(['timeFloorMs'], `expected less than limits.exchangeTimeoutMs (${most}) of ${FILE}`);
    if (connector.kind !== 'http' || connector.tokenEnv === undefined) continue;
    if (!env[connector.tokenEnv]) {
      say(['connector', 'tokenEnv'], `expected the environment variable ${connector.tokenEnv} to hold a token`);
    }
  }
  return problems;
}

function configOf(settings: Settings, registry: Registry, base: string): Config {
  const ranges = (cidrs: readonly string[]): Network[] => cidrs.flatMap((text) => parseNetwork(text) ?? []);
  const networks = new Map(Object.entries(settings.networks).map(([name, cidrs]) => [name, ranges(cidrs)]));
  const proxies = ranges(settings.trustedProxies);
  const { origin, listen, ops, ledger, issuers, dpopNonce, limits, rulebook, authzen } = settings;
  return freeze({
    ledger: ledgerOf(ledger),
    ...{ origin, listen, ops, issuers, dpopNonce, limits, registry, rulebook, authzen },
    state: resolve(base, settings.state),
    policies: resolve(base, settings.policies),
    feed: feedOf(settings.feed),
    networks: [...networks.keys()],
    digest: digestOfJson(settings),
    networksOf: (address: string) => networksOf(address, networks),
    clientAddress: (socketAddress: string | undefined, forwardedFor: string | undefined) =>
      clientAddress(socketAddress, forwardedFor, proxies),
  });
}

function ledgerOf({ origin, witnesses, quorum, stopAfter }: Settings['ledger']): Config['ledger'] {
  return { origin, witnesses, quorum, stopAfterMs: stopAfter === undefined ? null : (durationMs(stopAfter) ?? null) };
}

function feedOf(feed: Settings['feed']): Config['feed'] {
  const target = feed === undefined ? undefined : parseFeedTarget(feed.to);
  return feed === undefined || target === undefined ? null : { target, details: feed.details };
}
