import { OUTPUT_LEVELS } from '../domain/enquiry.ts';
import { SCHEMES } from '../domain/identifier.ts';
import { exchangeId } from '../domain/ids.ts';
import type { Agreement, Person, Project } from '../domain/partnership.ts';
import { HOUR } from '../domain/time.ts';
import type { Registry } from '../registry/registry.ts';
import { type Flaw, flaw } from '../rulebook/flaw.ts';
import type { Page } from '../rulebook/page.ts';
import type { Rulebook } from '../rulebook/rulebook.ts';
import { flatMapSteps, type Steps } from '../rulebook/turns.ts';
import { type Authorities, decide } from '../safes/decide.ts';

const STRANGER = 'nobody-mentioned';

/**
 * Asks everything that can be asked under a page for somebody whom no row mentions: of a partner that has not signed, without a role,
 * in a project of its own, but well signed in and at a good hour. The answer must be a refusal.
 * @returns a flaw for each dataset at which it is not.
 */
export function* strangersAllowed(page: Page, registry: Registry, rulebook: Rulebook): Steps<readonly Flaw[]> {
  const agreement = registry.agreement(page.name);
  if (agreement === undefined) return [];
  const authorities = authoritiesFor(agreement, registry, rulebook);
  return yield* flatMapSteps(agreement.datasets, (dataset) => {
    const allowed = OUTPUT_LEVELS.filter((output) => isAllowed(authorities, agreement, dataset, output));
    if (allowed.length === 0) return [];
    return [
      flaw(page.place, 'expected/allowed', `nobody to get ${dataset} (${allowed.join(', ')}) whom no row mentions`),
    ];
  });
}

function isAllowed(
  authorities: Authorities,
  agreement: Agreement,
  dataset: string,
  output: (typeof OUTPUT_LEVELS)[number],
) {
  const identifiers = authorities.dataset(dataset)?.identifiers ?? {};
  const scheme = SCHEMES.find((s) => identifiers[s] !== undefined) ?? 'vin';
  const now = agreement.from;
  const { legs } = decide(authorities, {
    exchange: exchangeId(now, new Uint8Array(10)),
    now,
    caller: { issuer: STRANGER, subject: STRANGER, amr: ['pwd', 'mfa'], authTime: now - HOUR, bound: true },
    networks: [],
    enquiry: {
      project: STRANGER,
      purpose: agreement.purposes[0] ?? '',
      case: '1',
      justification: 'expected refusal',
      datasets: [dataset],
      by: { scheme, value: 'EXPECTED', full: true },
      output,
    },
  });
  return legs.some(({ permit, findings }) => permit !== null || findings.people.verdict === 'allow');
}

function authoritiesFor(agreement: Agreement, registry: Registry, rulebook: Rulebook): Authorities {
  const person: Person = {
    ...{ id: STRANGER, name: STRANGER, partner: STRANGER, identities: [] },
    ...{ roles: [], accreditations: [], trainings: [], suspensions: [] },
  };
  const project: Project = {
    ...{ id: STRANGER, title: STRANGER, agreement: agreement.id, partner: STRANGER, members: [STRANGER] },
    ...{
      legalBasis: agreement.legalBases[0] ?? 'led-8',
      casePattern: '#',
      from: agreement.from,
      until: agreement.until,
    },
  };
  return {
    ...registry,
    personOf: () => person,
    project: () => project,
    roles: rulebook.roles,
    rulesFor: rulebook.rulesFor,
    acceptedBy: () => [],
    isPaused: () => false,
    version: () => 0,
  };
}
