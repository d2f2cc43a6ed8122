import { createHmac, hkdfSync, randomFillSync } from 'node:crypto';
import { flushCompileCache } from 'node:module';
import { hostname, uptime } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildDigest } from './adapters/build-digest.ts';
import { systemClock } from './adapters/clock.ts';
import { connectHolders } from './adapters/holders/connect.ts';
import { createIdentifier } from './adapters/identity/identify.ts';
import { createNonces } from './adapters/identity/nonce.ts';
import { PROOF_WINDOW } from './adapters/identity/possession.ts';
import { PROOF_ALGORITHMS } from './adapters/identity/proof.ts';
import { openSqliteHolder } from './adapters/sqlite/holder.ts';
import { keysIn, loadKeys } from './adapters/sqlite/keys-file.ts';
import { openLedger } from './adapters/sqlite/ledger.ts';
import { settleRotation } from './adapters/sqlite/rotate-signing-key.ts';
import { publishedLog } from './adapters/sqlite/tiles.ts';
import { openProofStore } from './adapters/sqlite/used-proofs.ts';
import { type Config, type Environment, loadConfig } from './config.ts';
import type { Caller } from './domain/caller.ts';
import { ConfigurationError } from './domain/configuration-error.ts';
import { exchangeId } from './domain/ids.ts';
import { pooledRandom } from './domain/pooled-random.ts';
import { type Instant, SECOND } from './domain/time.ts';
import { createExchange } from './exchange.ts';
import { createApp } from './gateway/app.ts';
import { serveOps } from './gateway/ops.ts';
import type { GatewayPorts } from './gateway/ports.ts';
import { serveGateway } from './gateway/server.ts';
import { createUnverified } from './gateway/unverified.ts';
import { createLive } from './registry/live.ts';
import type { PseudonymKey } from './treat/pseudonym.ts';
import { createTreat } from './treat/treat.ts';
import { auditFor } from './wiring/audit.ts';
import { authzenPorts } from './wiring/authzen.ts';
import { erasingPorts } from './wiring/erasing.ts';
import { evidenceFrom, evidencePlace } from './wiring/evidence.ts';
import { startHeapCare } from './wiring/heap-care.ts';
import { openOperationalLog } from './wiring/operational-log.ts';
import { createOperators } from './wiring/operators.ts';
import { ledgerProblem, readiness } from './wiring/readiness.ts';
import { startRetention } from './wiring/retention.ts';
import { beginRulebook } from './wiring/rulebook-life.ts';
import { servingOf } from './wiring/rulebook-start.ts';
import { witnessedGateway } from './wiring/witnessed-gateway.ts';

const SHUTDOWN_GRACE_MS = 25_000;
const FLUSH_EVERY_MS = 10_000;
const SOURCES = new URL('.', import.meta.url).pathname;

/** A gateway that serves. */
export interface Gateway {
  readonly url: string;
  readonly ops: string;
  /** C2SP verifier key of the log. */
  readonly key: string;
  readonly config: Config;
  /** Finishes what is in flight, writes what is counted, lets go of the ledger. */
  stop(): Promise<void>;
  /** Writes what the operational log still holds back. */
  flushLog(): void;
}

/**
 * Puts the parts together, and listens once all of them are well.
 * @param directory of the configuration.
 * @throws ConfigurationError with everything that is doubtful; Fault where the ledger cannot be opened.
 */
