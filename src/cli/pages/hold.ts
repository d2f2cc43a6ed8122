import { HOLD_SCOPES } from '../../ledger/erasure.ts';
import type { Page } from '../page.ts';
import { QUESTION_ENVIRONMENT, QUESTION_OPTIONS, WAITING_OPTIONS } from './question.ts';
import { READING_EXITS } from './reading-exits.ts';

const REASON = { type: 'string', value: 'TEXT', says: 'why, in your own words; it is recorded' } as const;
const WHERE = { gateway: QUESTION_OPTIONS.gateway, ...WAITING_OPTIONS } as const;
const EXITS = [
  ['0', 'done, and recorded'],
  ['1', 'refused: no such duty, a second person is needed, or there is no such thing to hold'],
  ['2', 'the command line is wrong'],
  ['3', 'a fault: the gateway cannot be reached or cannot record'],
] as const;

export const HOLD_SET = {
  name: 'hold set',
  summary: 'keep an exchange, a case or an agreement from being erased',
  synopsis: [`five-safes hold set ${HOLD_SCOPES.join('|')} VALUE --reason TEXT`],
  says: [
    'For compliance officers. From the moment it is recorded nothing of it is erased, by whomever or by any rule.',
    '',
    'JSON: {"hold","state","scope","entry"}, or the problem document of the gateway.',
  ],
  options: { reason: REASON, ...WHERE },
  positionals: [HOLD_SCOPES.join('|'), 'VALUE'],
  environment: QUESTION_ENVIRONMENT,
  examples: ['five-safes hold set case KP-2026-AB --reason "complaint 17/2026"'],
  exits: EXITS,
} as const satisfies Page;

export const HOLD_LIFT = {
  name: 'hold lift',
  summary: 'lift a legal hold; two persons must say so',
  synopsis: ['five-safes hold lift HOLD --reason TEXT'],
  says: [
    'For compliance officers. Said by one, it waits seven days for a second; one of the two must be of the partner that set',
    'it. Until then the hold stands.',
    '',
    'JSON: {"hold","state","scope","entry"}; "state" is "lifting" or "lifted". Or the problem document of the gateway.',
  ],
  options: { reason: REASON, ...WHERE },
  positionals: ['HOLD'],
  environment: QUESTION_ENVIRONMENT,
  examples: ['five-safes hold lift 01K8Z3V4T9Q2M6N7P8R9S0A1B2 --reason "the complaint is settled"'],
  exits: EXITS,
} as const satisfies Page;

export const HOLD_LIST = {
  name: 'hold list',
  summary: 'legal holds',
  synopsis: ['five-safes hold list'],
  says: ['For compliance officers and auditors.', '', 'JSON: {"holds"}, or the problem document of the gateway.'],
  options: WHERE,
  positionals: [],
  environment: QUESTION_ENVIRONMENT,
  examples: ['five-safes hold list'],
  exits: READING_EXITS,
} as const satisfies Page;
