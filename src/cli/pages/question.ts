import { JSON_OPTION } from '../page.ts';

/** Options of every command that puts a question to a gateway. */
export const QUESTION_OPTIONS = {
  dataset: { type: 'string', multiple: true, value: 'D', says: 'dataset to be asked; several: each with --dataset' },
  by: { type: 'string', value: 'SCHEME=VALUE', says: 'identifier to search by, such as vin=WVWZZZ1KZ8W386001' },
  project: { type: 'string', value: 'P', says: 'project under which you ask' },
  purpose: { type: 'string', value: 'X', says: 'purpose, a W3C DPV term such as SuspectedCrimeInvestigation' },
  case: { type: 'string', value: 'C', says: 'case reference, in the form that the project prescribes' },
  justification: { type: 'string', value: 'J', says: 'why you ask, in your own words; it is recorded' },
  output: { type: 'string', value: 'hit|records', says: 'whether there is a record, or the records' },
  gateway: { type: 'string', value: 'URL', says: 'https, or http on this machine (default: FIVE_SAFES_GATEWAY)' },
} as const;

export const WAITING_OPTIONS = {
  timeout: { type: 'string', value: 'SECONDS', says: 'how long to wait for the answer (default: 60)' },
  json: JSON_OPTION,
} as const;

export const QUESTION_ENVIRONMENT = [
  ['FIVE_SAFES_TOKEN', 'access token (RFC 9068) of your identity provider (default: that of five-safes login)'],
  ['FIVE_SAFES_DPOP_KEY', 'private JWK to which that token is bound, or a file that holds it; without: bearer'],
  ['FIVE_SAFES_GATEWAY', 'address of the gateway (default: that of five-safes login, or http://127.0.0.1:8080)'],
] as const;
