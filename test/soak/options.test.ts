import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

test.each([
  ['soak', ['--nosuch'], "Unknown option '--nosuch'"],
  ['soak', ['--seconds', 'x'], '--seconds: expected a whole number'],
  ['chaos', ['--kills'], "Option '--kills <value>' argument missing"],
  ['chaos', ['--break', 'all'], '--break: expected "order"'],
])('a wrong command line of %s is told, and nothing is started: %j', (script, args, says) => {
  const program = new URL(`../../scripts/${script}.ts`, import.meta.url).pathname;
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr.startsWith(says)).toBe(true);
  expect(stderr).not.toContain('node:internal');
});
