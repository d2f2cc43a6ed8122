import type { LegalBasis } from './legal-basis.ts';
import type { Instant } from './time.ts';

/** Something said of a person by somebody, for a while. */
export interface Attested {
  readonly name: string;
  /** Where it is known from: a register, a certificate, a letter. */
  readonly source: string;
  /** Person id of who entered it. */
  readonly approver: string;
  readonly from: Instant;
  /** Exclusive. What has expired is as if it had never been said. */
  readonly until: Instant;
}

/** Whether what was said counts at `now`. */
export function inForce(term: { readonly from: Instant; readonly until: Instant }, now: Instant): boolean {
  return term.from <= now && now < term.until;
}

/** An organisation of the partnership. */
export interface Partner {
  readonly id: string;
  readonly name: string;
}

/** A named human of a partner, known to the gateway under (issuer, subject). */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly partner: string;
  readonly identities: readonly { readonly issuer: string; readonly subject: string }[];
  readonly roles: readonly Attested[];
  readonly accreditations: readonly Attested[];
  /** `from` is the day the training was completed. */
  readonly trainings: readonly Attested[];
  /** `name` is the ground. An expired suspension has ended. */
  readonly suspensions: readonly Attested[];
}

/** A promise that each person accepts before asking: in its present version, and again after a while. */
export interface Undertaking {
  readonly id: string;
  readonly version: number;
  readonly title: string;
  readonly text: string;
}

/** That a person accepted an undertaking. */
export interface Acceptance {
  readonly person: string;
  readonly undertaking: string;
  readonly version: number;
  readonly accepted: Instant;
}

/** What partners signed. */
export interface Agreement {
  readonly id: string;
  readonly title: string;
  readonly parties: readonly string[];
  readonly purposes: readonly string[];
  readonly legalBases: readonly LegalBasis[];
  readonly datasets: readonly string[];
  readonly from: Instant;
  readonly until: Instant;
  readonly review: Instant;
  /** IANA name, e.g. `Europe/Amsterdam`: hours and days on the page are in this zone. */
  readonly timeZone: string;
  /** Days that the accountability details of an exchange are kept. */
  readonly keepLogDays: number;
  /** Partners whose people in this role see every exchange under the agreement, not only their own partner's. */
  readonly auditors: readonly { readonly partner: string; readonly role: string; readonly scope: 'all' }[];
  /** What a holder's people see of those who ask, beyond partner, project, purpose and output level. */
  readonly holderSees: readonly ('person' | 'case' | 'justification')[];
  /** Promises that pages can demand with the condition `undertaking:<id>`. */
  readonly undertakings: readonly Undertaking[];
}

/** Purpose-bound work under one agreement. */
export interface Project {
  readonly id: string;
  readonly title: string;
  readonly agreement: string;
  /** The asking partner. */
  readonly partner: string;
  readonly members: readonly string[];
  readonly legalBasis: LegalBasis;
  /** `#` a digit, `@` a letter, anything else itself: `KP-####-@@`. */
  readonly casePattern: string;
  readonly from: Instant;
  readonly until: Instant;
}
