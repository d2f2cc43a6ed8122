import { ConfigurationError } from '../domain/configuration-error.ts';
import { overview, pageText, synopsis } from './help.ts';
import { say } from './output.ts';
import type { Page } from './page.ts';
import { ASK } from './pages/ask.ts';
import { LOG_EXPLAIN, LOG_FIND, LOG_OPEN, LOG_RECONCILE, LOG_REINDEX, LOG_REPORT } from './pages/audit.ts';
import { CHECK } from './pages/check.ts';
import { ERASE_APPROVE, ERASE_LIST, ERASE_PROPOSE } from './pages/erase.ts';
import { EXPLAIN } from './pages/explain.ts';
import { LOG_CRATE, LOG_EXPORT_RECORDS, REGISTER } from './pages/exports.ts';
import { HOLD_LIFT, HOLD_LIST, HOLD_SET } from './pages/hold.ts';
import { INIT } from './pages/init.ts';
import { KEYS_ROTATE } from './pages/keys.ts';
import { LOG_LIST, LOG_SHOW } from './pages/log.ts';
import { LOG_EXPORT } from './pages/log-export.ts';
import { LOG_PROOF } from './pages/log-proof.ts';
import { LOGIN } from './pages/login.ts';
import { PAUSE, RESUME } from './pages/pause.ts';
import { LOG_ROTATE_KEY } from './pages/rotate-key.ts';
import * as rulebook from './pages/rulebook.ts';
import { VERIFY } from './pages/verify.ts';
import { WITNESS } from './pages/witness.ts';
import { EXIT, type Exit, type Run, UsageError, type World } from './world.ts';

interface Command {
  readonly page: Page;
  /** What a command needs is loaded when it runs, so that help is there at once. */
  load(): Promise<{ readonly run: Run }>;
}

const COMMANDS: readonly Command[] = [
  { page: INIT, load: () => import('./init.ts') },
  { page: CHECK, load: () => import('./check.ts') },
  { page: LOGIN, load: () => import('./login.ts') },
  { page: ASK, load: () => import('./ask.ts') },
  { page: EXPLAIN, load: () => import('./explain.ts') },
  { page: PAUSE, load: async () => ({ run: (await import('./pause.ts')).pause }) },
  { page: RESUME, load: async () => ({ run: (await import('./pause.ts')).resume }) },
  { page: ERASE_PROPOSE, load: async () => ({ run: (await import('./erase.ts')).propose }) },
  { page: ERASE_APPROVE, load: async () => ({ run: (await import('./erase.ts')).approve }) },
  { page: ERASE_LIST, load: async () => ({ run: (await import('./erase.ts')).list }) },
  { page: HOLD_SET, load: async () => ({ run: (await import('./hold.ts')).set }) },
  { page: HOLD_LIFT, load: async () => ({ run: (await import('./hold.ts')).lift }) },
  { page: HOLD_LIST, load: async () => ({ run: (await import('./hold.ts')).list }) },
  { page: rulebook.RULEBOOK_LIST, load: async () => ({ run: (await import('./rulebook.ts')).list }) },
  { page: rulebook.RULEBOOK_SHOW, load: async () => ({ run: (await import('./rulebook.ts')).show }) },
  { page: rulebook.RULEBOOK_DIFF, load: async () => ({ run: (await import('./rulebook.ts')).diff }) },
  { page: rulebook.RULEBOOK_DRAFT, load: async () => ({ run: (await import('./rulebook.ts')).draft }) },
  { page: rulebook.RULEBOOK_IMPORT, load: async () => ({ run: (await import('./rulebook.ts')).importFiles }) },
  { page: rulebook.RULEBOOK_EXPORT, load: async () => ({ run: (await import('./rulebook.ts')).exportFiles }) },
  { page: rulebook.RULEBOOK_TRY, load: async () => ({ run: (await import('./rulebook.ts')).tryOut }) },
  { page: rulebook.RULEBOOK_REPLAY, load: async () => ({ run: (await import('./rulebook.ts')).replayOver }) },
  { page: rulebook.RULEBOOK_SUBMIT, load: async () => ({ run: (await import('./rulebook-steps.ts')).submit }) },
  { page: rulebook.RULEBOOK_REPORT, load: async () => ({ run: (await import('./rulebook-report.ts')).report }) },
  { page: rulebook.RULEBOOK_APPROVE, load: async () => ({ run: (await import('./rulebook-steps.ts')).approve }) },
  { page: rulebook.RULEBOOK_REJECT, load: async () => ({ run: (await import('./rulebook-steps.ts')).reject }) },
  { page: rulebook.RULEBOOK_WITHDRAW, load: async () => ({ run: (await import('./rulebook-steps.ts')).withdraw }) },
  { page: rulebook.RULEBOOK_ACTIVATE, load: async () => ({ run: (await import('./rulebook-steps.ts')).activate }) },
  { page: rulebook.RULEBOOK_REVIEW, load: async () => ({ run: (await import('./rulebook-steps.ts')).review }) },
  { page: rulebook.RULEBOOK_ROLLBACK, load: async () => ({ run: (await import('./rulebook-steps.ts')).rollback }) },
  { page: KEYS_ROTATE, load: () => import('./rotate-kek.ts') },
  { page: LOG_LIST, load: () => import('./log-list.ts') },
  { page: LOG_SHOW, load: () => import('./log-show.ts') },
  { page: LOG_FIND, load: () => import('./log-find.ts') },
  { page: LOG_OPEN, load: () => import('./log-open.ts') },
  { page: LOG_EXPLAIN, load: () => import('./log-explain.ts') },
  { page: LOG_REPORT, load: () => import('./log-report.ts') },
  { page: LOG_RECONCILE, load: () => import('./log-reconcile.ts') },
  { page: LOG_REINDEX, load: () => import('./log-reindex.ts') },
  { page: LOG_PROOF, load: () => import('./log-proof.ts') },
  { page: LOG_EXPORT, load: () => import('./log-export.ts') },
  { page: LOG_EXPORT_RECORDS, load: () => import('./log-export-records.ts') },
  { page: LOG_CRATE, load: () => import('./log-crate.ts') },
  { page: REGISTER, load: () => import('./register.ts') },
  { page: LOG_ROTATE_KEY, load: () => import('./rotate-key.ts') },
  { page: VERIFY, load: () => import('./verify.ts') },
  { page: WITNESS, load: () => import('./witness.ts') },
];

