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

/** One flat snapshot for a leg. Only what is known appears: `exactOptionalPropertyTypes` keeps undefined out. */
export function factsOf(c: Circumstances, dataset: Dataset): Facts {
  const { now, caller, person, project, agreement, enquiry } = c;
  return {
    'clock.now': now,
    'caller.person': person.id,
    'caller.partner': person.partner,
    'caller.roles': rolesInForce(person, c.roles, now),
    'caller.suspended': person.suspensions.some((s) => inForce(s, now)),
    ...Object.fromEntries(
      person.accreditations.filter((a) => inForce(a, now)).map((a) => [`accreditation.${a.name}`, a.until]),
    ),
    ...latest(person.trainings.filter((t) => inForce(t, now))),
    ...currentUndertakings(agreement, c.accepted),
    ...(caller.acr === undefined ? {} : { 'token.acr': caller.acr }),
    ...(caller.amr === undefined ? {} : { 'token.amr': caller.amr }),
    ...(caller.authTime === undefined ? {} : { 'token.auth-time': caller.authTime }),
    'token.bound': caller.bound,
    'channel.networks': c.networks,
    'agreement.id': agreement.id,
    'agreement.from': agreement.from,
    'agreement.until': agreement.until,
    'agreement.time-zone': agreement.timeZone,
    'project.id': project.id,
    'project.partner': project.partner,
    'project.from': project.from,
    'project.until': project.until,
    'project.legal-basis': project.legalBasis,
    'project.case-pattern': project.casePattern,
    'project.member': project.members.includes(person.id),
    'enquiry.purpose': enquiry.purpose,
    ...(enquiry.case === undefined ? {} : { 'enquiry.case': enquiry.case }),
    'enquiry.output': enquiry.output,
    'enquiry.scheme': enquiry.by.scheme,
    'enquiry.full': enquiry.by.full,
    'dataset.id': dataset.id,
    'dataset.holder': dataset.holder,
    ...(c.paused === undefined ? {} : { 'dataset.paused': c.paused }),
  };
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
