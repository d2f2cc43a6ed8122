import { REPORT_NAMES } from '../../ledger/audit/reports/index.ts';
import { CONFIG_OPTION, JSON_OPTION, type Option, type Page } from '../page.ts';
import { QUESTION_ENVIRONMENT, QUESTION_OPTIONS, WAITING_OPTIONS } from './question.ts';

const STATED = {
  use: {
    type: 'string',
    value: 'USE',
    says: 'what the log is read for: lawfulness, self-monitoring, security or criminal-proceedings; recorded',
  },
  reason: { type: 'string', value: 'TEXT', says: 'why, in your own words; recorded' },
} as const satisfies Readonly<Record<string, Option>>;
const WHERE = {
  gateway: QUESTION_OPTIONS.gateway,
  config: { ...CONFIG_OPTION, says: 'read the ledger of this configuration, not through a gateway' },
  state: { type: 'string', value: 'DIR', says: 'read the ledger in this state directory, not through a gateway' },
  ...WAITING_OPTIONS,
} as const satisfies Readonly<Record<string, Option>>;
const ENVIRONMENT = [
  ...QUESTION_ENVIRONMENT,
  ['FIVE_SAFES_STATE', 'with --config: state directory instead of the one that gateway.yaml names; absolute'],
] as const;
const EXITS = [
  ['0', 'done, be it that nothing was found'],
  ['1', 'refused: you have no duty that lets you read this, or what was asked cannot be'],
  ['2', 'the command line is wrong'],
  ['3', 'a fault: the gateway cannot be reached or cannot record, or a running gateway holds the ledger'],
] as const;
/** Of one exchange, and through a gateway alone. */
const ONE_EXITS = [
  ['0', 'shown'],
  ['1', 'refused: there is no such exchange, or your duty does not cover it'],
  ['2', 'the command line is wrong'],
  ['3', 'a fault: the gateway cannot be reached or cannot record'],
] as const;
const LOCALLY = [
  'Through a gateway you see what your duty covers. With --config or --state the ledger is read on this machine, whole, by',
  'whoever has its keys; stop the gateway before. Either way an entry about the reading is written first, and stays.',
] as const;

export const LOG_FIND = {
  name: 'log find',
  summary: 'find exchanges by who asked what of whom, and what came of it',
  synopsis: [
    'five-safes log find --use USE --reason TEXT [--by SCHEME=VALUE] [--person P] [--partner P] [--project P] [--case C] …',
    '                    [--gateway URL | --config DIR | --state DIR] [--json]',
  ],
  says: [
    'Finds exchanges that have all that is named, newest first. Values are whole: there are no wildcards, and searches by an',
    'identifier are limited per day. The identifiers asked for are not shown: open one exchange to see its own.',
    '',
    ...LOCALLY,
    '',
    'JSON: {"reading","size","exchanges":[…],"next"}; "next" is the cursor of the next page, or null. On the machine of the',
    'ledger there are no pages: "more" says whether --limit left out any.',
  ],
  options: {
    ...STATED,
    by: {
      type: 'string',
      value: 'SCHEME=VALUE',
      says: 'identifier that was searched for, such as vin=WVWZZZ1KZ8W386001',
    },
    person: { type: 'string', value: 'P', says: 'who asked' },
    partner: { type: 'string', value: 'P', says: 'whose people asked' },
    holder: { type: 'string', value: 'P', says: 'whose dataset was asked' },
    dataset: { type: 'string', value: 'D', says: 'which dataset' },
    agreement: { type: 'string', value: 'A', says: 'under which agreement' },
    project: { type: 'string', value: 'P', says: 'under which project' },
    case: { type: 'string', value: 'C', says: 'in which case' },
    purpose: { type: 'string', value: 'X', says: 'for which purpose' },
    result: {
      type: 'string',
      value: 'R',
      says: 'released, none, held, partial, refused, fault, interrupted or explained',
    },
    'refused-by': { type: 'string', value: 'SAFE', says: 'refused by people, projects, settings, data or outputs' },
    code: { type: 'string', value: 'CODE', says: 'reason of a refusal or fault, such as projects/case' },
    rule: { type: 'string', value: 'AGREEMENT/RULE', says: 'a rule that decided, such as vehicle-tracing/P1' },
    rulebook: { type: 'string', value: 'DIGEST', says: 'version of the rulebook' },
    from: { type: 'string', value: 'T', says: 'asked at this day (YYYY-MM-DD, UTC) or moment, or later' },
    until: { type: 'string', value: 'T', says: 'asked before this day or moment' },
    limit: { type: 'string', value: 'N', says: 'how many at most (default: 50, most: 200)' },
    cursor: { type: 'string', value: 'TEXT', says: 'the next page of an earlier search; then nothing else is given' },
    ...WHERE,
  },
  positionals: [],
  environment: ENVIRONMENT,
  examples: [
    'five-safes log find --by registration=NG-101-A --use lawfulness --reason "complaint 2026-31"',
    'five-safes log find --refused-by projects --from 2026-11-01 --use self-monitoring --reason "monthly review"',
  ],
  exits: EXITS,
} as const satisfies Page;

