import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type ProofKeyJwk, parseProofKey } from '../adapters/identity/make-proof.ts';
import type { Instant } from '../domain/time.ts';
import { loginFile, readLogin } from './login-file.ts';
import { UsageError, type World } from './world.ts';

/** Printable ASCII, as a header field can carry it. */
const HEADER_TEXT = /^[\x21-\x7e]{1,16384}$/;

/** What a question is asked with. */
export interface Access {
  readonly token: string;
  /** The key that the token is bound to; without it, the token is sent as bearer. */
  readonly key?: ProofKeyJwk;
  /** Named when signing in. */
  readonly gateway?: string;
}

/** The environment's token, else that of the last `five-safes login`. @throws UsageError where there is none. */
export function accessOf(world: World, now: Instant): Access {
  const { env } = world;
  const token = env['FIVE_SAFES_TOKEN'];
  if (!token) return stored(world, now);
  if (!HEADER_TEXT.test(token))
    throw new UsageError('FIVE_SAFES_TOKEN: expected an access token, and nothing around it');
  const text = env['FIVE_SAFES_DPOP_KEY'];
  return text ? { token, key: keyIn(text, world) } : { token };
}

function stored(world: World, now: Instant): Access {
  const { env } = world;
  const nowhere = !env['HOME'] && !env['XDG_STATE_HOME'];
  const login = nowhere ? undefined : readLogin(loginFile(world));
  if (login === undefined)
    throw new UsageError('FIVE_SAFES_TOKEN is not set: put your access token there, or sign in with five-safes login');
  const { issuer, token, key, gateway, expires } = login;
  if (expires !== undefined && expires <= now)
    throw new UsageError(`your sign-in has ended: five-safes login --issuer ${issuer}`);
  return { token, key, ...(gateway === undefined ? {} : { gateway }) };
}

/** A private JWK, or a file that holds one. */
function keyIn(text: string, world: World): ProofKeyJwk {
  const expected = 'FIVE_SAFES_DPOP_KEY: expected a private JWK on P-256, or a file that holds one';
  let key: ProofKeyJwk | undefined;
  try {
    key = parseProofKey(
      JSON.parse(text.trimStart().startsWith('{') ? text : readFileSync(resolve(world.directory, text), 'utf8')),
    );
  } catch {
    throw new UsageError(expected);
  }
  if (key === undefined) throw new UsageError(expected);
  return key;
}
