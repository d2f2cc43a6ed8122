import type { Page } from '../page.ts';
import { QUESTION_ENVIRONMENT, QUESTION_OPTIONS, WAITING_OPTIONS } from './question.ts';

export const ASK = {
  name: 'ask',
  summary: 'put a question to datasets through a gateway',
  synopsis: [
    'five-safes ask --dataset D --by SCHEME=VALUE --project P --purpose X --justification J',
    '  --output hit|records [--case C] [--gateway URL] [--receipt FILE] [--json]',
  ],
  says: [
    'Asks as the person whose access token is in FIVE_SAFES_TOKEN, or who signed in with five-safes login, and proves that',
    'the key is here to which the token is bound. Tells for each dataset what each of the five Safes said, what came back,',
    'what was done to its fields, and on what terms it was given. The question and its outcome stand in the log of the',
    'gateway, with the justification, before anything comes back.',
    '',
    'JSON: the answer of the gateway, or its problem document, as it came.',
  ],
  options: {
    ...QUESTION_OPTIONS,
    'idempotency-key': { type: 'string', value: 'K', says: 'the same question with the same key is not asked twice' },
    receipt: {
      type: 'string',
      value: 'FILE',
      says: 'new file for the whole answer, of one asked before the receipt, for: five-safes verify --receipt',
    },
    ...WAITING_OPTIONS,
  },
  positionals: [],
  environment: QUESTION_ENVIRONMENT,
  examples: [
    'five-safes ask --dataset tidewater-sales --by vin=WVWZZZ1KZ8W386001 --project op-gearbox \\',
    '  --purpose SuspectedCrimeInvestigation --case KP-2026-AB --justification "engine found without a car" \\',
    '  --output records --receipt answer.json',
  ],
  exits: [
    ['0', 'answered: released, none, partial, or held for review'],
    ['1', 'refused, not recognised, or not a question that the gateway understands'],
    ['2', 'the command line is wrong'],
    ['3', 'a fault: the gateway cannot be reached or cannot answer now, or no holder could'],
  ],
} as const satisfies Page;
