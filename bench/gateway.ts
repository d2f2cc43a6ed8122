import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Access } from '../demo/parties/possession.ts';
import { type AnswerFile, checkAnswers } from './gateway/check-answers.ts';
import type { Job, Run } from './gateway/load.ts';
import { type Parties, type Subject, startParties } from './gateway/parties.ts';
import { processorSeconds } from './gateway/processor-time.ts';
import type { Way } from './gateway/requests.ts';
import { answersByVin } from './gateway/upstream.ts';
import { type Bench, type Measured, median, RUNS, rounded } from './result.ts';

/** As many people as a large partnership has at work in one second. */
const CONNECTIONS = 48;
/** A run ends after so many seconds or so many requests, whichever comes first. */
const SECONDS = 3;
const COUNT = 25_000;
/** Proofs of possession are signed before a run begins, and count for a minute only. */
const PROOFS = 8_000;
/** Not counted: what the compiler of the runtime needs to see before it has made up its mind. */
const WARMING_ROUNDS = 2;
/** The proxy is the measure only if it could do no more: its process must have had so much of one core. */
const SATURATED = 0.9;

const INCLUDED = `gateway: node src/main.ts, one process, POST /v1/exchanges with a bearer token (remembered signature), five Safes by
  Casbin, budgets a day and a project reserved, durable asked entry, the holder asked over HTTP, twelve fields treated of
  which one scrubbed, durable outcome entry, receipt with inclusion proof, one log line to a file.
peer: Express and http-proxy-middleware, one process, connections kept open, nothing checked, the drop-in request.
load: one process, ${CONNECTIONS} connections, no pipelining, ${SECONDS} s or ${COUNT} requests a run; holder: one process for both.`;

interface Measuring extends Run {
  /** Processor time of the program under load, all its threads, as a share of one core. */
  readonly share: number;
}

async function measure(
  parties: Parties,
  subject: Subject,
  way: Way,
  access: Access,
  more: Pick<Job, 'vins' | 'answers' | 'count'>,
): Promise<Measuring> {
  const job: Job = {
    ...more,
    url: subject.url,
    origin: parties.gateway.url,
    way,
    access,
    connections: CONNECTIONS,
    seconds: SECONDS,
  };
  const before = processorSeconds(subject.pid);
  const run = await parties.load(job);
  // Requests are made before the load begins: the subject is idle meanwhile.
  return { ...run, share: (processorSeconds(subject.pid) - before) / run.seconds };
}

async function run(say: (line: string) => void): Promise<Measured> {
  say(INCLUDED);
  const state = mkdtempSync(join(tmpdir(), 'five-safes-bench-'));
  const parties = await startParties(state);
  try {
    return await compare(parties, state, say);
  } finally {
    await parties.stop();
    rmSync(state, { recursive: true, force: true });
  }
}

/** Peer, gateway, gateway with proofs of possession, gateway in the drop-in way; and again. */
async function compare(parties: Parties, state: string, say: (line: string) => void): Promise<Measured> {
  const { gateway, unchecking, bearer, bound, upstream } = parties;
  const vins = [...answersByVin(upstream.seed, upstream.rows).keys()];
  const files: AnswerFile[] = [];
  const sides = {
    peer: [unchecking, 'drop-in', bearer],
    gateway: [gateway, 'native', bearer],
    dpop: [gateway, 'native', bound],
    dropIn: [gateway, 'drop-in', bearer],
  } as const;
  const turn = async (side: keyof typeof sides, name: string) => {
    const [subject, way, access] = sides[side];
    const answers = subject === gateway ? join(state, `${name}-${side}.jsonl`) : null;
    if (answers !== null) files.push({ file: answers, way });
    const count = side === 'dpop' ? PROOFS : COUNT;
    const done = await measure(parties, subject, way, access, { vins, answers, count });
    const { perSecond, p50, p99, share, load, failed } = done;
    say(
      `${name} ${side}: ${perSecond.toFixed(0)}/s, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, its processor ${share.toFixed(2)}, of the load ${load.toFixed(2)}`,
    );
    if (failed > 0) throw new Error(`${failed} answers of ${side} were not 200`);
    return done;
  };

  for (let i = 1; i <= WARMING_ROUNDS; i++) {
    for (const side of ['peer', 'gateway', 'dpop', 'dropIn'] as const) await turn(side, `warming-${i}`);
  }
  const rounds: { readonly [side in keyof typeof sides]: Measuring }[] = [];
  for (let i = 1; i <= RUNS; i++) {
    const name = `run-${i}`;
    const peer = await turn('peer', name);
    const own = await turn('gateway', name);
    const dpop = await turn('dpop', name);
    rounds.push({ peer, gateway: own, dpop, dropIn: await turn('dropIn', name) });
  }
  const checked = await checkAnswers(gateway, parties.ledger, bearer, files);
  if (!checked.verified) throw new Error('the log does not verify');
  say(`checked afterwards: ${checked.receipts} receipts, ${checked.entries} entries`);

  const ratios = (of: (round: (typeof rounds)[number]) => number) => rounds.map(of);
  const runs = ratios((r) => r.gateway.perSecond / r.peer.perSecond);
  const saturation = median(rounds.map((r) => r.peer.share));
  const middle = (of: (round: (typeof rounds)[number]) => number) => rounded(median(ratios(of)));
  return {
    figure: saturation >= SATURATED ? median(runs) : null,
    runs,
    also: {
      p99: middle((r) => r.gateway.p99 / r.peer.p99),
      dpop: middle((r) => r.dpop.perSecond / r.peer.perSecond),
      dropIn: middle((r) => r.dropIn.perSecond / r.peer.perSecond),
      peerSaturation: rounded(saturation),
      perSecond: middle((r) => r.gateway.perSecond),
      peerPerSecond: middle((r) => r.peer.perSecond),
      p50Ms: middle((r) => r.gateway.p50),
      p99Ms: middle((r) => r.gateway.p99),
      peerP99Ms: middle((r) => r.peer.p99),
      gatewayProcessor: middle((r) => r.gateway.share),
      receiptsChecked: checked.receipts,
      ledgerEntries: checked.entries,
      connections: CONNECTIONS,
      secondsPerRun: SECONDS,
    },
  };
}

export const bench: Bench = { target: 1, better: 'higher', run };
