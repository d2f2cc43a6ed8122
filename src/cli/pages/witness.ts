import { JSON_OPTION, type Page } from '../page.ts';

export const WITNESS = {
  name: 'witness',
  summary: 'run a witness for a log of another partner',
  synopsis: ['five-safes witness --init --name NAME --state DIR [--json]', 'five-safes witness --run FILE'],
  says: [
    'A witness signs checkpoints of logs it knows, each only if it grew out of the last one it signed. A log that tells two',
    'stories is found by the first honest witness. It sees sizes and hashes, no question and no answer.',
    '',
    '--init makes a key and an empty memory in DIR, and prints the verifier key: hand it to the operator of the gateway.',
    '--run serves C2SP tlog-witness until it is told to stop (SIGTERM, SIGINT), with the settings in FILE:',
    '',
    '  listen: {host: 127.0.0.1, port: 8082}',
    '  state: witness-state               # relative to this file',
    '  logs:                              # verifier keys of the logs, as their operators hand them out',
    '    - gateway.example/five-safes+…',
    '',
    'It refuses to start if its memory is missing: whoever forgets what he signed can be led to sign something else. Never',
    'restore DIR from an older copy; make a new witness instead. It logs JSON lines to standard error.',
    '',
    'JSON of --init: {"state","verifierKey"}.',
  ],
  options: {
    init: { type: 'boolean', says: 'make the key and the memory of a new witness' },
    run: { type: 'string', value: 'FILE', says: 'run the witness with these settings' },
    name: {
      type: 'string',
      value: 'NAME',
      says: 'name of the witness in its signatures, such as witness.example/kestrel',
    },
    state: { type: 'string', value: 'DIR', says: 'directory for its key and memory; made if missing' },
    json: JSON_OPTION,
  },
  positionals: [],
  environment: [],
  examples: [
    'five-safes witness --init --name witness.example/kestrel --state /var/lib/witness',
    'five-safes witness --run /etc/witness.yaml',
  ],
  exits: [
    ['0', 'made, or told to stop'],
    ['1', 'the settings have mistakes'],
    ['2', 'the command line is wrong'],
    ['3', 'the key or the memory is missing or doubtful, or the address cannot be listened on'],
  ],
} as const satisfies Page;