export async function startGateway(directory: string, env: Environment): Promise<Gateway> {
  const config = loadConfig(directory, env);
  const operational = openOperationalLog();
  const { logger } = operational;
  const clock = systemClock();
  const { registry } = config;
  const live = createLive();
  const context = {
    registry,
    live,
    networks: config.networks,
    networksOf: config.networksOf,
    configuration: config.digest,
    build: buildDigest(SOURCES),
  };
  const serving = await servingOf(config, context);
  const keys = keysOf(config, env);
  const operators = createOperators(config, logger);
  const holders = await connectHolders(registry.datasets, env, {
    openSqlite: openSqliteHolder,
    onReload: operators.csv,
  });
  const ledger = await openLedger({ directory: config.state, ...keys, node: `${hostname()}:${process.pid}` });
  live.restore(ledger.liveState());
  const { identify, dpop, proofs } = identification(config, keys.derivation, clock.now());

  const random = pooledRandom((bytes) => randomFillSync(bytes));
  const newExchangeId = () => exchangeId(clock.now(), random(10));
  const log: GatewayPorts['log'] = operators.counting((event, fields) =>
    event === 'exchange' ? operational.busy({ event, ...fields }) : operational.now({ event, ...fields }),
  );
  const conduct = createExchange({
    clock,
    ledger: operators.timing(ledger),
    ruleset: () => serving.current().ruleset,
    fetch: holders.fetch,
    treat: createTreat({ pseudonymKey: pseudonymKeys(keys.derivation) }),
    defect: (error) => logger.error({ event: 'defect', error: error instanceof Error ? error.stack : String(error) }),
  });
  const life = { config, context, serving, ledger, keys, clock, newId: newExchangeId, log };
  const rulebook = await beginRulebook(life).catch(async (error) => {
    await Promise.all([ledger.close(), holders.close()]);
    proofs.close();
    throw error;
  });

  const { audit, search } = auditFor(config, keys.kek, log, () => ledger.size());
  const witnessed = witnessedGateway({ config, ledger, now: clock.now, newId: newExchangeId, log });
  const erasing = erasingPorts(config.state, keys, registry, search);
  const ports: GatewayPorts = {
    audit,
    clock,
    ledger,
    conduct,
    log,
    registry,
    live,
    limits: config.limits,
    newExchangeId,
    identify,
    dpop,
    askerOf: askerHash(keys.derivation),
    clientAddress: config.clientAddress,
    findExchange: async (id) => witnessed.witnessed(ledger.findExchange(id)),
    findByIdempotency: async (asker, key) => witnessed.witnessed(ledger.findByIdempotency(asker, key)),
    witnessed,
    published: publishedLog(config.state, () => ledgerProblem(ledger), witnessed.cosignaturesOf),
    evidenceOf: evidenceFrom(witnessed.evidence(evidencePlace(config.state, ledger.key, keys.kek))),
    erasing,
    ...serving.views(newExchangeId),
    rulebook: rulebook.ports,
    authzen: authzenPorts(config, () => serving.current().ruleset, log),
  };
  const unverified = createUnverified({ ledger, newId: newExchangeId, perMinute: config.limits.unverifiedPerMinute });
  const flushing = setInterval(() => void unverified.flush(Date.now()), FLUSH_EVERY_MS).unref();
  const retention = startRetention({ ...ports, erasing });
  const api = await serveGateway(createApp(ports, unverified), config.listen, ports, unverified);
  const ops = await serveOps(config.ops, [...readiness(ledger, clock.now), witnessed.check], {
    ...operators.extras,
    information: [...(operators.extras.information ?? []), rulebook.information],
  });
  operators.begin({ ledger, kek: keys.kek, newId: newExchangeId });
  for (const [dataset, load] of holders.loads) log('csv-loaded', { dataset, ...load });
  log('listening', { gateway: api.url, ops: ops.url, key: ledger.key, rulebook: rulebook.ports.active() });

  const heap = startHeapCare(api.traffic);
  const stop = async () => {
    heap.stop();
    clearInterval(flushing);
    rulebook.stop();
    await retention.stop();
    await api.stop(SHUTDOWN_GRACE_MS);
    await unverified.flush(Date.now(), true);
    await Promise.all([holders.close(), ops.stop(1_000)]);
    await search.close();
    await operators.stop();
    await witnessed.stop();
    await ledger.close();
    proofs.close();
    log('stopped', {});
  };
  return { url: api.url, ops: ops.url, key: ledger.key, config, stop, flushLog: operational.flush };
}

function keysOf(config: Config, env: Environment) {
  const directory = keysIn(config.state);
  let keys: ReturnType<typeof loadKeys>;
  try {
    settleRotation(config.state, () => loadKeys(directory, env, true).kek);
    keys = loadKeys(directory, env);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError([`keys: ${why}. Make them once with: npx five-safes init`]);
  }
  if (keys.origin !== config.ledger.origin) {
    throw new ConfigurationError([
      `gateway.yaml: ledger.origin: expected "${keys.origin}", the name that the keys were made for`,
    ]);
  }
  return keys;
}

/** Recognising callers, with the durable store of their used proofs beside the ledger. */
function identification({ issuers, origin, dpopNonce, state }: Config, kek: Uint8Array, now: Instant) {
  const nonces = createNonces(derivedKey(kek, 'five-safes/dpop-nonce/v1'));
  const proofs = openProofStore(join(state, 'proofs.db'), { window: PROOF_WINDOW, now, uptime: uptime() * SECOND });
  const possession = { origin, nonces, nonceRequired: dpopNonce === 'required', useProof: proofs.use };
  const identify = createIdentifier({ issuers, possession });
  return { identify, dpop: { algorithms: PROOF_ALGORITHMS, nonce: nonces.issue }, proofs };
}

function derivedKey(kek: Uint8Array, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', kek, '', purpose, 32));
}

const ASKERS_REMEMBERED = 5_000;

/** Issuer and subject as the store may know them: of use to nobody without the key-encryption key. */
function askerHash(kek: Uint8Array): (caller: Caller) => string {
  const key = derivedKey(kek, 'five-safes/asker/v1');
  const made = new Map<string, string>();
  return ({ issuer, subject }) => {
    const name = JSON.stringify([issuer, subject]);
    const known = made.get(name);
    if (known !== undefined) return known;
    const asker = createHmac('sha256', key).update(name).digest('base64url');
    if (made.size >= ASKERS_REMEMBERED) made.clear();
    made.set(name, asker);
    return asker;
  };
}

/** A key per project and version (HKDF, RFC 5869), made when asked for, so that none needs a place to be kept. */
export function pseudonymKeys(kek: Uint8Array): PseudonymKey {
  return (project, version) =>
    Buffer.from(hkdfSync('sha256', kek, '', `five-safes/pseudonym/v${version}/${project}`, 32));
}

/** `node src/main.ts [config]`, or `src/start.ts`: runs until SIGTERM or SIGINT. */
export async function runUntilStopped(): Promise<void> {
  try {
    const gateway = await startGateway(resolve(process.argv[2] ?? 'config'), process.env);
    // Now, and not at the end: a process that is killed keeps nothing.
    flushCompileCache();
    let stopping = false;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        if (stopping) return;
        stopping = true;
        void gateway.stop().then(() => process.exit(0));
      });
    }
  } catch (error) {
    const problems =
      error instanceof ConfigurationError ? error.problems : [error instanceof Error ? error.message : String(error)];
    for (const problem of problems) process.stderr.write(`${problem}\n`);
    // Not `exitCode`: what was opened before the failure would keep the process, and with it the ledger's lock, for ever.
    process.exit(1);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await runUntilStopped();
