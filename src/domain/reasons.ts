import type { Safe } from './safe.ts';

/** Every reason a finding can carry, with the caller's words. `{name}` is filled in from the rule or the facts. */
export const REASONS = {
  'people/accredited': { say: 'You meet what the agreement asks of people.' },
  'people/unknown': {
    say: 'The gateway does not know who is asking.',
    remedy: 'Sign in with an account that your organisation has registered with the partnership.',
  },
  'people/no-rule': {
    say: 'No rule of the agreement lets somebody in your role ask this dataset.',
    remedy: 'Ask your compliance officer which role the agreement provides for this dataset.',
  },
  'people/not-judged': { say: 'Not judged: it is not known under which agreement you ask.' },
  'people/denied': { say: 'A rule refuses people in your position.', remedy: 'Ask your compliance officer.' },
  'people/suspended': {
    say: 'Your access is suspended, or it cannot be shown that it is not.',
    remedy: 'Ask the compliance officer of your organisation.',
  },
  'people/accreditation': {
    say: 'You have no current accreditation "{arg}".',
    remedy: 'Have the accreditation "{arg}" entered or renewed in the registry.',
  },
  'people/training': {
    say: 'Your training "{arg}" is missing or older than {limit} days.',
    remedy: 'Take the training "{arg}" and have it entered in the registry.',
  },
  'projects/agreed': { say: 'The project, its purpose and its legal basis are covered by the agreement.' },
  'projects/unknown': {
    say: 'There is no such project, or it is not yours.',
    remedy: 'See GET /v1/me for the projects under which you may ask.',
  },
  'projects/no-rule': {
    say: 'No rule of the agreement lets your organisation use this dataset in this project.',
    remedy: 'Ask under a project whose agreement covers this dataset.',
  },
  'projects/not-judged': { say: 'Not judged: it is not known who is asking.' },
  'projects/denied': { say: 'A rule refuses this project.', remedy: 'Ask your compliance officer.' },
  'projects/not-covered': {
    say: 'The dataset is not part of the agreement of this project.',
    remedy: 'Ask under a project whose agreement covers this dataset.',
  },
  'projects/member': {
    say: 'You are not a member of this project.',
    remedy: 'Ask the lead of the project to add you, or ask under a project of your own.',
  },
  'projects/agreement-in-force': {
    say: 'The agreement is not in force today.',
    remedy: 'Ask your compliance officer whether the agreement was renewed.',
  },
  'projects/project-in-force': {
    say: 'The project has not begun or has ended.',
    remedy: 'Ask the lead of the project to renew it.',
  },
  'projects/page-lapsed': {
    say: 'The rules of the agreement had to be reviewed by {arg} and were not, so they are out of force.',
    remedy: 'Ask your compliance officer when the partners review the rules.',
  },
  'projects/purpose': {
    say: 'The purpose you gave is not {arg} or narrower.',
    remedy: 'Give a purpose that the agreement allows: {arg} or a narrower one.',
  },
  'projects/legal-basis': {
    say: 'The project does not rest on the legal basis {arg}.',
    remedy: 'Ask under a project with the legal basis {arg}.',
  },
  'projects/case': {
    say: 'The case reference is missing or does not have the form that the project prescribes.',
    remedy: 'Give the case reference in the form {arg}.',
  },
  'settings/trusted': { say: 'You ask from where and as the agreement demands.' },
  'settings/no-rule': {
    say: 'No rule of the agreement admits any setting for this dataset.',
    remedy: 'Ask your compliance officer.',
  },
  'settings/not-judged': { say: 'Not judged: it is not known under which agreement you ask.' },
  'settings/denied': {
    say: 'A rule refuses the setting you ask from.',
    remedy: 'Ask from the setting that the agreement names.',
  },
  'settings/mfa': { say: 'You did not sign in with a second factor.', remedy: 'Sign in again with a second factor.' },
  'settings/auth-age': { say: 'You signed in longer ago than {limit}.', remedy: 'Sign in again.' },
  'settings/network': { say: 'You do not ask from the network {arg}.', remedy: 'Ask from the network {arg}.' },
  'settings/hours': { say: 'It is outside the hours {arg}.', remedy: 'Ask between {arg}.' },
  'settings/bound-token': {
    say: 'Your token is not bound to a key.',
    remedy: 'Sign in with a client that proves possession of its key.',
  },
  'data/planned': { say: 'The agreement says for each field whether and how it may leave.' },
  'data/no-rule': {
    say: 'No rule of the agreement lets anything of this dataset leave to you at this output level.',
    remedy: 'Ask for another output level, or ask your compliance officer.',
  },
  'data/not-judged': { say: 'Not judged: it is not known under which agreement you ask.' },
  'data/denied': { say: 'A rule keeps this dataset back.', remedy: 'Ask your compliance officer.' },
  'data/ambiguous': {
    say: 'Rules contradict each other on every field, so all are withheld.',
    remedy: 'Tell your compliance officer.',
  },
  'data/identifier': {
    say: 'This dataset cannot be searched by {arg}.',
    remedy: 'See GET /v1/datasets for the identifiers of each dataset.',
  },
  'outputs/released': { say: 'The answer may be released to you under the terms given.' },
  'outputs/no-rule': {
    say: 'No rule of the agreement lets an answer at this output level go to you.',
    remedy: 'Ask for another output level, or ask your compliance officer.',
  },
  'outputs/not-judged': { say: 'Not judged: it is not known under which agreement you ask.' },
  'outputs/denied': { say: 'A rule keeps answers of this kind back.', remedy: 'Ask your compliance officer.' },
  'outputs/by': {
    say: 'Answers of this kind are released for a search by {arg}, not for the one you made.',
    remedy: 'Search by {arg}.',
  },
  'outputs/too-many-rows': {
    say: 'More than {limit} records match, which is more than the agreement releases at once.',
    remedy: 'Ask more precisely, or ask for a hit only.',
  },
  'people/undertaking': {
    say: 'You have not accepted the undertaking "{arg}" in its present version, or too long ago.',
    remedy: 'Read the undertaking "{arg}" at GET /v1/me and accept it with POST /v1/me/undertakings/{arg}.',
  },
  'data/paused': {
    say: 'The holder has paused this dataset, or it cannot be shown that it has not.',
    remedy: 'Ask again later, or ask the holder.',
  },
  'outputs/budget': {
    say: 'The number of questions that the agreement allows you is spent.',
    remedy: 'Ask again tomorrow, or ask the lead of the project for the budget of the project.',
  },
  'people/rules-failed': {
    say: 'The rules could not be evaluated, so nothing is allowed.',
    remedy: 'Tell the operator of the gateway.',
  },
  'projects/rules-failed': {
    say: 'The rules could not be evaluated, so nothing is allowed.',
    remedy: 'Tell the operator of the gateway.',
  },
  'settings/rules-failed': {
    say: 'The rules could not be evaluated, so nothing is allowed.',
    remedy: 'Tell the operator of the gateway.',
  },
  'data/rules-failed': {
    say: 'The rules could not be evaluated, so nothing is allowed.',
    remedy: 'Tell the operator of the gateway.',
  },
  'outputs/rules-failed': {
    say: 'The rules could not be evaluated, so nothing is allowed.',
    remedy: 'Tell the operator of the gateway.',
  },
} as const satisfies Record<`${Safe}/${string}`, { readonly say: string; readonly remedy?: string }>;

export type ReasonCode = keyof typeof REASONS;
export const REASON_CODES = Object.keys(REASONS) as readonly ReasonCode[];

/** Fills `{name}`s. A name that `values` lacks is a programming error and shows as `?`. */
export function wording(
  code: ReasonCode,
  values: Readonly<Record<string, string>> = {},
): { say: string; remedy?: string } {
  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '?');
  const reason: { say: string; remedy?: string } = REASONS[code];
  return reason.remedy === undefined
    ? { say: fill(reason.say) }
    : { say: fill(reason.say), remedy: fill(reason.remedy) };
}
