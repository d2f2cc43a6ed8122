import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const SCRIPT = fileURLToPath(new URL('../../scripts/interop.ts', import.meta.url));

function interop(env: Readonly<Record<string, string>>) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT], { encoding: 'utf8', env });
  return { status, out: stdout, err: stderr };
}

const NOT_RUN = '{"interop":"not-run","inclusion":0,"consistency":0,"tiles":0,"rejected":0}\n';

test('without Go nothing is run, and that is said', () => {
  expect(interop({ PATH: '/nowhere' })).toEqual({
    status: 0,
    out: NOT_RUN,
    err: 'interop: not run: there is no go on the path\n',
  });
});

test('without the packages neither', () => {
  const { status, out, err } = interop({ PATH: process.env['PATH'] ?? '', GOPATH: '/nowhere' });
  expect([status, out, err]).toEqual([0, NOT_RUN, expect.stringMatching(/^interop: not run: .+\n$/)]);
});
