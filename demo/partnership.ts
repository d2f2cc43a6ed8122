import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { createKeys, type LedgerKeys, loadKeys } from '../src/adapters/sqlite/keys-file.ts';
import { layOutBoats } from './boats.ts';
import { type Child, startChild } from './children.ts';
import { layOut } from './layout.ts';
import { exportText } from './parties/dealer-export.ts';
import type { Access } from './parties/possession.ts';
import { signIn, signInBound } from './parties/sign-in.ts';
import { choosePorts } from './ports.ts';
import { layOutWitness } from './witness.ts';

const ROOT = new URL('..', import.meta.url).pathname;
export const AUDIENCE = 'https://gateway.example';
const LOG_NAME = 'gateway.example/five-safes';
const CLIENT = { resource: AUDIENCE, clientId: 'five-safes', redirectUri: 'http://127.0.0.1/callback' };

/** How many cars the two dealers have on their books. */
export const DEALER_ROWS = 400;
export const TIDEWATER_ROWS = 60;

/** Who can sign in at which force, and how they do. `bearer`: with a client that cannot bind tokens to a key. */
interface Officer {
  readonly subject: string;
  readonly name: string;
  readonly mfa: boolean;
  readonly signedInMinutesAgo?: number;
  readonly bearer?: true;
}
const OFFICERS: Readonly<Record<'kestrel' | 'harbour' | 'northgate' | 'federation', readonly Officer[]>> = {
  kestrel: [
    { subject: 'mara.lindqvist', name: 'Mara Lindqvist', mfa: true },
    { subject: 'tomas.brandt', name: 'Tomas Brandt', mfa: true, signedInMinutesAgo: 600 },
    { subject: 'ines.carvalho', name: 'Inês Carvalho', mfa: true },
    { subject: 'ruth.adeyemi', name: 'Ruth Adeyemi', mfa: true, bearer: true },
  ],
  harbour: [
    { subject: 'joris.maes', name: 'Joris Maes', mfa: true },
    { subject: 'nils.okafor', name: 'Nils Okafor', mfa: true },
  ],
  northgate: [
    { subject: 'hanna.sorel', name: 'Hanna Sorel', mfa: true },
    { subject: 'signe.hallberg', name: 'Signe Hallberg', mfa: true },
  ],
  federation: [{ subject: 'piet.verhoeven', name: 'Piet Verhoeven', mfa: true }],
};

/** Everything of the demonstration that runs, and how to reach it. */
export interface Partnership {
  readonly gateway: { readonly url: string; readonly ops: string; readonly key: string; readonly child: Child };
  readonly issuers: readonly string[];
  readonly dealer: Child;
  readonly callLog: string;
  /** Directory of everything that is kept. */
  readonly state: string;
  /** Verifier key of the witness, if there is one. */
  readonly witness: string | null;
  /** Directory of the ledger. */
  readonly ledger: string;
  readonly configuration: string;
  readonly seeds: { readonly dealer: number; readonly tidewater: number; readonly marina: number };
  /** What each officer asks with, by subject. */
  readonly access: ReadonlyMap<string, Access>;
  /** Starts the gateway again after it was stopped or killed, on the same port and ledger. */
  restartGateway(): Promise<Partnership['gateway']>;
  stop(): Promise<void>;
}

/** What a party says when it is ready. */
export const party = z.object({ ready: z.literal(true), url: z.string() });
const listening = z.object({ event: z.literal('listening'), gateway: z.string(), ops: z.string(), key: z.string() });

/**
 * Starts four partners' identity providers, a dealer group's REST service and the gateway, each in a process of its
 * own, on the example configuration and rulebook with this run's addresses and dates.
 * @param state directory for everything that is kept; a second start goes on from the first.
 * @param rules texts of the rulebook to be replaced, for trials that would otherwise spend its budgets.
 * @param witnessed whether a witness of another partner cosigns the log's checkpoints; it runs in this process.
 * @param settings texts of the configuration to be replaced.
 */
