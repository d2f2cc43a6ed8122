import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fetchAs } from '../../demo/parties/possession.ts';
import { CLIENT_OPTIONS, type FromClient, TO_CLIENT, type ToClient } from './client-protocol.ts';
import { questions } from './questions.ts';

/**
 * Run by the trial as a process of its own: asks without pause, writes each answer that arrived whole into its own log
 * and syncs it, and kills the gateway when told to.
 */
const { url, access, log, seed, atOnce } = CLIENT_OPTIONS.parse(JSON.parse(process.argv[2] ?? '{}'));
const question = questions(seed);
const file = openSync(log, 'a');
const PATIENCE_MS = 20_000;
/** Answers from which the usual time is taken. */
const REMEMBERED = 40;

let asked = 0;
let arrived = 0;
let underWay = 0;
let unanswered = 0;
let holding = false;
let order: Extract<ToClient, { do: 'kill' }> | null = null;
let picked: { answered: boolean } | null = null;
let resume = Promise.withResolvers<void>();
const times: number[] = [];

function say(message: FromClient): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

async function askOnce(): Promise<void> {
  const mine = { answered: false };
  const begun = performance.now();
  underWay += 1;
  const body = JSON.stringify(question(asked++));
  const headers = { 'content-type': 'application/json' };
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const answering = fetchAs(access, `${url}/v1/exchanges`, { method: 'POST', headers, body, signal });
  if (order?.share != null && picked === null && arrived >= order.answers) {
    picked = mine;
    const { pid, share } = order;
    setTimeout(() => {
      holding = true;
      process.kill(pid, 'SIGKILL');
    }, share * usualTime());
  }
  try {
    const response = await answering;
    const text = await response.text();
    writeSync(file, `${JSON.stringify({ status: response.status, text })}\n`);
    fsyncSync(file);
    mine.answered = true;
    arrived += 1;
    if (response.status === 200) times.push(performance.now() - begun);
    if (times.length > REMEMBERED) times.shift();
    if (order !== null && order.share === null && arrived === order.answers) say({ said: 'enough' });
  } catch (error) {
    // A gateway that is not there was never asked.
    if (!isRefused(error)) unanswered += 1;
    holding = true;
  } finally {
    underWay -= 1;
  }
}

function isRefused(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === 'ECONNREFUSED';
}

function usualTime(): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
}

async function work(): Promise<never> {
  for (;;) {
    if (!holding) {
      await askOnce();
      continue;
    }
    if (underWay === 0 && order !== null) {
      say({ said: 'dead', unanswered, released: picked?.answered ?? false });
      order = null;
    }
    await resume.promise;
  }
}

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const told = TO_CLIENT.parse(JSON.parse(line));
    if (told.do === 'kill') {
      order = told;
      return;
    }
    [arrived, unanswered, picked, holding] = [0, 0, null, false];
    const waiting = resume;
    resume = Promise.withResolvers<void>();
    waiting.resolve();
  })
  .on('close', () => {
    closeSync(file);
    process.exit(0);
  });

say({ said: 'ready' });
holding = true;
await Promise.all(Array.from({ length: atOnce }, work));
