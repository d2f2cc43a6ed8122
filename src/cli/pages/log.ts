import { CONFIG_OPTION, JSON_OPTION, type Page } from '../page.ts';

const STATE = {
  type: 'string',
  value: 'DIR',
  says: 'state directory with the ledger, instead of a configuration',
} as const;
const ENVIRONMENT = [
  ['FIVE_SAFES_STATE', 'state directory instead of the one that gateway.yaml names; absolute'],
] as const;

export const LOG_LIST = {
  name: 'log list',
  summary: 'list entries of the log, the newest last',
  synopsis: ['five-safes log list [--config DIR | --state DIR] [--from N] [--limit N] [--kind K] [--json]'],
  says: [
    'Shows index, time, kind and exchange of entries. Nothing sealed is opened, so this is no reading of the log, and it',
    'works while the gateway runs. Whether the log is whole, say: five-safes verify.',
    '',
    'JSON: [{"index","time","kind","exchange","entry"}]; "entry" is the text that was hashed into the tree.',
  ],
  options: {
    config: CONFIG_OPTION,
    state: STATE,
    from: {
      type: 'string',
      value: 'N',
      says: 'index of the first entry to show (default: so that the newest is shown)',
    },
    limit: { type: 'string', value: 'N', says: 'how many at most (default: 20)' },
    kind: { type: 'string', value: 'K', says: 'of this kind only: asked, outcome, reading, outage…' },
    json: JSON_OPTION,
  },
  positionals: [],
  environment: ENVIRONMENT,
  examples: ['five-safes log list --kind outcome --limit 5'],
  exits: [
    ['0', 'listed, be it nothing'],
    ['1', 'the configuration has mistakes'],
    ['2', 'the command line is wrong'],
    ['3', 'the ledger cannot be read'],
  ],
} as const satisfies Page;

export const LOG_SHOW = {
  name: 'log show',
  summary: 'show what the log holds of one exchange',
  synopsis: [
    'five-safes log show EXCHANGE|INDEX [--config DIR | --state DIR] [--json]',
    'five-safes log show EXCHANGE|INDEX --details --reason TEXT [--config DIR | --state DIR] [--json]',
  ],
  says: [
    'Shows all entries of an exchange, found by its id or by the index of one of them. With --details the sealed details',
    'are opened: who asked what of whom and why, and by which rules it was decided. That is a reading of the log: an entry',
    'with your name and reason is written first, and stays. It needs the ledger to itself, so stop the gateway before.',
    '',
    'JSON: {"exchange","reading","entries":[{"index","time","kind","exchange","entry","details"?}]}; "reading" is the index of',
    'the entry about this reading, or null.',
  ],
  options: {
    config: CONFIG_OPTION,
    state: STATE,
    details: { type: 'boolean', says: 'open the sealed details; recorded' },
    reason: { type: 'string', value: 'TEXT', says: 'why the details are opened; required with --details' },
    json: JSON_OPTION,
  },
  positionals: ['EXCHANGE|INDEX'],
  environment: ENVIRONMENT,
  examples: ['five-safes log show 412 --details --reason "complaint 2026-31"'],
  exits: [
    ['0', 'shown'],
    ['1', 'there is no such exchange, or the configuration has mistakes'],
    ['2', 'the command line is wrong'],
    ['3', 'the ledger cannot be read, or a running gateway holds it'],
  ],
} as const satisfies Page;
