import { CONFIG_OPTION, JSON_OPTION, type Page } from '../page.ts';

export const LOG_EXPORT = {
  name: 'log export',
  summary: 'write the log into a directory in the form in which it is published',
  synopsis: ['five-safes log export DIR [--details] [--config DIR | --state DIR] [--json]'],
  says: [
    'Writes checkpoint, entries and tree as C2SP tlog-tiles, so that the directory can be served as it is, and verified',
    'without this product: docs/log-format.md says how. With --details also the sealed details. Nothing sealed is opened,',
    'so this is no reading of the log, and it works while the gateway runs. A directory that was filled before is brought',
    'up to date; it must hold an earlier state of this log, or nothing.',
    '',
    'JSON: {"directory","size","root","files","details"}; "files" counts what was written now.',
  ],
  options: {
    details: {
      type: 'boolean',
      says: 'the sealed details too: not for everybody, though nobody can open them without the keys',
    },
    config: CONFIG_OPTION,
    state: { type: 'string', value: 'DIR', says: 'state directory with the ledger, instead of a configuration' },
    json: JSON_OPTION,
  },
  positionals: ['DIR'],
  environment: [['FIVE_SAFES_STATE', 'state directory instead of the one that gateway.yaml names; absolute']],
  examples: ['five-safes log export /srv/mirror --state /var/lib/five-safes'],
  exits: [
    ['0', 'written'],
    ['1', 'the directory holds another log or something else, or the configuration has mistakes'],
    ['2', 'the command line is wrong'],
    ['3', 'the ledger cannot be read, or the directory not be written'],
  ],
} as const satisfies Page;
