import type { Page } from '../page.ts';
import { QUESTION_ENVIRONMENT, QUESTION_OPTIONS, WAITING_OPTIONS } from './question.ts';

export const EXPLAIN = {
  name: 'explain',
  summary: 'learn what the rules say of a question, without asking it',
  synopsis: [
    'five-safes explain --dataset D --by SCHEME=VALUE --project P --purpose X --justification J',
    '  --output hit|records [--case C] [--person ID] [--gateway URL] [--json]',
    'five-safes explain --exchange ID [--gateway URL] [--json]',
  ],
  says: [
    'Takes the same question as five-safes ask. Tells for each dataset what each of the five Safes would say, by which rule,',
    'how each condition of that rule and of the nearest other ones fares, and what would have to be different. No holder is',
    'asked; that you looked is recorded in the log of the gateway.',
    '',
    'Compliance officers and auditors are told in their own words as well, and may name a person of their organisation: then',
    "that person's roles, trainings and the like count, with the sign-in and the network of the one who asks.",
    '',
    'With --exchange an exchange of your own is explained from the facts that were recorded with it; with its rows as long as',
    'the rules that decided are in force. For exchanges of others, if your duty covers them: five-safes log explain.',
    '',
    'JSON: the answer of the gateway, or its problem document, as it came.',
  ],
  options: {
    ...QUESTION_OPTIONS,
    exchange: { type: 'string', value: 'ID', says: 'a recorded exchange of your own; then no question is given' },
    person: {
      type: 'string',
      value: 'ID',
      says: 'for whom, if not for yourself: for compliance officers and auditors',
    },
    ...WAITING_OPTIONS,
  },
  positionals: [],
  environment: QUESTION_ENVIRONMENT,
  examples: [
    'five-safes explain --dataset tidewater-sales --by vin=WVWZZZ1KZ8W386001 --project op-gearbox \\',
    '  --purpose SuspectedCrimeInvestigation --case KP-2026-AB --justification "is my training still good" --output records',
  ],
  exits: [
    ['0', 'the question would be, or was, put to every dataset named'],
    ['1', 'it would be, or was, refused for one of them, or it is not a question that the gateway understands'],
    ['2', 'the command line is wrong'],
    ['3', 'a fault: the gateway cannot be reached or cannot answer now'],
  ],
} as const satisfies Page;
