import { readPolicies } from '../src/adapters/policies.ts';
import { type Config, loadConfig } from '../src/config.ts';
import type { Caller } from '../src/domain/caller.ts';
import type { Enquiry } from '../src/domain/enquiry.ts';
import { canonicalIdentifier } from '../src/domain/identifier.ts';
import type { Digest } from '../src/domain/versions.ts';
import { createLive } from '../src/registry/live.ts';
import type { RulesetContext } from '../src/ruleset.ts';

/** The example partnership at a moment at which everything in it is in force. */
export const NOW = Date.parse('2026-11-23T10:00:00Z');
export const EXAMPLE_CONFIG = new URL('../config', import.meta.url).pathname;
export const EXAMPLE_POLICIES = new URL('../policies', import.meta.url).pathname;
export const NO_DIGEST: Digest = `sha256:${'0'.repeat(64)}`;

export function exampleConfig(): Config {
  return loadConfig(EXAMPLE_CONFIG, {});
}

export function examplePolicies(): Map<string, string> {
  return new Map(readPolicies(EXAMPLE_POLICIES));
}

export function rulesetContext(config: Config): RulesetContext {
  const { registry, networks, networksOf } = config;
  return { registry, live: createLive(), networks, networksOf, configuration: config.digest, build: NO_DIGEST };
}

/** Mara Lindqvist, investigator of Kestrel, signed in an hour ago with two factors, her token bound to a key. */
export function mara(changes: Partial<Caller> = {}): Caller {
  return {
    issuer: 'http://127.0.0.1:9101',
    subject: 'mara.lindqvist',
    amr: ['pwd', 'mfa'],
    authTime: NOW - 3_600_000,
    bound: true,
    ...changes,
  };
}

export function vin(value: string) {
  const identifier = canonicalIdentifier('vin', value);
  if (identifier === undefined) throw new Error(`not a VIN: ${value}`);
  return identifier;
}

export function enquiry(changes: Partial<Enquiry> = {}): Enquiry {
  return {
    project: 'op-gearbox',
    purpose: 'SuspectedCrimeInvestigation',
    case: 'KP-2026-AB',
    justification: 'engine found without a car',
    datasets: ['tidewater-sales'],
    by: vin('JTEZU5JR8D5050504'),
    output: 'records',
    ...changes,
  };
}
