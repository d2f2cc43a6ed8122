import { JSON_OPTION, type Page } from '../page.ts';

export const VERIFY = {
  name: 'verify',
  summary: 'check that nothing in a log was altered, removed or reordered',
  synopsis: ['five-safes verify DB|DIRECTORY --key VKEY [--receipt FILE] [--json]'],
  says: [
    'Reads a whole ledger once and checks entries, sealed details, tree, and every checkpoint against the verifier key.',
    'With --receipt also that the answer you kept is the one that was recorded, and that this is the log it was recorded',
    'in. Works on a copy, and while the gateway runs. Get the key from the operator once, by another way than the ledger.',
    '',
    'JSON: {"verified","entries","open","erased","size","root","firstBad":{"index","code"}|null}',
  ],
  options: {
    key: { type: 'string', value: 'VKEY', says: 'verifier key, name+id+key, or a file that holds it; required' },
    receipt: {
      type: 'string',
      value: 'FILE',
      says: 'an answer or receipt as JSON, as five-safes ask --receipt keeps it',
    },
    json: JSON_OPTION,
  },
  positionals: ['DB|DIRECTORY'],
  environment: [],
  examples: ['five-safes verify /var/lib/five-safes --key verifier-key --receipt answer.json'],
  exits: [
    ['0', 'verified'],
    ['1', 'not verified: the first thing that is wrong is named'],
    ['2', 'the command line is wrong'],
    ['3', 'there is no ledger here, or it cannot be read'],
  ],
} as const satisfies Page;
