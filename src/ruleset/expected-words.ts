import { isDay } from '../domain/local-time.ts';
import { isPurpose } from '../domain/purpose.ts';
import type { Registry } from '../registry/registry.ts';
import type { ExpectedCase } from '../rulebook/expected.ts';
import type { Roles } from '../rulebook/roles.ts';

/** The names that an expected decision may use. */
export interface KnownWords {
  readonly registry: Pick<Registry, 'agreements' | 'partner' | 'project' | 'dataset'>;
  readonly roles: Roles;
  readonly networks: readonly string[];
}

const STANDING =
  /^(?:member|suspended|paused|accreditation:.+|training:.+@(?<trained>.*)|undertaking:(?<promise>.+)@(?<accepted>.*))$/;
const SIGN_IN = /^(?:mfa|bound|\d{1,6}h)$/;

/**
 * What an expected decision speaks of and nobody knows. Most of them expect refusals, and a word that is misspelt is refused
 * as well: the case would come true and try nothing.
 * @returns in words; undefined: all is known.
 */
export function unknownWord(expected: ExpectedCase, { registry, roles, networks }: KnownWords): string | undefined {
  const { project, dataset, partner, purpose } = expected;
  if (registry.project(project) === undefined) return `there is no project "${project}"`;
  if (registry.dataset(dataset) === undefined) return `there is no dataset "${dataset}"`;
  if (registry.partner(partner) === undefined) return `there is no partner "${partner}"`;
  if (!isPurpose(purpose)) return `there is no purpose "${purpose}"`;
  const misses = (of: readonly string[], known: (word: string) => boolean) => of.find((word) => !known(word));
  const role = misses(expected.roles, (word) => roles.has(word));
  if (role !== undefined) return `there is no role "${role}"`;
  const network = misses(expected.networks, (word) => networks.includes(word));
  if (network !== undefined) return `there is no network "${network}"`;
  const signIn = misses(expected.signIn, (word) => SIGN_IN.test(word));
  if (signIn !== undefined) return `"${signIn}" is not understood in "sign-in"`;
  const standing = misses(expected.standing, (word) => isStanding(word, registry));
  return standing === undefined ? undefined : `"${standing}" is not understood in "standing"`;
}

function isStanding(word: string, { agreements }: KnownWords['registry']): boolean {
  const groups = STANDING.exec(word)?.groups;
  if (groups === undefined) return false;
  const { trained, promise, accepted } = groups;
  if (!isDay(trained ?? accepted ?? '2000-01-01')) return false;
  return promise === undefined || agreements.some(({ undertakings }) => undertakings.some(({ id }) => id === promise));
}
