import { CONFIG_OPTION, JSON_OPTION, type Page } from '../page.ts';

export const KEYS_ROTATE = {
  name: 'keys rotate-kek',
  summary: 'change the key-encryption key; the gateway must not run',
  synopsis: ['five-safes keys rotate-kek [--config DIR | --state DIR] [--json]'],
  says: [
    'For operators. Makes a new key-encryption key, wraps every page of data keys under it in one transaction, and only then',
    'puts it in the place of the old one. Cut short at any moment, it is run again; the gateway starts in between as well.',
    'Names that were derived (askers, pseudonyms) stay. Keep a copy of the new key under lock, and destroy those of the old.',
    '',
    'Where FIVE_SAFES_KEK holds the key, put the next one into FIVE_SAFES_KEK_NEXT, run this, then let FIVE_SAFES_KEK hold it.',
    '',
    'JSON: {"rotated","pages"}.',
  ],
  options: {
    config: CONFIG_OPTION,
    state: { type: 'string', value: 'DIR', says: 'directory of the ledger and its keys, instead of --config' },
    json: JSON_OPTION,
  },
  positionals: [],
  environment: [
    ['FIVE_SAFES_KEK', 'the present key, 32 bytes in base64 (default: the file key-encryption-key)'],
    ['FIVE_SAFES_KEK_NEXT', 'the next one, where the present one stands in the environment'],
  ],
  examples: ['five-safes keys rotate-kek --state state'],
  exits: [
    ['0', 'all pages are wrapped under the new key'],
    ['1', 'the configuration has mistakes'],
    ['2', 'the command line is wrong'],
    ['3', 'a fault: the gateway runs, or files cannot be read or written; the old key stays in force'],
  ],
} as const satisfies Page;
