import { describe, expect, test } from 'vitest';
import { ASK } from '../../src/cli/pages/ask.ts';
import { CHECK } from '../../src/cli/pages/check.ts';
import { INIT } from '../../src/cli/pages/init.ts';
import { LOG_LIST, LOG_SHOW } from '../../src/cli/pages/log.ts';
import { VERIFY } from '../../src/cli/pages/verify.ts';
import { fiveSafes, inThisProcess, temporary } from './command.ts';

const PAGES = [INIT, CHECK, ASK, LOG_LIST, LOG_SHOW, VERIFY];
const root = temporary();

describe('help', () => {
  test('lists every command, with or without the word help', async () => {
    const [bare, asked, option] = await Promise.all([[], ['help'], ['--help']].map((args) => fiveSafes(args, root)));
    expect(bare).toEqual({ code: 0, out: expect.stringContaining('Usage: five-safes COMMAND'), err: '' });
    expect(asked).toEqual(bare);
    expect(option).toEqual(bare);
    for (const { name, summary } of PAGES) expect(bare?.out).toMatch(new RegExp(`^  ${name} +${summary}$`, 'm'));
  });

  test.each(PAGES.map((page) => [page.name, page] as const))('tells all of %s', async (name, page) => {
    const { code, out, err } = await inThisProcess([...name.split(' '), '--help'], root);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain(`Usage: five-safes ${name}`);
    for (const option of Object.keys(page.options)) expect(out).toMatch(new RegExp(`^  --${option} .+`, 'm'));
    for (const [variable] of page.environment) expect(out).toContain(variable);
    for (const heading of ['Options:', 'Example', 'Exit codes:']) expect(out).toContain(heading);
    for (const exit of ['0', '1', '2', '3']) expect(out).toMatch(new RegExp(`^  ${exit}  \\S`, 'm'));
  });

  test('tells of both log commands, and of one', async () => {
    const { out } = await inThisProcess(['help', 'log'], root);
    expect(out).toContain('five-safes log list:');
    expect(out).toContain('five-safes log show:');
    expect((await inThisProcess(['help', 'log', 'show'], root)).out).not.toContain('five-safes log list:');
  });
});

describe('a wrong command line', () => {
  test.each([
    [
      'an unknown command',
      ['frobnicate'],
      'expected one of: init, check, login, ask, explain, pause, resume, erase, hold, rulebook, keys, log, register, verify, witness, not "frobnicate"',
    ],
    ['half a command', ['log'], 'expected one of: log list, log show'],
    ['help on nothing known', ['help', 'frobnicate'], 'expected one of'],
    ['an unknown option', ['check', '--fast'], "Unknown option '--fast'"],
    ['an option of another command', ['log', 'list', '--details'], "Unknown option '--details'"],
    ['an option twice', ['check', '--config', 'a', '--config', 'b'], '--config can be given only once'],
    ['an option without its value', ['check', '--config'], '--config'],
    ['an argument too many', ['check', 'here'], 'unexpected argument "here"'],
    ['an argument too few', ['verify', '--key', 'k'], 'expected DB|DIRECTORY'],
    ['a number that is none', ['log', 'list', '--limit', 'ten'], '--limit: expected a whole number'],
    ['two places', ['log', 'list', '--config', 'a', '--state', 'b'], '--config or --state, not both'],
    ['a kind that is none', ['log', 'list', '--kind', 'question'], '--kind: expected one of asked, outcome'],
    ['details without a reason', ['log', 'show', '1', '--details'], '--details needs --reason'],
    ['details for a blank reason', ['log', 'show', '1', '--details', '--reason', ' '], '--details needs --reason'],
    ['a reason on two lines', ['log', 'show', '1', '--details', '--reason', 'a\nb'], 'on one line'],
    ['a reason for nothing', ['log', 'show', '1', '--reason', 'audit'], '--reason goes with --details'],
    ['no key', ['verify', '.'], '--key is required'],
    ['a key that is none', ['verify', '.', '--key', 'log+00000000+AAAA'], '--key: expected a verifier key'],
  ])('%s: exit 2, nothing on standard output', async (_, args, says) => {
    const { code, out, err } = await inThisProcess(args, root);
    expect({ code, out, err }).toEqual({ code: 2, out: '', err: expect.stringContaining(says) });
    expect(err).toContain('See: five-safes help');
  });

  test('is shown without the escapes that were in it', async () => {
    const { err } = await inThisProcess(['\u001b[2Jclear'], root);
    expect(err).toContain('\\u{1b}[2Jclear');
  });
});
