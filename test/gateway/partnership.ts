import { cpSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Access, fetchAs } from '../../demo/parties/possession.ts';
import { startProvider } from '../../demo/parties/provider.ts';
import { signIn, signInBound } from '../../demo/parties/sign-in.ts';
import { choosePorts } from '../../demo/ports.ts';
import { createKeys, type LedgerKeys } from '../../src/adapters/sqlite/keys-file.ts';
import { openReader } from '../../src/adapters/sqlite/reader.ts';
import { DAY } from '../../src/domain/time.ts';
import { parseVerifierKey } from '../../src/ledger/note.ts';
import { type Verification, verifyLedger } from '../../src/ledger/verify.ts';
import { type Gateway, startGateway } from '../../src/main.ts';
import { EXAMPLE_CONFIG, EXAMPLE_POLICIES } from '../builders.ts';
import { type Answer, answerOf } from './answer.ts';
import { type Dealer, SOLD, startDealer } from './dealer.ts';

export const AUDIENCE = 'https://gateway.example';
const CLIENT = { clientId: 'five-safes', redirectUri: 'http://127.0.0.1:8976/callback', resource: AUDIENCE };
/** The day for which the dates of the example were chosen. */
const EXAMPLE_DAY = Date.UTC(2026, 10, 22);

/** Who signs in with whose provider, and how. */
const KESTREL = [
  { subject: 'mara.lindqvist', name: 'Mara Lindqvist', mfa: true },
  { subject: 'tomas.brandt', name: 'Tomas Brandt', mfa: false },
  { subject: 'nobody.registered', name: 'Nobody Registered', mfa: true },
];
const HARBOUR = [
  { subject: 'joris.maes', name: 'Joris Maes', mfa: true },
  { subject: 'nils.okafor', name: 'Nils Okafor', mfa: true },
];
export type Subject = 'mara.lindqvist' | 'tomas.brandt' | 'nobody.registered' | 'joris.maes' | 'nils.okafor';

/** Moves every date in a text by whole days, so that the example is in force whenever the tests run. */
export function shiftDates(text: string, days: number): string {
  return text.replace(/(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)/g, (date) =>
    new Date(Date.parse(date) + days * DAY).toISOString().slice(0, 10),
  );
}

/** Per file of the configuration, texts to be replaced. Each must be there; '' alone makes a page that is not there. */
export type Edits = Readonly<Record<string, readonly (readonly [string, string])[]>>;

/** Copies config/ and policies/ into `root`, moved to today, with `edits` made. @returns the configuration directory */
export function layOut(root: string, edits: Edits): string {
  const days = Math.floor((Date.now() - EXAMPLE_DAY) / DAY);
  for (const [from, name] of [[EXAMPLE_CONFIG, 'config'] as const, [EXAMPLE_POLICIES, 'policies'] as const]) {
    const directory = join(root, name);
    cpSync(from, directory, { recursive: true });
    for (const file of readdirSync(directory).filter((f) => /\.(yaml|csv)$/.test(f))) {
      let text = shiftDates(readFileSync(join(directory, file), 'utf8'), days);
      for (const [was, is] of edits[file] ?? []) {
        if (!text.includes(was)) throw new Error(`${file} does not contain ${was}`);
        text = text.replaceAll(was, is);
      }
      writeFileSync(join(directory, file), text);
    }
  }
  for (const [file, [first]] of Object.entries(edits)) {
    if (first?.[0] === '') writeFileSync(join(root, 'policies', file), shiftDates(first[1], days));
  }
  return join(root, 'config');
}

