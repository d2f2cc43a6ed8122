import type { JsonValue } from './json.ts';

/**
 * Everything a decision depends on, flat and typed, sealed with the record so that the decision can be replayed. A
 * fact that is not there is unknown: conditions on it neither hold nor fail (see `catalogue.ts`).
 */
export interface FixedFacts {
  /** Epoch ms. */
  readonly 'clock.now': number;
  readonly 'caller.person': string;
  readonly 'caller.partner': string;
  /** Roles in force, broader ones included. */
  readonly 'caller.roles': readonly string[];
  readonly 'caller.suspended': boolean;
  readonly 'token.acr': string;
  readonly 'token.amr': readonly string[];
  /** Epoch ms. */
  readonly 'token.auth-time': number;
  readonly 'token.bound': boolean;
  /** Named networks that the client's address is in. */
  readonly 'channel.networks': readonly string[];
  readonly 'agreement.id': string;
  readonly 'agreement.from': number;
  readonly 'agreement.until': number;
  readonly 'agreement.time-zone': string;
  readonly 'project.id': string;
  readonly 'project.partner': string;
  readonly 'project.from': number;
  readonly 'project.until': number;
  readonly 'project.legal-basis': string;
  readonly 'project.case-pattern': string;
  readonly 'project.member': boolean;
  readonly 'enquiry.purpose': string;
  readonly 'enquiry.case': string;
  readonly 'enquiry.output': string;
  readonly 'enquiry.scheme': string;
  readonly 'enquiry.full': boolean;
  readonly 'dataset.id': string;
  readonly 'dataset.holder': string;
  /** The holder has paused the dataset. */
  readonly 'dataset.paused': boolean;
}

/**
 * `accreditation.<name>`: epoch ms it lasts until. `training.<name>`: epoch ms it was completed.
 * `undertaking.<name>`: epoch ms at which its present version was accepted.
 */
export type NamedFact = `accreditation.${string}` | `training.${string}` | `undertaking.${string}`;
export type FactName = keyof FixedFacts | NamedFact;
export type Facts = Readonly<Partial<FixedFacts>> & { readonly [name: NamedFact]: number } & {
  readonly [name: string]: JsonValue;
};
