import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { loadKeys } from '../../src/adapters/sqlite/keys-file.ts';
import { openLedger } from '../../src/adapters/sqlite/ledger.ts';
import { dispatch } from '../../src/cli/dispatch.ts';
import { exchangeId } from '../../src/domain/ids.ts';
import type { EntryDraft } from '../../src/ledger/entry.ts';

const COMMAND = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

export interface Ended {
  readonly code: unknown;
  readonly out: string;
  readonly err: string;
}

/** Runs the real command. Nothing of this process's own settings reaches it. */
export async function fiveSafes(
  args: readonly string[],
  directory: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [COMMAND, ...args], {
    cwd: directory,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err, [code]]: [string, string, unknown[]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { code, out, err };
}

/**
 * The command in this process, for what needs none of its own: a process takes its half second to start. As there, nothing
 * of this process's own settings reaches it.
 */
export async function inThisProcess(
  args: readonly string[],
  directory: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const said = { out: '', err: '' };
  const code = await dispatch(args, {
    env,
    directory,
    terminal: false,
    out: (words) => {
      said.out += words;
    },
    err: (words) => {
      said.err += words;
    },
  });
  return { code, ...said };
}

const made: string[] = [];
afterAll(() => {
  for (const directory of made) rmSync(directory, { recursive: true, force: true });
});

/** A directory that goes when the tests of this file are over. */
export function temporary(): string {
  const directory = mkdtempSync(join(tmpdir(), 'five-safes-cli-'));
  made.push(directory);
  return directory;
}

/** A directory with `config` and `state` as `five-safes init` makes them. */
export async function initialised(): Promise<{ readonly root: string; readonly state: string; readonly key: string }> {
  const root = temporary();
  const { code, err } = await inThisProcess(['init'], root);
  if (code !== 0) throw new Error(err);
  const state = join(root, 'state');
  return { root, state, key: readFileSync(join(state, 'keys/verifier-key'), 'utf8').trim() };
}

/** Replaces the one place where `was` stands. */
export function edit(path: string, was: string | RegExp, is: string): void {
  const before = readFileSync(path, 'utf8');
  const after = before.replace(was, is);
  if (after === before) throw new Error(`${path} does not contain ${was}`);
  writeFileSync(path, after);
}

export function idOf(number: number) {
  return exchangeId(1_800_000_000_000 + number, Buffer.alloc(10, number));
}

/** Both entries of an exchange about one vehicle. @param number which exchange. */
export function draftsOf(number: number): readonly EntryDraft[] {
  const exchange = idOf(number);
  const leg = { dataset: 'tidewater-sales', holder: 'tidewater-cars' };
  const parts = {
    exchange,
    accountability: { who: { person: 'mara-lindqvist' }, justification: `engine ${number} found` },
    subject: { by: { scheme: 'vin', value: `WVWZZZ1KZ8W38600${number}` } },
  };
  return [
    { ...parts, kind: 'asked', standing: { asker: 'a', outcome: null, legs: [{ ...leg, state: 'open' }] } },
    { ...parts, kind: 'outcome', standing: { asker: 'a', outcome: 'none', legs: [{ ...leg, state: 'none' }] } },
  ];
}

/** Writes a ledger with the keys that are in its state directory. */
export async function writeLedger(state: string, drafts: readonly EntryDraft[]): Promise<void> {
  const { origin, signingKey, kek } = loadKeys(join(state, 'keys'));
  const ledger = await openLedger({ directory: state, origin, signingKey, kek, node: 'test' });
  for (const draft of drafts) await ledger.append(draft);
  await ledger.close();
}
