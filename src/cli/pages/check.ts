import { CONFIG_OPTION, JSON_OPTION, type Page } from '../page.ts';

export const CHECK = {
  name: 'check',
  summary: 'look for mistakes in configuration and rulebook before the gateway does',
  synopsis: ['five-safes check [--config DIR] [--json]'],
  says: [
    'Reads the configuration, checks every page of the rulebook, tries the expected decisions beside each page, and loads',
    'the csv files of the datasets. Each mistake is told as file:line:column, its code, and what was expected there. The',
    'gateway starts with no configuration that has one; a rule that no expected decision is decided by does not keep it',
    'from starting, but the rules cannot be submitted for approval. Warnings say what somebody should look at. docs/lint.md',
    'lists the codes.',
    '',
    'JSON: [{"file","line","column","code","expected","severity","remedy"}], empty where there is nothing to tell. severity is',
    'error or warning.',
  ],
  options: { config: CONFIG_OPTION, json: JSON_OPTION },
  positionals: [],
  environment: [
    ['FIVE_SAFES_STATE', 'state directory instead of the one that gateway.yaml names; absolute'],
    ["holders' tokens", 'under the names that datasets.yaml gives (tokenEnv): they must be set'],
  ],
  examples: ['five-safes check --config /etc/five-safes && systemctl restart five-safes'],
  exits: [
    ['0', 'no mistake was found, or warnings only'],
    ['1', 'there are mistakes'],
    ['2', 'the command line is wrong'],
    ['3', 'the check itself failed'],
  ],
} as const satisfies Page;
