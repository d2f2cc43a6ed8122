import { CONFIG_OPTION, JSON_OPTION, type Page } from '../page.ts';

export const INIT = {
  name: 'init',
  summary: 'lay out a configuration, if there is none, and make the keys of the log',
  synopsis: ['five-safes init [--config DIR] [--json]'],
  says: [
    'Where DIR does not exist or is empty, the example partnership is copied there, rulebook and all: a configuration that',
    'runs, to be changed into your own. Then the keys are made that sign the log and seal its details, in the directory',
    '"keys" of the state directory that gateway.yaml names. Keys that exist are left as they are.',
  ],
  options: { config: CONFIG_OPTION, json: JSON_OPTION },
  positionals: [],
  environment: [['FIVE_SAFES_STATE', 'state directory instead of the one that gateway.yaml names; absolute']],
  examples: ['five-safes init --config /etc/five-safes'],
  exits: [
    ['0', 'there are a configuration and keys'],
    ['1', 'the configuration has mistakes, or the keys were made for a log of another name'],
    ['2', 'the command line is wrong'],
    ['3', 'a file cannot be read or written'],
  ],
} as const satisfies Page;
