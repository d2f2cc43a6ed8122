import { join } from 'node:path';
import type { Child } from '../../demo/children.ts';
import { seeded } from '../../demo/parties/records.ts';
import { accessOf, startGatewayProcess, startPartnership } from '../../demo/partnership.ts';
import { parseVerifierKey } from '../../src/ledger/note.ts';
import { answerReader, type LoggedAnswer } from './answers.ts';
import { type ClientProcess, startClient } from './client-process.ts';
import { examine, type Findings, type Gaps } from './examine.ts';
import { callsIn } from './reckoning.ts';
import { canTrace, type Injection, inject } from './tracer.ts';

/** Trials ask more than any officer may in a day. */
const UNBOUNDED = new Map([['per-day<=50', 'per-day<=900000']]);
const AT_ONCE = 6;
/** Answers before a kill: between the first and the second. */
const FEWEST = 18;
const MOST = 34;
/** Kills come this far into the usual time of an exchange: at times after its end. */
const LATEST = 1.15;
const ANSWERS_A_KILL = 20;
/** Every so many kills something is done to a system call, where it can be. */
const TRACED_EVERY = 5;

/** The line that the program ends with. */
export interface Chaos {
  readonly chaos: 'ok' | 'failed';
  readonly kills: number;
  readonly seed: number;
  /** Interrupted exchanges by how far they had come; `afterRelease` counts kills. */
  readonly gaps: Gaps;
  readonly answers: number;
  readonly calls: number;
  readonly unlogged: number;
  readonly undeclaredCalls: number;
  readonly openIntents: number;
  readonly brokenProofs: number;
}

export interface ChaosOptions {
  readonly kills: number;
  readonly seed: number;
  /** Another program in place of the gateway, for the check of the check. */
  readonly program?: string;
  say(line: string): void;
}

/**
 * Kills the gateway under load again and again, and after each recovery, while nobody asks, holds the client's and the
 * holder's own logs against the gateway's.
 * @param state empty directory for all that is kept.
 */
export async function chaos(state: string, { kills, seed, program, say }: ChaosOptions): Promise<Chaos> {
  const random = seeded(seed);
  const partnership = await startPartnership(state, seed, UNBOUNDED);
  const { ledger, callLog, configuration } = partnership;
  const verifier = parseVerifierKey(partnership.gateway.key);
  if (verifier === undefined) throw new Error('not a verifier key');
  const restart = () =>
    program === undefined ? partnership.restartGateway() : startGatewayProcess(configuration, ledger, program);
  let { gateway } = partnership;
  if (program !== undefined) {
    await gateway.child.stop();
    gateway = await restart();
  }
  const log = join(state, 'client.jsonl');
  const access = program === undefined ? accessOf(partnership, 'mara.lindqvist') : { token: '', dpopJwk: null };
  const client = startClient({ url: gateway.url, access, log, seed, atOnce: AT_ONCE });
  const traced = program === undefined && canTrace();
  if (!traced) say('system calls are left alone: no strace here, or not the gateway proper');
  const read = answerReader(log, verifier);
  const answers: LoggedAnswer[] = [];
  const found: Findings[] = [];
  try {
    await client.hear('ready');
    for (let kill = 1; kill <= kills; kill++) {
      const injection = traced && kill % TRACED_EVERY === 0 ? injectionOf(kill / TRACED_EVERY, random) : null;
      const dead = await killOnce(client, gateway.child, random, injection);
      gateway = await restart();
      answers.push(...read());
      const entriesBefore = found.at(-1)?.entries ?? 0;
      const calls = callsIn(callLog);
      const after = await examine(ledger, verifier, { ...dead, answers, calls, entriesBefore });
      found.push(after);
      const how = injection === null ? '' : `${injection.call} ${injection.what}, `;
      say(`kill ${kill}: ${how}${answers.length} answers so far, ${JSON.stringify(after.gaps)}`);
    }
  } finally {
    await client.stop();
    await gateway.child.stop();
    await partnership.stop();
  }
  return judged({ kills, seed, answers: answers.length, calls: callsIn(callLog).length }, found);
}

/** What was amiss after one kill is amiss after the next as well, unless it is mended: the worst counts. */
function judged(told: Pick<Chaos, 'kills' | 'seed' | 'answers' | 'calls'>, found: readonly Findings[]): Chaos {
  const worst = (of: (findings: Findings) => number) => Math.max(0, ...found.map(of));
  const amiss = {
    unlogged: worst((f) => f.unlogged),
    undeclaredCalls: worst((f) => f.undeclaredCalls),
    openIntents: worst((f) => f.openIntents),
    brokenProofs: worst((f) => f.brokenProofs),
  };
  const gap = (name: keyof Gaps) => found.reduce((sum, { gaps }) => sum + gaps[name], 0);
  const gaps: Gaps = {
    beforeAsked: gap('beforeAsked'),
    beforeFetch: gap('beforeFetch'),
    beforeOutcome: gap('beforeOutcome'),
    beforeRelease: gap('beforeRelease'),
    afterRelease: gap('afterRelease'),
  };
  const { kills, seed, answers, calls } = told;
  const good =
    Object.values(amiss).every((count) => count === 0) &&
    Object.values(gaps).every((count) => count > 0) &&
    answers >= kills * ANSWERS_A_KILL;
  return { chaos: good ? 'ok' : 'failed', kills, seed, gaps, answers, calls, ...amiss };
}

/** In turns: the process ends at a system call, or a call fails and the process is killed later. */
function injectionOf(n: number, random: () => number): Injection {
  const when = String(1 + Math.floor(random() * 8));
  const call = n % 4 < 2 ? 'fsync' : 'pwrite64';
  return { call, what: n % 2 === 0 ? 'error=EIO' : 'signal=SIGKILL', when };
}

/** Has the gateway killed under load. @returns what the client says of it, once nothing is under way. */
async function killOnce(client: ClientProcess, gateway: Child, random: () => number, injection: Injection | null) {
  const answers = FEWEST + Math.floor(random() * (MOST - FEWEST));
  const { pid } = gateway;
  const share = random() * LATEST;
  const kill = (after: number, at: number | null) => client.tell({ do: 'kill', pid, answers: after, share: at });
  kill(answers, injection === null ? share : null);
  client.tell({ do: 'ask' });
  if (injection !== null) {
    await client.hear('enough');
    await inject(pid, [injection]);
    // What failed is to be got over first: the log is open again, and questions are answered.
    if (injection.what !== 'signal=SIGKILL') kill(answers + FEWEST, share);
  }
  const { unanswered, released } = await client.hear('dead');
  await gateway.ended;
  return { unanswered, released };
}