export async function startPartnership(
  state: string,
  seed: number,
  rules: ReadonlyMap<string, string> = new Map(),
  witnessed = false,
  settings: ReadonlyMap<string, string> = new Map(),
): Promise<Partnership> {
  mkdirSync(state, { recursive: true });
  const ports = await choosePorts(
    ['kestrel', 'harbour', 'northgate', 'federation', 'dealer', 'gateway', 'ops', 'witness'],
    join(state, 'ports.json'),
  );
  const callLog = join(state, 'dealer-sales.calls.jsonl');
  const seeds = { dealer: seed, tidewater: seed + 1, marina: seed + 2 };

  const provider = (force: keyof typeof OFFICERS) =>
    startParty('provider.ts', {
      port: ports.get(force),
      audience: AUDIENCE,
      people: OFFICERS[force].map(({ bearer: _, ...person }: Officer) => person),
      keyFile: join(state, `${force}.key.json`),
    });
  const [kestrel, harbour, northgate, federation, dealer] = await Promise.all([
    provider('kestrel'),
    provider('harbour'),
    provider('northgate'),
    provider('federation'),
    startParty('dealer-service.ts', { port: ports.get('dealer'), seed: seeds.dealer, rows: DEALER_ROWS, callLog }),
  ]);
  const ledger = join(state, 'state');
  const witness = witnessed ? await layOutWitness(state, ports.get('witness') ?? 0, keysOf(ledger)) : null;
  const addresses = new Map([
    ...(witness?.settings ?? []),
    ...settings,
    ['http://127.0.0.1:9101', kestrel.said.url],
    ['http://127.0.0.1:9102', harbour.said.url],
    ['http://127.0.0.1:9103', northgate.said.url],
    ['http://127.0.0.1:9104', federation.said.url],
    ['http://127.0.0.1:9201', dealer.said.url],
    ['port: 8080', `port: ${ports.get('gateway')}`],
    ['127.0.0.1:8080', `127.0.0.1:${ports.get('gateway')}`],
    ['port: 8081', `port: ${ports.get('ops')}`],
  ]);
  const configuration = join(state, 'config');
  layOut(join(ROOT, 'config'), configuration, Date.now(), addresses);
  const policies = join(state, 'policies');
  layOut(join(ROOT, 'policies'), policies, Date.now(), rules);
  layOutDatasets(configuration, addresses, seeds.tidewater);
  layOutBoats(configuration, policies, Date.now(), seeds.marina);

  const startGateway = () => startGatewayProcess(configuration, ledger);
  const gateway = await startGateway();
  const access = new Map<string, Access>();
  for (const [issuer, people] of [
    [kestrel.said.url, OFFICERS.kestrel],
    [harbour.said.url, OFFICERS.harbour],
    [northgate.said.url, OFFICERS.northgate],
    [federation.said.url, OFFICERS.federation],
  ] as const) {
    for (const person of people) {
      const signedIn = person.bearer === true ? signInAsBearer : signInAt;
      access.set(person.subject, await signedIn(issuer, person.subject));
    }
  }
  let running = gateway;
  return {
    gateway,
    issuers: [kestrel, harbour, northgate, federation].map(({ said }) => said.url),
    dealer,
    callLog,
    state,
    witness: witness?.key ?? null,
    ledger,
    configuration,
    seeds,
    access,
    restartGateway: async () => {
      running = await startGateway();
      return running;
    },
    stop: async () => {
      await running.child.stop();
      await Promise.all([kestrel, harbour, northgate, federation, dealer].map((child) => child.stop()));
      await witness?.stop();
    },
  };
}

/** @throws RangeError where nobody of that name has signed in. */
export function accessOf({ access }: Pick<Partnership, 'access'>, subject: string): Access {
  const found = access.get(subject);
  if (found === undefined) throw new RangeError(`${subject} has not signed in`);
  return found;
}

/** Signs an officer in: a token bound to a new key of the officer's client. */
export function signInAt(issuer: string, subject: string): Promise<Access> {
  return signInBound(issuer, subject, CLIENT);
}

async function signInAsBearer(issuer: string, subject: string): Promise<Access> {
  return { token: await signIn(issuer, subject, CLIENT), dpopJwk: null };
}

/**
 * Starts the gateway proper, `node src/main.ts`, as in earnest.
 * @param program another program that speaks and listens as the gateway does, for trials.
 */
export async function startGatewayProcess(
  configuration: string,
  ledger: string,
  program = join(ROOT, 'src/main.ts'),
): Promise<Partnership['gateway']> {
  keysOf(ledger);
  const child = await startChild('gateway', [program, configuration], {
    env: { FIVE_SAFES_STATE: ledger },
    ready: (line) => listening.safeParse(line).data,
  });
  const { gateway, ops, key } = child.said;
  return { url: gateway, ops, key, child };
}

/** Keys of the log, made where there are none. */
function keysOf(ledger: string): LedgerKeys {
  const keys = join(ledger, 'keys');
  return existsSync(keys) ? loadKeys(keys, process.env) : createKeys(keys, LOG_NAME, process.env);
}

function startParty(program: string, options: object) {
  return startChild(program, [join(ROOT, 'demo/parties', program), JSON.stringify(options)], {
    ready: (line) => party.safeParse(line).data,
  });
}

/** The demonstration's dealers write their records in their own way: their mapping takes the place of the example's. */
function layOutDatasets(configuration: string, addresses: ReadonlyMap<string, string>, seed: number): void {
  layOut(join(ROOT, 'demo', 'holders'), configuration, Date.now(), addresses);
  writeFileSync(join(configuration, 'tidewater-sales.csv'), exportText(seed, TIDEWATER_ROWS));
}
