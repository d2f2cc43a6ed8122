import type { ConditionName } from './catalogue.ts';
import type { Facts } from './facts.ts';
import type { Condition } from './rule.ts';

/**
 * What a condition of the catalogue says to those who answer for the rules. The caller's words are those of its `reason`;
 * a compliance officer is told what must be so and who can see to it, an auditor what is compared with what.
 */
interface ConditionWording {
  /** Facts that the condition reads. `{arg}` is the condition's argument. */
  readonly facts: readonly string[];
  readonly compliance: string;
  readonly auditor: string;
}

/** `{arg}` is the argument as written on the page, `{limit}` the bound with its unit. */
const WORDINGS: Readonly<Record<ConditionName, ConditionWording>> = {
  suspended: {
    facts: ['caller.suspended'],
    compliance:
      'A suspension of the person is in force in the registry. It ends on its date or when it is taken back there.',
    auditor: 'Met while caller.suspended is true: a suspension in the registry covers clock.now.',
  },
  accreditation: {
    facts: ['clock.now', 'accreditation.{arg}'],
    compliance: 'The registry must hold an accreditation "{arg}" of the person that is in force now.',
    auditor:
      'Met while clock.now is before accreditation.{arg}, the end of the accreditation; unknown where there is none in force.',
  },
  training: {
    facts: ['clock.now', 'training.{arg}'],
    compliance: 'The registry must hold a training "{arg}" of the person, completed at most {limit} ago.',
    auditor:
      'Met while clock.now is at most {limit} after training.{arg}, the day of completion; unknown where there is none in force.',
  },
  undertaking: {
    facts: ['clock.now', 'undertaking.{arg}'],
    compliance:
      'The person must have accepted the present version of the undertaking "{arg}" at most {limit} ago. Each person does that alone.',
    auditor:
      'Met while clock.now is at most {limit} after undertaking.{arg}, the acceptance of the present version; unknown where there is none.',
  },
  paused: {
    facts: ['dataset.paused'],
    compliance: 'The holder has paused the dataset. Only its own data stewards can take that back.',
    auditor: 'Met while dataset.paused is true: a pause entry of the holder is not followed by a resume entry.',
  },
  member: {
    facts: ['project.member'],
    compliance: 'The person must be among the members of the project in the registry.',
    auditor: 'Met while project.member is true: the person is on the list of members in the registry.',
  },
  'agreement-in-force': {
    facts: ['clock.now', 'agreement.from', 'agreement.until'],
    compliance: 'The agreement must be within its term. A lapsed one has to be renewed by its parties.',
    auditor: 'Met from agreement.from up to, not including, agreement.until.',
  },
  'project-in-force': {
    facts: ['clock.now', 'project.from', 'project.until'],
    compliance:
      'The project must be within its term. A lapsed one has to be renewed by the partner whose project it is.',
    auditor: 'Met from project.from up to, not including, project.until.',
  },
  'page-lapsed': {
    facts: ['clock.now', 'agreement.time-zone'],
    compliance:
      'The page had to be reviewed by {arg}. Its rules are in force again once a version with a later review date is active.',
    auditor: 'Met while clock.now, told in agreement.time-zone, lies after the day {arg}.',
  },
  purpose: {
    facts: ['enquiry.purpose'],
    compliance: 'The purpose given must be {arg} or one that DPV calls narrower.',
    auditor: 'Met where enquiry.purpose is {arg} or has it among its broader terms (DPV, skos:broader, transitive).',
  },
  'legal-basis': {
    facts: ['project.legal-basis'],
    compliance: 'The project must rest on the legal basis {arg} in the registry.',
    auditor: 'Met where project.legal-basis is {arg}.',
  },
  case: {
    facts: ['project.case-pattern', 'enquiry.case'],
    compliance: 'A case reference in the form of the project must be given: # a digit, @ a letter.',
    auditor: 'Met where enquiry.case fits project.case-pattern character by character; unknown where none was given.',
  },
  mfa: {
    facts: ['token.amr'],
    compliance: 'The person must sign in with a second factor, and the identity provider must say so in the token.',
    auditor: 'Met where token.amr holds "mfa" (RFC 8176); unknown where the token has no amr.',
  },
  'auth-age': {
    facts: ['clock.now', 'token.auth-time'],
    compliance: 'The person must have signed in at most {limit} ago.',
    auditor: 'Met while clock.now is at most {limit} after token.auth-time; unknown where the token has none.',
  },
  network: {
    facts: ['channel.networks'],
    compliance: 'The request must come from the network {arg}, as gateway.yaml draws it.',
    auditor: 'Met where channel.networks, the named networks that the address is in, holds {arg}.',
  },
  hours: {
    facts: ['clock.now', 'agreement.time-zone'],
    compliance: 'It must be {arg} in the time zone of the agreement.',
    auditor: 'Met while clock.now, told in agreement.time-zone, lies in {arg}, the end not included.',
  },
  'bound-token': {
    facts: ['token.bound'],
    compliance: 'The client must sign in with a token that is bound to its key (DPoP or mutual TLS).',
    auditor: 'Met where token.bound is true: the sender proved possession of the key in cnf (RFC 9449, RFC 8705).',
  },
  by: {
    facts: ['enquiry.scheme', 'enquiry.full'],
    compliance: 'The search must be by {arg}.',
    auditor: 'Met where enquiry.scheme is the one of {arg} and, if that says complete, enquiry.full is true.',
  },
};

/** Who a wording is for. The caller's own stands with the reasons. */
export type Reader = 'compliance' | 'auditor';

/** @param words that fill the blanks: `arg`, `limit`. */
export function conditionWording(name: ConditionName, reader: Reader, words: Readonly<Record<string, string>>): string {
  return WORDINGS[name][reader].replace(/\{(\w+)\}/g, (_, blank: string) => words[blank] ?? '?');
}

/** Names of the facts that a condition reads. */
export function factsRead({ name, argument = '' }: Condition): readonly (keyof Facts & string)[] {
  return WORDINGS[name].facts.map((fact) => fact.replace('{arg}', argument));
}
