import { JSON_OPTION, type Page } from '../page.ts';

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
    dataset: { type: 'string', multiple: true, value: 'D', says: 'dataset to be asked; several: each with --dataset' },
    by: { type: 'string', value: 'SCHEME=VALUE', says: 'identifier to search by, such as vin=WVWZZZ1KZ8W386001' },
    project: { type: 'string', value: 'P', says: 'project under which you ask' },
    purpose: { type: 'string', value: 'X', says: 'purpose, a W3C DPV term such as SuspectedCrimeInvestigation' },
    case: { type: 'string', value: 'C', says: 'case reference, in the form that the project prescribes' },
    justification: { type: 'string', value: 'J', says: 'why you ask, in your own words; it is recorded' },
    output: { type: 'string', value: 'hit|records', says: 'whether there is a record, or the records' },
    gateway: { type: 'string', value: 'URL', says: 'https, or http on this machine (default: FIVE_SAFES_GATEWAY)' },
    'idempotency-key': { type: 'string', value: 'K', says: 'the same question with the same key is not asked twice' },
    receipt: { type: 'string', value: 'FILE', says: 'new file for the whole answer, for: five-safes verify --receipt' },
    timeout: { type: 'string', value: 'SECONDS', says: 'how long to wait for the answer (default: 60)' },
    json: JSON_OPTION,
  },
  positionals: [],
  environment: [
    ['FIVE_SAFES_TOKEN', 'access token (RFC 9068) of your identity provider (default: that of five-safes login)'],
    ['FIVE_SAFES_DPOP_KEY', 'private JWK to which that token is bound, or a file that holds it; without: bearer'],
    ['FIVE_SAFES_GATEWAY', 'address of the gateway (default: that of five-safes login, or http://127.0.0.1:8080)'],
  ],
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
