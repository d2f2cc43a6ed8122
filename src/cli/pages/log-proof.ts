import { CONFIG_OPTION, JSON_OPTION, type Page } from '../page.ts';

export const LOG_PROOF = {
  name: 'log proof',
  summary: 'make a bundle of evidence that an exchange stands in the log',
  synopsis: [
    'five-safes log proof EXCHANGE|INDEX [--config DIR | --state DIR] [--json]',
    'five-safes log proof EXCHANGE|INDEX --details --reason TEXT [--policies DIR] [--config DIR | --state DIR] [--json]',
  ],
  says: [
    'Puts the entries of an exchange, their inclusion proofs and the signed checkpoint into one JSON document, which',
    'anybody can check with the verifier key alone: five-safes verify BUNDLE --key VKEY. Without --details it holds nothing',
    'that was sealed, and it can be made while the gateway runs. With --details it also says which answer the outcome commits',
    'to, by its digest, and which version of the rulebook decided. That opens details, so it is a reading of the log: an',
    'entry with your name and reason is written first, and stays. It needs the ledger to itself. The checkpoint is the newest',
    'that most witnesses signed, if any did.',
    '',
    'JSON: {"type","exchange","entries":[{"entry","proof"}],"answer","rulebook","sources"?,"keyChanges"?}; each "proof" is a',
    'C2SP tlog-proof, which can be kept as a file of its own.',
  ],
  options: {
    config: CONFIG_OPTION,
    state: { type: 'string', value: 'DIR', says: 'state directory with the ledger, instead of a configuration' },
    details: { type: 'boolean', says: 'say which answer and which version of the rulebook; recorded' },
    reason: { type: 'string', value: 'TEXT', says: 'why the details are opened; required with --details' },
    policies: {
      type: 'string',
      value: 'DIR',
      says: 'put the texts of these pages in; they must be of the version that decided',
    },
    json: JSON_OPTION,
  },
  positionals: ['EXCHANGE|INDEX'],
  environment: [['FIVE_SAFES_STATE', 'state directory instead of the one that gateway.yaml names; absolute']],
  examples: ['five-safes log proof 01K0Z3D8Y4W8C0S9R7N1Q2M5TA > bundle.json'],
  exits: [
    ['0', 'made'],
    ['1', 'there is no such exchange, the pages are of another version, or the configuration has mistakes'],
    ['2', 'the command line is wrong'],
    ['3', 'the ledger cannot be read, or a running gateway holds it'],
  ],
} as const satisfies Page;