/**
 * Runs one command line.
 * @param args without node and the program. @returns the exit code; nothing is thrown.
 */
export async function dispatch(args: readonly string[], world: World): Promise<Exit> {
  const [first, ...rest] = args;
  if (first === undefined || first === '--help' || first === '-h') return help([], world);
  if (first === 'help') return help(rest, world);
  const command = find(args);
  if (args.some((arg) => arg === '--help' || arg === '-h')) return help(command ? words(command) : [first], world);
  if (command === undefined) return unknown(args, world);
  try {
    const { run } = await command.load();
    return await run(args.slice(words(command).length), world);
  } catch (error) {
    return failed(command, error, world);
  }
}

function find(args: readonly string[]): Command | undefined {
  return COMMANDS.find((command) => words(command).every((word, i) => args[i] === word));
}

function words(command: Command): readonly string[] {
  return command.page.name.split(' ');
}

function help(topic: readonly string[], world: World): Exit {
  const pages = COMMANDS.filter((command) => topic.every((word, i) => words(command)[i] === word));
  if (pages.length === 0) return unknown(topic, world);
  const texts = topic.length === 0 ? [overview(pages.map((c) => c.page))] : pages.map((c) => pageText(c.page));
  world.out(`${texts.map((lines) => lines.join('\n')).join('\n\n')}\n`);
  return EXIT.ok;
}

/** `log` alone, or a word that is no command. */
function unknown(args: readonly string[], world: World): Exit {
  const [first = ''] = args;
  const continued = COMMANDS.filter((command) => words(command)[0] === first).map((command) => command.page.name);
  const known = continued.length > 0 ? continued : [...new Set(COMMANDS.map((c) => words(c)[0] ?? ''))];
  say(world, `five-safes: expected one of: ${known.join(', ')}${continued.length > 0 ? '' : `, not "${first}"`}`);
  say(world, 'See: five-safes help');
  return EXIT.usage;
}

function failed({ page }: Command, error: unknown, world: World): Exit {
  if (error instanceof UsageError) {
    say(world, `five-safes ${page.name}: ${error.message}`, ...synopsis(page));
    say(world, `See: five-safes help ${page.name}`);
    return EXIT.usage;
  }
  if (error instanceof ConfigurationError) {
    // Who reads no configuration named a directory: that is told, and there is nothing to check.
    say(world, ...error.problems, ...('config' in page.options ? ['See: five-safes check'] : []));
    return EXIT.refused;
  }
  say(world, `five-safes ${page.name}: ${error instanceof Error ? error.message : String(error)}`);
  return EXIT.fault;
}