/** An entry with its details opened. */
export interface OpenedEntry {
  readonly index: number;
  readonly kind: string;
  readonly exchange: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** The example partnership: gateway, two OpenID providers, a dealer's service, all real and on ports of their own. */
export interface Partnership {
  readonly gateway: Gateway;
  readonly dealer: Dealer;
  readonly root: string;
  readonly config: string;
  readonly state: string;
  readonly keys: LedgerKeys;
  readonly issuers: { readonly kestrel: string; readonly harbour: string };
  /** Private JWK of Kestrel's provider: what its tokens are signed with. */
  readonly kestrelKey: Readonly<Record<string, string>>;
  /** A bearer token. */
  token(subject: Subject): Promise<string>;
  /** A token bound to a key, and the key. `send` and `ask` use it. */
  access(subject: Subject): Promise<Access>;
  /** Sends a request; `as` null: without a token. */
  send(path: string, as: Subject | null, init?: RequestInit): Promise<Answer>;
  /** `POST /v1/exchanges`. A string is sent as it is. */
  ask(as: Subject | null, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Everything in the log, in order. */
  entries(): readonly OpenedEntry[];
  /** Checks the whole log, and a receipt against it. */
  verify(receipt?: unknown): Promise<Verification>;
  /** Operational log so far. */
  log(): string;
  /** The gateway started last. */
  running(): Gateway;
  /** Starts the gateway again on the same state; `gateway` stays the first one. */
  restart(): Promise<Gateway>;
  stop(): Promise<void>;
}

/** pino takes the number of standard output when it is made: the operational log goes to a file, where tests read it. */
function divertLog(file: string): void {
  Object.defineProperty(process.stdout, 'fd', { value: openSync(file, 'a'), configurable: true });
}

/** oidc-provider tells the world about its defaults. */
async function quietly<T>(work: () => Promise<T>): Promise<T> {
  const { info, warn } = console;
  console.info = () => undefined;
  console.warn = () => undefined;
  try {
    return await work();
  } finally {
    console.info = info;
    console.warn = warn;
  }
}

function once<T>(work: (subject: Subject) => Promise<T>): (subject: Subject) => Promise<T> {
  const known = new Map<Subject, Promise<T>>();
  return (subject) => {
    const found = known.get(subject) ?? work(subject);
    known.set(subject, found);
    return found;
  };
}

export async function startPartnership(edits: Edits = {}): Promise<Partnership> {
  const root = mkdtempSync(join(tmpdir(), 'five-safes-gateway-'));
  const keyFile = join(root, 'kestrel-key.json');
  // Proofs of possession name the origin of the configuration, so the port is known before the gateway listens.
  const port = (await choosePorts(['gateway'], join(root, 'ports.json'))).get('gateway');
  const [kestrel, harbour, dealer] = await quietly(() =>
    Promise.all([
      startProvider({ audience: AUDIENCE, people: KESTREL, keyFile }),
      startProvider({ audience: AUDIENCE, people: HARBOUR }),
      startDealer(),
    ]),
  );
  const issuers = { kestrel: kestrel.url, harbour: harbour.url };
  const addresses = [
    ['http://127.0.0.1:9101', issuers.kestrel],
    ['http://127.0.0.1:9102', issuers.harbour],
  ] as const;
  const config = layOut(root, {
    ...edits,
    'gateway.yaml': [...addresses, ['127.0.0.1:8080', `127.0.0.1:${port}`], ...(edits['gateway.yaml'] ?? [])],
    'partners.yaml': [...addresses, ...(edits['partners.yaml'] ?? [])],
    'datasets.yaml': [['http://127.0.0.1:9201', dealer.url], ...(edits['datasets.yaml'] ?? [])],
  });
  const state = join(root, 'state');
  const keys = createKeys(join(state, 'keys'), 'gateway.example/five-safes');
  const logFile = join(root, 'operational.log');
  divertLog(logFile);
  const env = { FIVE_SAFES_LISTEN_PORT: String(port), FIVE_SAFES_OPS_PORT: '0', FIVE_SAFES_STATE: state };
  const gateways = [await startGateway(config, env)];
  const [gateway] = gateways;
  if (gateway === undefined) throw new Error('no gateway');

  const running = () => gateways.at(-1) ?? gateway;
  const issuerOf = (subject: Subject) =>
    KESTREL.some((person) => person.subject === subject) ? issuers.kestrel : issuers.harbour;
  const token = once((subject) => quietly(() => signIn(issuerOf(subject), subject, CLIENT)));
  const access = once((subject) => quietly(() => signInBound(issuerOf(subject), subject, CLIENT)));
  const send: Partnership['send'] = async (path, as, init = {}) => {
    const url = `${running().url}${path}`;
    const response = await (as === null ? fetch(url, init) : fetchAs(await access(as), url, init));
    return answerOf(response, init.method ?? 'GET');
  };
  return {
    gateway,
    dealer,
    root,
    config,
    state,
    keys,
    issuers,
    kestrelKey: JSON.parse(readFileSync(keyFile, 'utf8')),
    token,
    access,
    send,
    ask: (as, body, headers = {}) =>
      send('/v1/exchanges', as, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    entries: () => {
      const reader = openReader(state);
      try {
        return reader.list(0, 1_000_000).map(({ index, kind, exchange }) => {
          const details = reader.openDetails(index, keys.kek)?.accountability ?? {};
          return { index, kind, exchange, details };
        });
      } finally {
        reader.close();
      }
    },
    verify: async (receipt) => {
      const verifier = parseVerifierKey(keys.verifierKey);
      if (verifier === undefined) throw new Error('no verifier key');
      const reader = openReader(state);
      try {
        return await verifyLedger(reader.source(), verifier, receipt === undefined ? undefined : { receipt });
      } finally {
        reader.close();
      }
    },
    log: () => {
      running().flushLog();
      return readFileSync(logFile, 'utf8');
    },
    running,
    restart: async () => {
      const next = await startGateway(config, env);
      gateways.push(next);
      return next;
    },
    stop: async () => {
      for (const each of gateways) await each.stop();
      await Promise.all([kestrel.stop(), harbour.stop(), dealer.stop()]);
      rmSync(root, { recursive: true });
    },
  };
}

/** A question that is answered. */
export function question(changes: Readonly<Record<string, unknown>> = {}, ask: Readonly<Record<string, unknown>> = {}) {
  return {
    project: 'op-gearbox',
    purpose: 'SuspectedCrimeInvestigation',
    case: 'KP-2026-AB',
    justification: 'engine found without a car',
    ask: { datasets: ['dealer-sales'], by: { vin: SOLD }, output: 'records', ...ask },
    ...changes,
  };
}
