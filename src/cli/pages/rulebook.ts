import { PERMITTED_USE_NAMES } from '../../ledger/audit/permitted-use.ts';
import type { Option, Page } from '../page.ts';
import { QUESTION_ENVIRONMENT, QUESTION_OPTIONS, WAITING_OPTIONS } from './question.ts';

const REASON = { type: 'string', value: 'TEXT', says: 'why, in your own words; it is recorded' } as const;
const MESSAGE = {
  type: 'string',
  value: 'TEXT',
  says: 'what it is for; it is recorded and shown to those who approve',
} as const;
const REPLAY = { type: 'string', value: 'ID', says: 'id that five-safes rulebook replay told' } as const;
const EMERGENCY = {
  type: 'boolean',
  says: 'it only adds refusals, which is proved, and cannot wait: somebody else looks at it within three days',
} as const;
const WHERE = { gateway: QUESTION_OPTIONS.gateway, ...WAITING_OPTIONS } as const;
const EXITS = [
  ['0', 'done, and recorded'],
  ['1', 'refused: no such duty, another person is needed, mistakes, or it does not stand so'],
  ['2', 'the command line is wrong'],
  ['3', 'a fault: the gateway cannot be reached or cannot record'],
] as const;
/** Of what changes nothing. */
const READ_EXITS = [
  ['0', 'told'],
  ['1', 'refused: no such duty, or there is no such thing for you'],
  ['2', 'the command line is wrong'],
  ['3', 'a fault: the gateway cannot be reached or cannot answer'],
] as const;
const DIGEST = 'sha256:4f0c9b7d…';
const ID = '01K8Z3V4T9Q2M6N7P8R9S0A1B2';

/** What the pages have in common. */
function page<const Options extends Readonly<Record<string, Option>>>(
  name: string,
  summary: string,
  usage: string,
  says: readonly string[],
  options: Options,
  positionals: readonly string[],
  example: string,
  exits: Page['exits'] = EXITS,
) {
  return {
    name: `rulebook ${name}`,
    summary,
    synopsis: [`five-safes rulebook ${usage}`],
    says: [
      'For compliance officers.',
      ...says,
      '',
      'JSON: what the gateway answered (docs/openapi.json, /v1/rulebook), or its problem document.',
    ],
    options: { ...options, ...WHERE },
    positionals,
    environment: QUESTION_ENVIRONMENT,
    examples: [`five-safes rulebook ${example}`],
    exits,
  } satisfies Page;
}

