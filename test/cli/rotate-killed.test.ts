import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { canTrace } from '../../scripts/chaos/tracer.ts';
import { loadKeys } from '../../src/adapters/sqlite/keys-file.ts';
import { openReader } from '../../src/adapters/sqlite/reader.ts';
import { draftsOf, initialised, inThisProcess, temporary, writeLedger } from './command.ts';

const COMMAND = new URL('../../src/cli.ts', import.meta.url).pathname;
/** What a change of keys does to files, but for what it reads: between two of these a crash finds the same as at the second. */
const STEPS = ['fsync', 'fdatasync', 'rename', 'unlink', 'pwrite64'] as const;
type Step = (typeof STEPS)[number];
/** SQLite's own steps are many and alike; those before a commit leave what the first of them leaves. */
const MOST_OF_A_KIND = 10;

let folder: string;
let first: string;
beforeAll(async () => {
  const { root, state, key } = await initialised();
  await writeLedger(state, [...draftsOf(1), ...draftsOf(2)]);
  folder = temporary();
  cpSync(root, join(folder, 'as-it-was'), { recursive: true });
  first = key;
});

function copy(): string {
  const root = mkdtempSync(join(folder, 'copy-'));
  cpSync(join(folder, 'as-it-was'), root, { recursive: true });
  return root;
}

/** The real command under strace, whose log lists the steps of its main thread. */
async function traced(args: readonly string[], root: string, rule: readonly string[] = []) {
  const log = join(root, 'steps');
  const rules = ['-e', `trace=${STEPS.join(',')}`, ...rule.flatMap((each) => ['-e', each])];
  const child = spawn(
    'strace',
    ['-f', '-qq', '-o', log, ...rules, process.execPath, COMMAND, ...args, '--state', 'state'],
    // What is compiled is kept by renaming, now and then: those are no steps of the change.
    { cwd: root, env: { PATH: process.env['PATH'] ?? '', NODE_DISABLE_COMPILE_CACHE: '1' }, stdio: 'ignore' },
  );
  const [code]: unknown[] = await once(child, 'exit');
  return { code, lines: readFileSync(log, 'utf8').split('\n') };
}

/** Each moment at which the command can be killed: before the n-th step of a kind. */
async function momentsOf(args: readonly string[]): Promise<{ readonly step: Step; readonly n: number }[]> {
  const { code, lines } = await traced(args, copy());
  expect(code).toBe(0);
  const pid = /^\d+/.exec(lines.find((line) => line.includes(' fsync(')) ?? '')?.[0] ?? '';
  return STEPS.flatMap((step) => {
    const count = lines.filter((line) => line.startsWith(pid) && line.includes(` ${step}(`)).length;
    const every = Math.max(1, Math.ceil(count / MOST_OF_A_KIND));
    return Array.from({ length: count }, (_, i) => ({ step, n: i + 1 })).filter(({ n }) => n % every === 0);
  });
}

/** What stands after a second attempt: the log is whole under the first key and the present one, and opens. */
async function expectWhole(root: string): Promise<number> {
  const state = join(root, 'state');
  const { verifierKey, kek } = loadKeys(join(state, 'keys'));
  for (const key of [first, verifierKey]) {
    const { out } = await inThisProcess(['verify', 'state', '--key', key, '--json'], root);
    expect(JSON.parse(out)).toMatchObject({ verified: true, open: 0, erased: 0, firstBad: null });
  }
  expect(readdirSync(join(state, 'keys')).filter((name) => /next|pending|\.new$/.test(name))).toEqual([]);
  const reader = openReader(state);
  try {
    const entries = reader.list(0, 100);
    for (const { index } of entries) expect(reader.openDetails(index, kek)?.accountability).not.toBe(null);
    return entries.filter(({ kind }) => kind === 'log-key').length;
  } finally {
    reader.close();
  }
}

describe.runIf(canTrace())('killed between any two of its steps', { timeout: 240_000 }, () => {
  test.each([
    ['a change of the signing key', ['log', 'rotate-key'], [1, 2]],
    ['a change of the key-encryption key', ['keys', 'rotate-kek'], [0]],
  ] as const)('%s is ended by running it again', async (_, args, changes) => {
    const moments = await momentsOf(args);
    expect(new Set(moments.map(({ step }) => step)).has('rename')).toBe(true);
    const killedAt = async ({ step, n }: (typeof moments)[number]) => {
      const root = copy();
      const { code } = await traced(args, root, [`inject=${step}:signal=SIGKILL:when=${n}`]);
      expect(code, `${step} ${n}`).toBe(null);
      const again = await inThisProcess([...args, '--state', 'state'], root);
      expect(again.code, `${step} ${n}: ${again.err}`).toBe(0);
      // A change that was durable when the command died is carried to its end, and then made again.
      expect(changes).toContain(await expectWhole(root));
    };
    for (let at = 0; at < moments.length; at += 2) await Promise.all(moments.slice(at, at + 2).map(killedAt));
  });
});
