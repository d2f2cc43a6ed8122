import { table } from './output.ts';
import type { Page } from './page.ts';

/** Help for one command. */
export function pageText(page: Page): readonly string[] {
  const options = Object.entries(page.options).map(([name, { value, multiple, says }]) => [
    `--${name}${value === undefined ? '' : ` ${value}`}${multiple === true ? ' …' : ''}`,
    says,
  ]);
  return [
    `five-safes ${page.name}: ${page.summary}`,
    '',
    ...synopsis(page),
    '',
    ...page.says,
    ...section('Options', table([...options, ['--help', 'this text']], '  ')),
    ...section('Environment', table(page.environment, '  ')),
    ...section(
      page.examples.length === 1 ? 'Example' : 'Examples',
      page.examples.map((line) => `  ${line}`),
    ),
    ...section('Exit codes', table(page.exits, '  ')),
  ];
}

/** How the command is written. */
export function synopsis(page: Page): readonly string[] {
  return page.synopsis.map((line, i) => `${i === 0 ? 'Usage: ' : '       '}${line}`);
}

/** The list of commands. */
export function overview(pages: readonly Page[]): readonly string[] {
  return [
    'five-safes: the command of the Five Safes gateway, for those who run it, ask through it or check its log.',
    '',
    'Usage: five-safes COMMAND [OPTIONS]',
    ...section('Commands', table([...pages.map((p) => [p.name, p.summary]), ['help [COMMAND]', 'more on it']], '  ')),
    ...section('Standard output', [
      '  On a terminal the result is told for people. With --json, or where standard output is no terminal, it is JSON and',
      '  nothing else; what is for people then goes to standard error.',
    ]),
    ...section(
      'Exit codes',
      table(
        [
          ['0', 'done, answered, verified'],
          ['1', 'refused, invalid, not verified, not found'],
          ['2', 'the command line is wrong'],
          ['3', 'a fault: something cannot be reached, read or written'],
        ],
        '  ',
      ),
    ),
    ...section('A start', [
      '  five-safes init                 lay out a configuration and make the keys',
      '  five-safes check                look for mistakes in it',
      '  npm start                       run the gateway',
    ]),
  ];
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines];
}