export const LOG_OPEN = {
  name: 'log open',
  summary: 'open one exchange through a gateway: facts, findings, fields, proof',
  synopsis: ['five-safes log open EXCHANGE --use USE --reason TEXT [--gateway URL] [--json]'],
  says: [
    'Shows one exchange as your duty lets you see it. It is a reading of the log and recorded before. On the machine of the',
    'ledger: five-safes log show EXCHANGE --details.',
    '',
    'JSON: {"reading","size","opened":{…},"evidence":{"checkpoint","size","entries":[…]}}.',
  ],
  options: { ...STATED, gateway: QUESTION_OPTIONS.gateway, ...WAITING_OPTIONS },
  positionals: ['EXCHANGE'],
  environment: QUESTION_ENVIRONMENT,
  examples: ['five-safes log open 01KAB… --use lawfulness --reason "complaint 2026-31"'],
  exits: ONE_EXITS,
} as const satisfies Page;

export const LOG_EXPLAIN = {
  name: 'log explain',
  summary: 'learn why a recorded decision fell as it did, through a gateway',
  synopsis: ['five-safes log explain EXCHANGE --use USE --reason TEXT [--gateway URL] [--json]'],
  says: [
    'Tells of one recorded exchange what each of the five Safes said, by which rule, how each condition of that rule and of the',
    'nearest other ones fared on the facts as they were recorded, and what would have had to be different: in the words of your',
    'role. It is a reading of the log and recorded before. Where other rules are in force by now, the findings stand alone; and',
    'a holder is told the findings of its own legs.',
    '',
    'JSON: {"reading","size","side","recorded":{…},"explanations":[…],"rulebook"}.',
  ],
  options: { ...STATED, gateway: QUESTION_OPTIONS.gateway, ...WAITING_OPTIONS },
  positionals: ['EXCHANGE'],
  environment: QUESTION_ENVIRONMENT,
  examples: ['five-safes log explain 01KAB… --use lawfulness --reason "complaint 2026-31"'],
  exits: ONE_EXITS,
} as const satisfies Page;

export const LOG_REPORT = {
  name: 'log report',
  summary: 'report on a period: completeness, disclosures, refusals, volumes, readings',
  synopsis: [
    `five-safes log report ${REPORT_NAMES.join('|')} --from T --until T --use USE --reason TEXT`,
    '                      [--gateway URL | --config DIR | --state DIR] [--json]',
  ],
  says: [
    'completeness  each index and each outcome is there, or: nothing happened; the neighbours of the period are proved',
    'disclosures   what went from which holder to which partner, and for what',
    'refusals      by Safe, reason and rule',
    'volumes       days on which a person asked far more than otherwise, or than colleagues (modified z-score above 3.5)',
    'readings      who read the log, for which use and why',
    '',
    ...LOCALLY,
    '',
    'JSON: {"reading","report","period","size","first","end","columns":[…],"rows":[…],"summary":{…}}.',
  ],
  options: {
    from: { type: 'string', value: 'T', says: 'first day (YYYY-MM-DD, UTC) or moment of the period' },
    until: { type: 'string', value: 'T', says: 'first day or moment after it' },
    ...STATED,
    ...WHERE,
  },
  positionals: [REPORT_NAMES.join('|')],
  environment: ENVIRONMENT,
  examples: [
    'five-safes log report completeness --from 2026-11-01 --until 2026-12-01 --use self-monitoring --reason "November"',
  ],
  exits: EXITS,
} as const satisfies Page;

export const LOG_REINDEX = {
  name: 'log reindex',
  summary: 'make the index of the log anew',
  synopsis: ['five-safes log reindex --reason TEXT [--config DIR | --state DIR] [--json]'],
  says: [
    'The index is made again out of ledger and keys: after it was lost or damaged. It needs the ledger to itself, so stop the',
    'gateway before. Since all details are opened for it, it is recorded as a reading.',
    '',
    'JSON: {"reading","position","size","skipped"}; "skipped" counts entries of an unknown form.',
  ],
  options: {
    reason: STATED.reason,
    config: CONFIG_OPTION,
    state: { type: 'string', value: 'DIR', says: 'state directory with the ledger, instead of a configuration' },
    json: JSON_OPTION,
  },
  positionals: [],
  environment: [['FIVE_SAFES_STATE', 'state directory instead of the one that gateway.yaml names; absolute']],
  examples: ['five-safes log reindex --reason "disk was replaced"'],
  exits: [
    ['0', 'the index is up to date'],
    ['1', 'the configuration has mistakes'],
    ['2', 'the command line is wrong'],
    ['3', 'the ledger cannot be read, or a running gateway holds it'],
  ],
} as const satisfies Page;

export const LOG_RECONCILE = {
  name: 'log reconcile',
  summary: "compare two organisations' records of exchanges, id by id",
  synopsis: ['five-safes log reconcile A B [--json]'],
  says: [
    'A and B are files of JSON Lines with a member "exchange" in each line, such as a holder\'s call log or an export; or a',
    'state directory with a ledger, of which only what is unsealed is read. Told are exchanges that stand in one and not in the',
    'other, and those of which both say something and not the same: datasets, result, digest of the answer, entries.',
    '',
    'JSON: {"a","b","both","onlyA":[…],"onlyB":[…],"differing":[{"exchange","member","a","b"}],"more"}; of each list the first',
    '1000, "more" says how many others there are.',
  ],
  options: { json: JSON_OPTION },
  positionals: ['A', 'B'],
  environment: [],
  examples: ['five-safes log reconcile exported.jsonl dealer-sales.calls.jsonl'],
  exits: [
    ['0', 'both tell of the same exchanges, and nothing differs'],
    ['1', 'something is missing or differs'],
    ['2', 'the command line is wrong'],
    ['3', 'one of them cannot be read'],
  ],
} as const satisfies Page;
