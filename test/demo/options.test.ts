import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

const PROGRAM = new URL('../../demo/demo.ts', import.meta.url).pathname;

test.each([
  [['--nosuch'], "Unknown option '--nosuch'"],
  [['--seed'], "Option '--seed <value>' argument missing"],
  [['--seed', 'x'], '--seed takes a whole number'],
  [['extra'], "Unexpected argument 'extra'"],
])('a wrong command line is told, with the options there are, and nothing is started: %j', (args, says) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], { encoding: 'utf8' });
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr.startsWith(says)).toBe(true);
  expect(stderr).toContain('npm run demo -- [options]');
  expect(stderr).not.toContain('node:internal');
});
