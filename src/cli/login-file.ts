import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { z } from 'zod';
import { type ProofKeyJwk, parseProofKey } from '../adapters/identity/make-proof.ts';
import type { Instant } from '../domain/time.ts';
import { UsageError, type World } from './world.ts';

/** A sign-in, as it is kept on the asker's machine. */
export interface Login {
  readonly issuer: string;
  /** The gateway that is asked unless another is named. */
  readonly gateway?: string;
  readonly token: string;
  /** The private key that the token is bound to. */
  readonly key: ProofKeyJwk;
  readonly expires?: Instant;
}

const LOGIN = z.object({
  issuer: z.string(),
  gateway: z.string().exactOptional(),
  token: z.string(),
  key: z.unknown(),
  expires: z.number().exactOptional(),
});

/** XDG Base Directory Specification: state, `~/.local/state` unless the environment says otherwise. */
export function loginFile({ env }: Pick<World, 'env'>): string {
  const state = env['XDG_STATE_HOME'];
  if (state !== undefined && isAbsolute(state)) return join(state, 'five-safes', 'login.json');
  const home = env['HOME'];
  if (home === undefined || !isAbsolute(home)) throw new UsageError('HOME and XDG_STATE_HOME are not set: use --print');
  return join(home, '.local', 'state', 'five-safes', 'login.json');
}

/** Replaces an earlier login in one step; for the owner's eyes only, from the first byte on. */
export function saveLogin(path: string, login: Login): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const fresh = `${path}.${process.pid}`;
  const descriptor = openSync(fresh, 'wx', 0o600);
  try {
    writeSync(descriptor, `${JSON.stringify(login)}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(fresh, path);
}

/** @returns undefined where nobody has signed in. @throws UsageError where the file is none of ours, or open to others. */
export function readLogin(path: string): Login | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  if ((found.mode & 0o077) !== 0)
    throw new UsageError(`${path} is open to others: sign in again, its key may be known`);
  const read = LOGIN.safeParse(parsed(readFileSync(path, 'utf8'))).data;
  const key = parseProofKey(read?.key);
  if (read === undefined || key === undefined) throw new UsageError(`${path} is not a login: sign in again`);
  return { ...read, key };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
