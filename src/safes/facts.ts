import type { Caller } from '../domain/caller.ts';
import type { Dataset } from '../domain/dataset.ts';
import type { Enquiry } from '../domain/enquiry.ts';
import type { Facts } from '../domain/facts.ts';
import { type Acceptance, type Agreement, inForce, type Person, type Project } from '../domain/partnership.ts';
import type { Instant } from '../domain/time.ts';

/** All that is known about a question before rules are asked. */
export interface Circumstances {
  readonly now: Instant;
  readonly caller: Caller;
  /** Names of the networks that the client's address is in. */
  readonly networks: readonly string[];
  readonly person: Person;
  /** Roles that each role includes, itself first. */
  readonly roles: ReadonlyMap<string, readonly string[]>;
  readonly project: Project;
  readonly agreement: Agreement;
  readonly enquiry: Enquiry;
  /** Undertakings that the person has accepted. */
  readonly accepted: readonly Acceptance[];
  /** Undefined: it is not known whether the holder has paused the dataset. */
  readonly paused: boolean | undefined;
}

/**
 * One flat snapshot for a leg. Only what is known appears: `exactOptionalPropertyTypes` keeps undefined out. In the order of
 * the names, in which it is written down.
 */
export function factsOf(c: Circumstances, dataset: Dataset): Facts {
  const { now, caller, person, project, agreement, enquiry } = c;
  const { accreditations, roles, suspended, trainings } = standingOf(person, c.roles, now);
  return {
    ...accreditations,
    'agreement.from': agreement.from,
    'agreement.id': agreement.id,
    'agreement.time-zone': agreement.timeZone,
    'agreement.until': agreement.until,
    'caller.partner': person.partner,
    'caller.person': person.id,
    'caller.roles': roles,
    'caller.suspended': suspended,
    'channel.networks': c.networks,
    'clock.now': now,
    'dataset.holder': dataset.holder,
    'dataset.id': dataset.id,
    ...(c.paused === undefined ? {} : { 'dataset.paused': c.paused }),
    ...(enquiry.case === undefined ? {} : { 'enquiry.case': enquiry.case }),
    'enquiry.full': enquiry.by.full,
    'enquiry.output': enquiry.output,
    'enquiry.purpose': enquiry.purpose,
    'enquiry.scheme': enquiry.by.scheme,
    'project.case-pattern': project.casePattern,
    'project.from': project.from,
    'project.id': project.id,
    'project.legal-basis': project.legalBasis,
    'project.member': project.members.includes(person.id),
    'project.partner': project.partner,
    'project.until': project.until,
    ...(caller.acr === undefined ? {} : { 'token.acr': caller.acr }),
    ...(caller.amr === undefined ? {} : { 'token.amr': caller.amr }),
    ...(caller.authTime === undefined ? {} : { 'token.auth-time': caller.authTime }),
    'token.bound': caller.bound,
    ...trainings,
    ...currentUndertakings(agreement, c.accepted),
  };
}

/** What the registry says of a person from one instant on until another. */
interface Standing {
  readonly from: Instant;
  readonly until: Instant;
  /** Of the rulebook version whose roles these are. */
  readonly included: Circumstances['roles'];
  readonly accreditations: Readonly<Record<`accreditation.${string}`, Instant>>;
  readonly roles: readonly string[];
  readonly suspended: boolean;
  readonly trainings: Readonly<Record<`training.${string}`, Instant>>;
}

/**
 * The last found of each person, who asks again before anything about him begins or ends, most of the time. Rests on a
 * Person being frozen, with all it holds, and replaced by another object where something else holds of him: one that was
 * changed in place would go on with the roles, or without the suspension, that it had.
 */
const standings = new WeakMap<Person, Standing>();

function standingOf(person: Person, included: Circumstances['roles'], now: Instant): Standing {
  const known = standings.get(person);
  if (known !== undefined && known.included === included && inForce(known, now)) return known;
  const terms = [...person.roles, ...person.suspensions, ...person.accreditations, ...person.trainings];
  const turns = terms.flatMap(({ from, until }) => [from, until]);
  const standing: Standing = {
    from: Math.max(Number.NEGATIVE_INFINITY, ...turns.filter((turn) => turn <= now)),
    until: Math.min(Number.POSITIVE_INFINITY, ...turns.filter((turn) => turn > now)),
    included,
    accreditations: Object.freeze(
      Object.fromEntries(
        person.accreditations
          .filter((a) => inForce(a, now))
          .map((a) => [`accreditation.${a.name}` as const, a.until] as const)
          .sort(([a], [b]) => (a < b ? -1 : 1)),
      ),
    ),
    roles: Object.freeze(rolesInForce(person, included, now)),
    suspended: person.suspensions.some((s) => inForce(s, now)),
    trainings: Object.freeze(latest(person.trainings.filter((t) => inForce(t, now)))),
  };
  standings.set(person, standing);
  return standing;
}

/** Roles that a person has at `now`, those they include among them, each once. */
export function rolesInForce(
  person: Person,
  roles: ReadonlyMap<string, readonly string[]>,
  now: Instant,
): readonly string[] {
  return [...new Set(person.roles.filter((r) => inForce(r, now)).flatMap((r) => roles.get(r.name) ?? []))];
}

/** Of several records of one training the latest counts. */
function latest(
  trainings: readonly { readonly name: string; readonly from: Instant }[],
): Record<`training.${string}`, Instant> {
  const result: Record<`training.${string}`, Instant> = {};
  for (const { name, from } of trainings) {
    const key = `training.${name}` as const;
    result[key] = Math.max(result[key] ?? from, from);
  }
  return result;
}

/** An acceptance of an earlier version is none of the present one. */
function currentUndertakings(
  { undertakings }: Agreement,
  accepted: readonly Acceptance[],
): Record<`undertaking.${string}`, Instant> {
  const current = accepted.filter((a) => undertakings.some((u) => u.id === a.undertaking && u.version === a.version));
  return Object.fromEntries(current.map((a) => [`undertaking.${a.undertaking}` as const, a.accepted]));
}
