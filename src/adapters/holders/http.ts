import dns from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Pool } from 'undici';
import { ConfigurationError } from '../../domain/configuration-error.ts';
import type { Dataset, HttpConnector } from '../../domain/dataset.ts';
import { Fault } from '../../domain/faults.ts';
import type { Identifier } from '../../domain/identifier.ts';
import type { ExchangeId } from '../../domain/ids.ts';
import type { Appended } from '../../ledger/entry.ts';
import { askedHeaders } from './asked-header.ts';
import { requestJson } from './http-answer.ts';
import { guardedConnector, hostProblem } from './http-connect.ts';
import { EACH, parsePath, valueAt, wrongShape } from './path.ts';

/** A holder's service. One pool of connections to one origin; no redirect, no proxy, no second try. */
export interface HttpHolder {
  /**
   * @returns the records as the holder wrote them, unchecked. Throws Fault 'holder/timeout', 'holder/unreachable',
   * 'holder/status', 'holder/not-json', 'holder/too-large' or 'holder/shape'; none says what the holder answered.
   * @param asked the durable intent, shown to the holder.
   */
  rows(by: Identifier, exchange: ExchangeId, asked: Appended): Promise<readonly unknown[]>;
  close(): Promise<void>;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** More would wait in the pool, within the same time-out. */
const CONNECTIONS = 64;
const MAX_HEAD_BYTES = 16_384;
/** RFC 6750 section 2.1, `b64token`: nothing that could end the header line. */
const TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;

function baseOf(connector: HttpConnector, problems: string[]): URL {
  const base = URL.parse(connector.baseUrl);
  const plain = base !== null && base.username === '' && base.password === '' && base.search === '' && base.hash === '';
  if (plain && (base.protocol === 'https:' || base.protocol === 'http:')) {
    problems.push(...[hostProblem(base, connector)].filter((problem) => problem !== undefined));
    return base;
  }
  problems.push('baseUrl: expected an http or https address without user, query or fragment');
  return new URL('http://invalid.invalid');
}

function tokenOf(connector: HttpConnector, env: Environment, problems: string[]): string | undefined {
  if (connector.tokenEnv === undefined) return undefined;
  const token = env[connector.tokenEnv];
  if (token === undefined || !TOKEN.test(token)) {
    problems.push(`tokenEnv: the environment variable ${connector.tokenEnv} must hold a bearer token`);
  }
  return token;
}

function lookupProblems(dataset: Dataset, connector: HttpConnector): string[] {
  return Object.entries(connector.lookups).flatMap(([scheme, path]) => {
    if (!Object.hasOwn(dataset.identifiers, scheme)) {
      return [`lookups.${scheme}: without identifiers.${scheme} it cannot be checked what the holder answers`];
    }
    const once = path !== undefined && path.split('{value}').length === 2;
    if (once && /^\/(?!\/)[^\s\\#]*$/.test(path) && !/(^|\/)\.\.?(\/|\?|$)/.test(path)) return [];
    return [`lookups.${scheme}: expected a path that begins with / (one only) and has {value} once`];
  });
}

function recordsIn(answer: unknown, keys: readonly string[]): readonly unknown[] {
  const found = valueAt(answer, keys, 'records');
  if (found === null) return [];
  if (found === undefined) throw wrongShape('records', 'an array or an object');
  return Array.isArray(found) ? found : [found];
}

/** The system's own look-up: it reads /etc/hosts and whatever else the machine's operator set up. */
export const systemLookup: LookupFunction = (hostname, options, callback) => dns.lookup(hostname, options, callback);

/**
 * @param env where the holder's bearer token is looked up.
 * @param resolve what a host's name stands for.
 * @throws ConfigurationError
 */
export function connectHttp(
  dataset: Dataset,
  connector: HttpConnector,
  env: Environment,
  resolve: LookupFunction = systemLookup,
): HttpHolder {
  const problems: string[] = [];
  const base = baseOf(connector, problems);
  const token = tokenOf(connector, env, problems);
  problems.push(...lookupProblems(dataset, connector));
  const keys = (parsePath(connector.records) ?? [EACH]).flatMap((step) => (step === EACH ? [] : [step]));
  if (parsePath(connector.records)?.includes(EACH) !== false) problems.push('records: expected a path without []');
  if (problems.length > 0) throw new ConfigurationError(problems.map((p) => `dataset ${dataset.id}: connector ${p}`));

  const { timeoutMs } = dataset;
  const { connectMs = timeoutMs, headMs = timeoutMs, bodyMs = timeoutMs } = connector.timeouts ?? {};
  const basePath = base.pathname.replace(/\/$/, '');
  const pool = new Pool(base.origin, {
    connections: CONNECTIONS,
    pipelining: 1,
    allowH2: false,
    maxHeaderSize: MAX_HEAD_BYTES,
    connect: guardedConnector(base, connector, connectMs, resolve),
    headersTimeout: headMs,
    bodyTimeout: bodyMs,
  });

  const asking = new Map(Object.entries(connector.lookups).map(([scheme, path]) => [scheme, basePath + path]));
  const heads = ['accept', 'application/json', 'accept-encoding', 'identity', 'user-agent', 'five-safes-gateway'];
  if (token !== undefined) heads.push('authorization', `Bearer ${token}`);
  const askedHeader = askedHeaders();

  return {
    async rows(by, exchange, asked) {
      const lookup = asking.get(by.scheme);
      if (lookup === undefined) throw new Fault('holder/unavailable', `${dataset.id}: no look-up by ${by.scheme}`);
      const json = await requestJson(
        pool,
        {
          method: 'GET',
          path: lookup.replace('{value}', () => encodeURIComponent(by.value)),
          headers: [...heads, 'five-safes-exchange', exchange, 'five-safes-receipt', askedHeader(asked)],
        },
        { wholeMs: timeoutMs, bodyMs },
        dataset.id,
      );
      return json === undefined ? [] : recordsIn(json.value, keys);
    },
    close: () => pool.destroy(),
  };
}
