import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { SAFES, type Safe } from '../src/domain/safe.ts';
import { type Answered, ask, refusingSafes } from './ask.ts';
import { accessOf, type Partnership, startPartnership } from './partnership.ts';
import { realStory } from './real/story.ts';
import { serve } from './serve.ts';
import { mainStory, type Step } from './story.ts';
import { tellStep } from './tell.ts';
import { verifyLog } from './verify.ts';

const HELP = `npm run demo -- [options]

Shows the gateway at work: two police forces' identity providers, two dealers and the gateway, each a process of its own
on this machine, and an investigator's questions with their answers and what the log says of them. All records are made up.

  --exit            end after the story with one line of JSON; without it, a terminal is left with everything running
  --serve           no story: start everything, print how to reach it, and stay until interrupted
  --json            with --serve: say so as one line of JSON
  --story NAME      main (default)
  --data DIR        ask real records: the files of DIR instead of made-up dealers
  --state DIR       keep ledger, keys and call logs in DIR; a second start goes on from the first
  --seed N          other made-up records (default 1)
  --help
`;

/** What the line at the end says (see --exit). */
interface Summary {
  readonly demo: 'ok' | 'unexpected';
  readonly steps: number;
  readonly asExpected: number;
  readonly stepNames: readonly string[];
  readonly refusedBy: Readonly<Record<Safe, number>>;
  readonly calls: number;
  readonly entries: number;
  readonly verified: boolean;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      exit: { type: 'boolean' },
      serve: { type: 'boolean' },
      json: { type: 'boolean' },
      story: { type: 'string', default: 'main' },
      data: { type: 'string' },
      state: { type: 'string' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const seed = Number(values.seed);
  if (!Number.isSafeInteger(seed) || seed < 0) return usage('--seed takes a whole number');
  if (values.story !== 'main') return usage(`there is no story "${values.story}": main`);
  const state = values.state === undefined ? mkdtempSync(join(tmpdir(), 'five-safes-demo-')) : resolve(values.state);
  const cleanUp = () => {
    if (values.state === undefined) rmSync(state, { recursive: true, force: true });
  };
  try {
    if (values.data !== undefined) {
      const data = resolve(values.data);
      if (!existsSync(data)) return usage(`--data: there is no directory ${data}`);
      const summary = await realStory(data, state, print);
      process.stdout.write(`${JSON.stringify(summary)}\n`);
      return summary.demo === 'ok' ? 0 : 1;
    }
    process.stderr.write('Starting two identity providers, a dealer and the gateway …\n');
    const partnership = await startPartnership(state, seed);
    try {
      if (values.serve) return await serve(partnership, values.json === true);
      const summary = await tellStory(partnership, mainStory(partnership.seeds));
      if (!values.exit && process.stdin.isTTY && process.stdout.isTTY) return await serve(partnership, false);
      process.stdout.write(`${JSON.stringify(summary)}\n`);
      return summary.demo === 'ok' ? 0 : 1;
    } finally {
      await partnership.stop();
    }
  } finally {
    cleanUp();
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function usage(message: string): number {
  process.stderr.write(`${message}\n\n${HELP}`);
  return 2;
}

async function tellStory(partnership: Partnership, steps: readonly Step[]): Promise<Summary> {
  const refusedBy = Object.fromEntries(SAFES.map((safe) => [safe, 0])) as Record<Safe, number>;
  let asExpected = 0;
  let last: Answered | undefined;
  for (const [i, step] of steps.entries()) {
    if (step.holderDown) await partnership.dealer.stop();
    const access = accessOf(partnership, step.asker);
    const sent = step.asBearer ? { ...access, dpopJwk: null } : access;
    const answered = await ask(partnership.gateway.url, sent, step.body);
    tellStep(print, i + 1, step, answered);
    const safes = answered.answer === undefined ? [] : refusingSafes(answered.answer);
    for (const safe of safes) refusedBy[safe]++;
    if (isAsExpected(step, answered, safes)) asExpected++;
    else print(`   NOT AS EXPECTED: ${JSON.stringify(step.expected)}, but ${answered.text}`);
    last = answered;
  }
  await partnership.gateway.child.stop();
  const receipt = join(partnership.ledger, 'last-answer.json');
  writeFileSync(receipt, last?.text ?? '{}');
  const verified = await verifyLog(partnership.ledger, partnership.gateway.key, receipt);
  print('');
  print(`${steps.length + 1}. verify`);
  print(`   five-safes verify ${partnership.ledger} --key ${partnership.gateway.key} --receipt last-answer.json`);
  print(
    `   ${verified.entries} entries, ${verified.open} open, ${verified.verified ? 'nothing altered, removed or reordered' : 'NOT VERIFIED'}; the last answer's receipt is in the log`,
  );
  print('');
  const good = asExpected === steps.length && verified.verified;
  return {
    demo: good ? 'ok' : 'unexpected',
    steps: steps.length + 1,
    asExpected: asExpected + (verified.verified ? 1 : 0),
    stepNames: [...steps.map((step) => step.name), 'verify'],
    refusedBy,
    calls: countLines(partnership.callLog),
    entries: verified.entries,
    verified: verified.verified,
  };
}

function isAsExpected({ expected }: Step, { status, answer, reason }: Answered, refusing: readonly Safe[]): boolean {
  const safes = expected.refusedBy === undefined ? [] : [expected.refusedBy];
  if (status !== expected.status || reason !== expected.reason) return false;
  return answer?.outcome === expected.outcome && refusing.join() === safes.join();
}

function countLines(file: string): number {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0;
}

process.exitCode = await main();
