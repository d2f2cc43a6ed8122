import { JSON_OPTION, type Page } from '../page.ts';

export const VERIFY = {
  name: 'verify',
  summary: 'check that nothing in a log was altered, removed or reordered',
  synopsis: [
    'five-safes verify DB|DIRECTORY|URL --key VKEY [--details] [--json]',
    'five-safes verify DB|DIRECTORY|URL --key VKEY --receipt FILE [--body FILE] [--details] [--json]',
    'five-safes verify DB|DIRECTORY|URL --key VKEY --checkpoint FILE [--witness VKEY … [--quorum N]] [--details] [--json]',
    'five-safes verify BUNDLE --key VKEY [--receipt FILE] [--witness VKEY … [--quorum N]] [--json]',
  ],
  says: [
    'Reads a whole log and checks entries, sealed details, tree, and every checkpoint against the verifier key. It',
    'takes the ledger itself, also while the gateway runs or as a copy; a directory that five-safes log export filled; or',
    'the address under which a log is published, where there are no details. With --receipt also that the answer you kept',
    'is the one that was recorded, and that this is the log it was recorded in. With --checkpoint that this is the log of a',
    'checkpoint that you or a witness kept, with nothing of it gone or changed since. Get the key from the operator once, by',
    'another way than the log.',
    '',
    'A bundle of evidence, as five-safes log proof and GET /v1/exchanges/ID/proof give it, is checked by itself: its entries,',
    'their proofs, the checkpoint and, with --witness, who else signed that. "entries" are then those of the exchange.',
    '',
    'JSON: {"verified","entries","open","erased","size","root","firstBad":{"index","code"}|null}; which details are erased',
    'shows in a ledger with its keys.db alone; without that file, and elsewhere, it is not known and "erased" is 0.',
  ],
  options: {
    key: { type: 'string', value: 'VKEY', says: 'verifier key, name+id+key, or a file that holds it; required' },
    receipt: {
      type: 'string',
      value: 'FILE',
      says: 'an answer or receipt as JSON, as five-safes ask --receipt keeps it, or the Five-Safes-Receipt header of a /proxy answer; of GET /v1/exchanges/ID its "receipt" alone',
    },
    body: { type: 'string', value: 'FILE', says: 'body that came with the receipt of a /proxy answer, byte for byte' },
    checkpoint: {
      type: 'string',
      value: 'FILE',
      says: 'a signed checkpoint as a witness shows it, GET /checkpoint/witnessed, or GET /checkpoint gave it',
    },
    details: {
      type: 'boolean',
      says: 'sealed details must be there; without this they are checked where a directory has them',
    },
    witness: {
      type: 'string',
      multiple: true,
      value: 'VKEY',
      says: 'verifier key, or a file that holds it, of a witness that must have signed the checkpoint, of a bundle or the one given',
    },
    quorum: { type: 'string', value: 'N', says: 'how many of these witnesses will do (default: all)' },
    json: JSON_OPTION,
  },
  positionals: ['DB|DIRECTORY|URL|BUNDLE'],
  environment: [],
  examples: [
    'five-safes verify /var/lib/five-safes --key verifier-key --receipt answer.json',
    'five-safes verify https://gateway.example --key verifier-key',
    'five-safes verify https://gateway.example --key verifier-key --checkpoint witnessed.txt --witness witness-key',
    'five-safes verify bundle.json --key verifier-key --receipt answer.json',
  ],
  exits: [
    ['0', 'verified'],
    ['1', 'not verified: the first thing that is wrong is named'],
    ['2', 'the command line is wrong'],
    ['3', 'there is no log here, or it cannot be read'],
  ],
} as const satisfies Page;
