import { CONFIG_OPTION, JSON_OPTION, type Page } from '../page.ts';

export const LOG_ROTATE_KEY = {
  name: 'log rotate-key',
  summary: 'change the key that signs the log',
  synopsis: ['five-safes log rotate-key [--prepare] [--config DIR | --state DIR] [--json]'],
  says: [
    'Writes an entry about the change, under a checkpoint that the old key and the new one sign; from then on the new one',
    'signs alone, and the old private key is gone. What both keys signed about the change is published at /log-keys, so that',
    'whoever trusts any one key can check the whole log. Stop the gateway before.',
    '',
    'With --prepare the next key is only made and shown, and nothing changes: hand it to the partners who run witnesses, so',
    'that they know it before it signs. A crash at any point leaves the old key or the new one; the next start ends it.',
    '',
    'JSON: {"index","before","after"}, verifier keys; with --prepare {"next"}.',
  ],
  options: {
    prepare: { type: 'boolean', says: 'make the next key and show its verifier key; change nothing' },
    config: CONFIG_OPTION,
    state: { type: 'string', value: 'DIR', says: 'state directory with the ledger, instead of a configuration' },
    json: JSON_OPTION,
  },
  positionals: [],
  environment: [['FIVE_SAFES_STATE', 'state directory instead of the one that gateway.yaml names; absolute']],
  examples: ['five-safes log rotate-key --prepare', 'five-safes log rotate-key'],
  exits: [
    ['0', 'changed, or prepared'],
    ['1', 'the configuration has mistakes'],
    ['2', 'the command line is wrong'],
    ['3', 'a running gateway holds the ledger, or a file cannot be read or written'],
  ],
} as const satisfies Page;
