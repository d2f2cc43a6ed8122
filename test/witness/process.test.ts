import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { createWitness, witnessMemory } from '../../src/adapters/sqlite/witness-key.ts';
import { dispatch } from '../../src/cli/dispatch.ts';
import { parseWitnessKey } from '../../src/ledger/cosignature.ts';
import { verifierKey } from '../../src/ledger/note.ts';
import { originHash } from '../../src/ledger/witnessing.ts';
import { type Ended, fiveSafes, temporary } from '../cli/command.ts';
import { log, ORIGIN } from './logs.ts';

const COMMAND = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
const KILLED = fileURLToPath(new URL('./killed.ts', import.meta.url));
const ours = log();
const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

function settings(changes: Readonly<Record<string, string>> = {}): { root: string; file: string; key: string } {
  const root = temporary();
  const key = createWitness(join(root, 'state'), 'witness.example/kestrel');
  const parts = {
    listen: '{host: 127.0.0.1, port: 0}',
    state: 'state',
    logs: `["${verifierKey(ORIGIN, ours.key)}"]`,
    ...changes,
  };
  const file = join(root, 'witness.yaml');
  writeFileSync(
    file,
    Object.entries(parts)
      .map(([name, value]) => `${name}: ${value}\n`)
      .join(''),
  );
  return { root, file, key };
}

/** Starts a witness. @returns its address, once it says it. */
async function started(
  args: readonly string[],
  stream: 'stdout' | 'stderr',
): Promise<{ url: string; child: ChildProcess }> {
  const child = spawn(process.execPath, [...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  running.push(child);
  const output: Readable | null = child[stream];
  if (output === null) throw new Error('no output');
  for await (const chunk of output.iterator({ destroyOnReturn: false })) {
    const line: { event: string; url: string } = JSON.parse(String(chunk).split('\n')[0] ?? '');
    if (line.event === 'listening') return { url: line.url, child };
  }
  throw new Error('the witness did not listen');
}

/** The command in this process: what it refuses, it refuses at once. */
async function here(args: readonly string[], directory: string): Promise<Ended> {
  const said = { out: '', err: '' };
  const out = (text: string) => (said.out += text);
  const code = await dispatch(args, { env: {}, directory, terminal: false, out, err: (text) => (said.err += text) });
  return { code, ...said };
}

const post = (url: string, body: string, init: RequestInit = {}) =>
  fetch(`${url}/add-checkpoint`, { method: 'POST', body, ...init });

describe('five-safes witness', () => {
  test('makes a witness, runs it, answers over HTTP, stops when told', async () => {
    const { root, file } = settings();
    rmSync(join(root, 'state'), { recursive: true });
    const made = await fiveSafes(['witness', '--init', '--name', 'witness.example/kestrel', '--state', 'state'], root);
    expect(made.code).toBe(0);
    const { verifierKey: key } = JSON.parse(made.out);
    expect(parseWitnessKey(key)?.name).toBe('witness.example/kestrel');
    expect((await fiveSafes(['witness', '--init', '--name', 'other', '--state', 'state'], root)).code).toBe(3);

    const { url, child } = await started([COMMAND, 'witness', '--run', file], 'stderr');
    const monitored = `${url}/${originHash(ORIGIN)}/checkpoint`;
    expect((await fetch(monitored)).status).toBe(404);
    const first = await post(url, ours.request(0, 8));
    expect([first.status, first.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
    const line = await first.text();
    expect(line).toMatch(/^— witness\.example\/kestrel [A-Za-z0-9+/=]+\n$/);
    expect(await (await fetch(monitored)).text()).toBe(ours.note(8) + line);
    const conflict = await post(url, ours.request(0, 13));
    expect([conflict.status, conflict.headers.get('content-type'), await conflict.text()]).toEqual([
      409,
      'text/x.tlog.size',
      '8\n',
    ]);
    expect((await post(url, 'x'.repeat(70_000))).status).toBe(413);
    expect((await post(url, ours.request(8, 13), { headers: { 'content-encoding': 'gzip' } })).status).toBe(415);
    expect((await fetch(`${url}/add-checkpoint`)).status).toBe(405);
    expect((await fetch(`${url}/elsewhere`)).status).toBe(404);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  test('killed between writing down and answering: the next request hears 409 and goes on from there', async () => {
    const { file } = settings();
    const { url } = await started([KILLED, file], 'stdout');
    await expect(post(url, ours.request(0, 8))).rejects.toThrow();
    const again = await started([COMMAND, 'witness', '--run', file], 'stderr');
    const conflict = await post(again.url, ours.request(0, 13));
    expect([conflict.status, await conflict.text()]).toEqual([409, '8\n']);
    expect((await post(again.url, ours.request(8, 13))).status).toBe(200);
    expect((await post(again.url, ours.request(13, 13))).status).toBe(200);
  });

  const doubts: readonly (readonly [
    number,
    string,
    string,
    (at: { root: string; file: string; key: string }) => void,
  ])[] = [
    [3, 'its memory is missing', 'is missing', ({ root }) => rmSync(witnessMemory(join(root, 'state')))],
    [
      3,
      'its key can be read by others',
      'open to others',
      ({ root }) => chmodSync(join(root, 'state/witness-key.pem'), 0o644),
    ],
    [
      3,
      'its verifier key is that of a log',
      'expected a verifier key of a witness',
      ({ root }) => writeFileSync(join(root, 'state/verifier-key'), verifierKey(ORIGIN, ours.key)),
    ],
    [
      1,
      'a log is given by the key of a witness',
      'logs[0]: expected the verifier key of a log',
      ({ file, key }) => writeFileSync(file, readFileSync(file, 'utf8').replace(/logs: .*/, `logs: ["${key}"]`)),
    ],
    [
      1,
      'a key is given twice',
      'expected each key only once',
      ({ file }) => writeFileSync(file, readFileSync(file, 'utf8').replace(/logs: \[(.*)\]/, 'logs: [$1, $1]')),
    ],
    [
      1,
      'a setting is not known',
      'more: unknown key',
      ({ file }) => writeFileSync(file, `${readFileSync(file, 'utf8')}more: 1\n`),
    ],
    [1, 'there are no settings', 'ENOENT', ({ file }) => rmSync(file)],
  ];
  test.each(doubts)('ends with %i and does not start where %s', async (code, _, message, spoil) => {
    const at = settings();
    spoil(at);
    const ended = await here(['witness', '--run', at.file], at.root);
    expect([ended.code, ended.out]).toEqual([code, '']);
    expect(ended.err.toLowerCase()).toContain(message.toLowerCase());
  });

  test.each([
    [['witness']],
    [['witness', '--init', '--run', 'x']],
    [['witness', '--init', '--name', 'a b', '--state', 's']],
    [['witness', '--run', 'x', '--state', 's']],
  ])('is told how it is written: %j', async (args) => {
    expect((await here(args, temporary())).code).toBe(2);
  });
});