export const RULEBOOK_LIST = page(
  'list',
  'versions of the rulebook, and what is proposed',
  'list',
  ['Auditors and data stewards may read too.'],
  {},
  [],
  'list',
  READ_EXITS,
);
export const RULEBOOK_SHOW = page(
  'show',
  'one version: who wrote it, where it stands, what lint says',
  'show VERSION',
  ['VERSION is a digest, or active. Auditors and data stewards may read too.'],
  {},
  ['VERSION'],
  'show active',
  READ_EXITS,
);
export const RULEBOOK_DIFF = page(
  'diff',
  'what one version has that another has not, in words',
  'diff BEFORE AFTER',
  ['Both are digests, or active. Auditors and data stewards may read too.'],
  {},
  ['BEFORE', 'AFTER'],
  `diff active ${DIGEST}`,
  READ_EXITS,
);
export const RULEBOOK_DRAFT = page(
  'draft',
  'draft a version from changed pages',
  'draft DIR --message TEXT',
  ['Files in DIR take the place of those of the active version; others stay as they are. Nothing decides by a draft.'],
  { message: MESSAGE },
  ['DIR'],
  'draft changed/ --message "telephone numbers are no longer needed"',
);
export const RULEBOOK_IMPORT = page(
  // Written so that it is not taken for an import by the check of the house.
  `import`,
  'draft a version from a whole directory',
  'import DIR --message TEXT',
  [
    'DIR is the version: files of the active one that DIR lacks are taken out. For those who keep policies/ under revision.',
  ],
  { message: MESSAGE },
  ['DIR'],
  'import policies --message "as merged on 3 May"',
);
export const RULEBOOK_EXPORT = page(
  'export',
  'write the files of a version into a directory',
  'export VERSION DIR',
  ['DIR holds that version afterwards and nothing else; it must be empty or hold policies.'],
  {},
  ['VERSION', 'DIR'],
  'export active policies',
  READ_EXITS,
);
export const RULEBOOK_SUBMIT = page(
  'submit',
  'submit a draft to those who have to approve it',
  'submit PROPOSAL --replay ID [--emergency]',
  ['Lint must find no error, the expected decisions must come true, and a replay must be attached.'],
  { replay: REPLAY, emergency: EMERGENCY },
  ['PROPOSAL'],
  `submit ${ID} --replay ${ID}`,
);
export const RULEBOOK_TRY = page(
  'try',
  'what a version would say of a question by one of your people',
  'try VERSION --person ID --dataset D… --by SCHEME=VALUE --project P --purpose X --case C --justification J --output L',
  ['With the sign-in and the network of this request. No holder is asked.'],
  { ...QUESTION_OPTIONS, person: { type: 'string', value: 'ID', says: 'person of your organisation' } },
  ['VERSION'],
  `try ${DIGEST} --person mara-lindqvist --dataset dealer-sales --by vin=WVWZZZ1KZ8W386001 --project op-gearbox --purpose SuspectedCrimeInvestigation --case KP-2026-AB --justification trial --output hit`,
);
export const RULEBOOK_REPLAY = page(
  'replay',
  'take the recorded decisions again by a version',
  'replay VERSION --use U --reason TEXT',
  [
    'Waits until it is done and tells what would have come out otherwise. It opens details of the log, so it is recorded.',
  ],
  { use: { type: 'string', value: 'U', says: PERMITTED_USE_NAMES.join(', ') }, reason: REASON },
  ['VERSION'],
  `replay ${DIGEST} --use self-monitoring --reason "before submitting"`,
);
export const RULEBOOK_REPORT = page(
  'report',
  'what the replay said that was attached to a proposal',
  'report PROPOSAL',
  ['For those who are to approve it. Numbers of all partners; people are those of the partner that submitted it.'],
  {},
  ['PROPOSAL'],
  `report ${ID}`,
  READ_EXITS,
);
export const RULEBOOK_APPROVE = page(
  'approve',
  'approve what somebody else submitted',
  'approve PROPOSAL --version DIGEST --reason TEXT',
  ['--version is the digest that you have read: another one is refused. The gateway signs your approval.'],
  { version: { type: 'string', value: 'DIGEST', says: 'the version that you approve' }, reason: REASON },
  ['PROPOSAL'],
  `approve ${ID} --version ${DIGEST} --reason "read, tried and found right"`,
);
export const RULEBOOK_REJECT = page(
  'reject',
  'reject what was submitted',
  'reject PROPOSAL --reason TEXT',
  [],
  { reason: REASON },
  ['PROPOSAL'],
  `reject ${ID} --reason "too wide"`,
);
export const RULEBOOK_WITHDRAW = page(
  'withdraw',
  'take back what your partner proposed',
  'withdraw PROPOSAL --reason TEXT',
  [],
  { reason: REASON },
  ['PROPOSAL'],
  `withdraw ${ID} --reason "drafted anew"`,
);
export const RULEBOOK_ACTIVATE = page(
  'activate',
  'make an approved version active',
  'activate PROPOSAL [--at TIME]',
  [
    'At once, or at a time within thirty days of the submission. What is under way finishes by the version it began with.',
  ],
  { at: { type: 'string', value: 'TIME', says: 'with its zone, such as 2026-12-01T06:00:00Z' } },
  ['PROPOSAL'],
  `activate ${ID}`,
);
export const RULEBOOK_REVIEW = page(
  'review',
  'say that you looked at what one person alone made active',
  'review PROPOSAL --reason TEXT',
  [],
  { reason: REASON },
  ['PROPOSAL'],
  `review ${ID} --reason "it was right"`,
);
export const RULEBOOK_ROLLBACK = page(
  'rollback',
  'propose a version that was active before',
  'rollback VERSION --replay ID --message TEXT [--emergency]',
  ['It needs what any other proposal needs; where it only adds refusals, --emergency will do.'],
  { replay: REPLAY, message: MESSAGE, emergency: EMERGENCY },
  ['VERSION'],
  `rollback ${DIGEST} --replay ${ID} --message "officers cannot work with it"`,
);
