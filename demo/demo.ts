import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { hasPromised } from './ask.ts';
import { accessOf, type Partnership, startPartnership } from './partnership.ts';
import { realStory } from './real/story.ts';
import { IN_STORE, tellRulebook } from './rulebook/story.ts';
import { serve } from './serve.ts';
import { mainStory } from './story.ts';
import { type Summary, tellStory } from './tell-story.ts';

const HELP = `npm run demo -- [options]

Shows the gateway at work: four partners' identity providers, two dealers and the gateway, each a process of its own
on this machine, and an investigator's questions with their answers and what the log says of them. All records are made up.

  --exit            end with one line of JSON that says how it went, also on a terminal
  --serve           no story: start everything, print how to reach it, and stay until interrupted
  --json            with --serve: say so as one line of JSON
  --story NAME      main (default), or rulebook: a change of the rules, from its draft to its rollback; with --serve: leaves
                    the gateway serving with its rulebook in the store
  --witness         with --serve: a witness of another partner cosigns the log
  --data DIR        ask real records: the files of DIR instead of made-up dealers
  --state DIR       keep ledger, keys and call logs in DIR; a second start goes on from the first
  --seed N          other made-up records (default 1)
  --help
`;

const NEXT = 'Ask a question of your own: npm run demo -- --serve leaves everything running and says how.';

function given() {
  return parseArgs({
    options: {
      exit: { type: 'boolean' },
      serve: { type: 'boolean' },
      json: { type: 'boolean' },
      witness: { type: 'boolean' },
      story: { type: 'string', default: 'main' },
      data: { type: 'string' },
      state: { type: 'string' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean' },
    },
  }).values;
}

/** What was given, or the sentence that says what was wrong with it. */
function read(): ReturnType<typeof given> | string {
  try {
    return given();
  } catch (error) {
    if (error instanceof TypeError) return error.message;
    throw error;
  }
}

async function main(): Promise<number> {
  const values = read();
  if (typeof values === 'string') return usage(values);
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const seed = Number(values.seed);
  if (!Number.isSafeInteger(seed) || seed < 0) return usage('--seed takes a whole number');
  const rulebook = values.story === 'rulebook';
  if (!rulebook && values.story !== 'main') return usage(`there is no story "${values.story}": main, rulebook`);
  const state = values.state === undefined ? mkdtempSync(join(tmpdir(), 'five-safes-demo-')) : resolve(values.state);
  const cleanUp = () => {
    if (values.state === undefined) rmSync(state, { recursive: true, force: true });
  };
  try {
    // What was asked and promised in an earlier run would be replayed, too, and expected answers would be others.
    if (rulebook && !values.serve && existsSync(join(state, 'state')))
      return usage('--story rulebook starts afresh: --state takes a new directory');
    if (values.witness && !values.serve) return usage('--witness goes with --serve');
    if (values.data !== undefined) {
      const data = resolve(values.data);
      if (!existsSync(data)) return usage(`--data: there is no directory ${data}`);
      const summary = await realStory(data, state, print);
      process.stdout.write(`${JSON.stringify(summary)}\n`);
      return summary.demo === 'ok' ? 0 : 1;
    }
    process.stderr.write('Starting four identity providers, a dealer and the gateway …\n');
    const partnership = await startPartnership(
      state,
      seed,
      new Map(),
      values.witness === true,
      rulebook ? IN_STORE : new Map(),
    );
    try {
      if (values.serve) return await serve(partnership, values.json === true);
      const summary = rulebook ? await tellRulebook(partnership, print) : await tellMain(partnership);
      if (!values.exit && process.stdout.isTTY) print(NEXT);
      else process.stdout.write(`${JSON.stringify(summary)}\n`);
      return summary.demo === 'ok' ? 0 : 1;
    } finally {
      await partnership.stop();
    }
  } finally {
    cleanUp();
  }
}

async function tellMain(partnership: Partnership): Promise<Summary> {
  const joris = accessOf(partnership, 'joris.maes');
  const promised = await hasPromised(partnership.gateway.url, joris, 'confidentiality');
  return tellStory(partnership, mainStory(partnership.seeds, promised), print);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function usage(message: string): number {
  process.stderr.write(`${message}\n\n${HELP}`);
  return 2;
}

process.exitCode = await main();
