import { ERASURE_GROUNDS } from '../../ledger/erasure.ts';
import type { Option, Page } from '../page.ts';
import { QUESTION_ENVIRONMENT, QUESTION_OPTIONS, WAITING_OPTIONS } from './question.ts';
import { READING_EXITS } from './reading-exits.ts';

const REASON = { type: 'string', value: 'TEXT', says: 'why, in your own words; it is recorded' } as const;
const WHERE = { gateway: QUESTION_OPTIONS.gateway, ...WAITING_OPTIONS } as const;

const PROPOSE_OPTIONS = {
  exchange: { type: 'string', value: 'ID', says: 'this exchange' },
  by: {
    type: 'string',
    value: 'SCHEME=VALUE',
    says: 'what was searched for, in every exchange; only the subject goes',
  },
  agreement: { type: 'string', value: 'A', says: 'exchanges under this agreement, with --before' },
  before: { type: 'string', value: 'TIME', says: 'asked before this, such as 2026-01-01T00:00:00Z' },
  parts: { type: 'string', value: 'subject|whole', says: 'what was searched for, or also who asked and why' },
  ground: { type: 'string', value: 'GROUND', says: Object.keys(ERASURE_GROUNDS).join(', ') },
  reason: REASON,
  ...WHERE,
} as const satisfies Readonly<Record<string, Option>>;

const EXITS = [
  ['0', 'done, and recorded'],
  ['1', 'refused: no such duty, a second person is needed, a legal hold, nothing to erase, or no longer open'],
  ['2', 'the command line is wrong'],
  ['3', 'a fault: the gateway cannot be reached or cannot record'],
] as const;

export const ERASE_PROPOSE = {
  name: 'erase propose',
  summary: 'propose to erase details of exchanges for good',
  synopsis: [
    'five-safes erase propose --exchange ID --parts P --ground G --reason TEXT',
    'five-safes erase propose --by SCHEME=VALUE --ground G --reason TEXT',
    'five-safes erase propose --agreement A --before TIME --parts P --ground G --reason TEXT',
  ],
  says: [
    'For compliance officers. Nothing is erased before a second officer has approved, within seven days. Neither may have',
    'asked one of these questions. At most 500 exchanges, the oldest first; propose again for the rest.',
    '',
    'JSON: {"erasure","state","parts","exchanges","expires","entry"}, or the problem document of the gateway.',
  ],
  options: PROPOSE_OPTIONS,
  positionals: [],
  environment: QUESTION_ENVIRONMENT,
  examples: [
    'five-safes erase propose --by vin=WVWZZZ1KZ8W386001 --ground request-of-the-person --reason "letter of 3 May"',
  ],
  exits: EXITS,
} as const satisfies Page;

export const ERASE_APPROVE = {
  name: 'erase approve',
  summary: 'approve an erasure that somebody else proposed; it cannot be undone',
  synopsis: ['five-safes erase approve ERASURE --reason TEXT'],
  says: [
    'For compliance officers. It is recorded first, then the keys of the details are destroyed. The log still verifies, and',
    'shows that something was erased, by whom and why.',
    '',
    'JSON: {"erasure","state","parts","exchanges","entry"}, or the problem document of the gateway.',
  ],
  options: { reason: REASON, ...WHERE },
  positionals: ['ERASURE'],
  environment: QUESTION_ENVIRONMENT,
  examples: ['five-safes erase approve 01K8Z3V4T9Q2M6N7P8R9S0A1B2 --reason "checked against the letter"'],
  exits: EXITS,
} as const satisfies Page;

export const ERASE_LIST = {
  name: 'erase list',
  summary: 'erasures of your partner, and those that you could approve',
  synopsis: ['five-safes erase list'],
  says: ['For compliance officers and auditors.', '', 'JSON: {"erasures"}, or the problem document of the gateway.'],
  options: WHERE,
  positionals: [],
  environment: QUESTION_ENVIRONMENT,
  examples: ['five-safes erase list'],
  exits: READING_EXITS,
} as const satisfies Page;
