import { type ChildProcess, fork, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Child, startChild } from '../../demo/children.ts';
import type { Access } from '../../demo/parties/possession.ts';
import { signIn, signInBound } from '../../demo/parties/sign-in.ts';
import { AUDIENCE, party } from '../../demo/partnership.ts';
import { choosePorts } from '../../demo/ports.ts';
import { createKeys } from '../../src/adapters/sqlite/keys-file.ts';
import { layOutBench } from './layout.ts';
import type { Job, Run } from './load.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const HERE = import.meta.dirname;
const LOG_NAME = 'gateway.example/five-safes';
const CLIENT = { resource: AUDIENCE, clientId: 'five-safes', redirectUri: 'http://127.0.0.1/callback' };
const INVESTIGATOR = { subject: 'mara.lindqvist', name: 'Mara Lindqvist', mfa: true };
const START_TIMEOUT_MS = 30_000;
const UPSTREAM = { seed: 7, rows: 1_000 };

/** A program under load. */
export interface Subject {
  readonly url: string;
  readonly pid: number;
}

/** Everything that runs for the bench, each in a process of its own. */
export interface Parties {
  readonly gateway: Subject & { readonly key: string };
  readonly unchecking: Subject;
  /** Directory of the ledger. */
  readonly ledger: string;
  /** The same investigator, signed in with a client that cannot bind tokens and with one that can. */
  readonly bearer: Access;
  readonly bound: Access;
  readonly upstream: typeof UPSTREAM;
  load(job: Job): Promise<Run>;
  stop(): Promise<void>;
}

/** Starts identity provider, holder, gateway, unchecking proxy and load. @param state directory for everything that is kept. */
export async function startParties(state: string): Promise<Parties> {
  const ports = await choosePorts(['provider', 'upstream', 'unchecking', 'gateway', 'ops'], join(state, 'ports.json'));
  const port = (name: string) => ports.get(name) ?? 0;
  const ready = (line: unknown) => party.safeParse(line).data;
  const start = (name: string, program: string, options: object) =>
    startChild(name, [join(ROOT, program), JSON.stringify(options)], { ready });
  const people = [INVESTIGATOR];
  const provider = await start('provider', 'demo/parties/provider.ts', {
    port: port('provider'),
    audience: AUDIENCE,
    people,
  });
  const upstream = await start('upstream', 'bench/gateway/upstream.ts', { port: port('upstream'), ...UPSTREAM });
  const unchecking = await start('unchecking', 'bench/gateway/unchecking.ts', {
    port: port('unchecking'),
    target: upstream.said.url,
  });

  const ledger = join(state, 'state');
  const addresses = new Map([
    ['http://127.0.0.1:9101', provider.said.url],
    ['http://127.0.0.1:9201', upstream.said.url],
    ['port: 8080', `port: ${port('gateway')}`],
    ['127.0.0.1:8080', `127.0.0.1:${port('gateway')}`],
    ['port: 8081', `port: ${port('ops')}`],
  ]);
  const { configuration } = layOutBench(state, addresses);
  createKeys(join(ledger, 'keys'), LOG_NAME);
  const gateway = await startGateway(configuration, ledger, join(state, 'gateway.log'));
  const load = fork(join(HERE, 'load.ts'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });

  return {
    gateway,
    unchecking: { url: unchecking.said.url, pid: unchecking.pid },
    ledger,
    bearer: { token: await signIn(provider.said.url, INVESTIGATOR.subject, CLIENT), dpopJwk: null },
    bound: await signInBound(provider.said.url, INVESTIGATOR.subject, CLIENT),
    upstream: UPSTREAM,
    load: (job) => runOn(load, job),
    stop: async () => {
      load.disconnect();
      await gateway.stop();
      await Promise.all([provider, upstream, unchecking].map((child: Child) => child.stop()));
    },
  };
}

const listening = z.object({ event: z.literal('listening'), gateway: z.string(), key: z.string() });

/**
 * `npm start` as in earnest: `node --max-semi-space-size=64 src/main.ts`. Its own log goes to a file: nobody who reads along takes processor time from it.
 * BENCH_NODE_ARGS: further arguments for Node, such as `--cpu-prof`.
 */
async function startGateway(configuration: string, ledger: string, logFile: string) {
  mkdirSync(ledger, { recursive: true });
  const log = openSync(logFile, 'w');
  const flags = ['--max-semi-space-size=64'];
  const extra = (process.env['BENCH_NODE_ARGS'] ?? '').split(' ').filter((word) => word !== '');
  const child = spawn(process.execPath, [...flags, ...extra, join(ROOT, 'src/main.ts'), configuration], {
    stdio: ['ignore', log, 'inherit'],
    env: { ...process.env, FIVE_SAFES_STATE: ledger },
  });
  closeSync(log);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const { gateway: url, key } = await said(logFile, child);
  const stop = () => {
    child.kill('SIGTERM');
    return ended;
  };
  return { url, key, pid: child.pid ?? 0, stop };
}

async function said(logFile: string, child: ChildProcess) {
  const until = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < until && child.exitCode === null) {
    for (const line of readFileSync(logFile, 'utf8').split('\n').slice(0, -1)) {
      const found = line.includes('"listening"') ? listening.safeParse(JSON.parse(line)) : undefined;
      if (found?.success === true) return found.data;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  child.kill('SIGKILL');
  throw new Error('the gateway did not start; what it said stands above');
}

const answered = z.union([z.object({ done: z.custom<Run>() }), z.object({ failed: z.string() })]);

function runOn(load: ChildProcess, job: Job): Promise<Run> {
  return new Promise((resolve, reject) => {
    load.once('message', (message) => {
      const said = answered.parse(message);
      if ('failed' in said) reject(new Error(`the load failed: ${said.failed}`));
      else resolve(said.done);
    });
    load.send(job);
  });
}
