import { CONFIG_OPTION, JSON_OPTION, type Page } from '../page.ts';

const STATE = {
  type: 'string',
  value: 'DIR',
  says: 'state directory with the ledger, instead of a configuration',
} as const;
const ENVIRONMENT = [
  ['FIVE_SAFES_STATE', 'state directory instead of the one that gateway.yaml names; absolute'],
] as const;
const REASON = { type: 'string', value: 'TEXT', says: 'why the details are opened; recorded' } as const;
const USE = {
  type: 'string',
  value: 'USE',
  says: 'what the log is read for: lawfulness, self-monitoring, security or criminal-proceedings; recorded',
} as const;

export const LOG_EXPORT_RECORDS = {
  name: 'log export-records',
  summary: 'write exchanges with their details as JSON Lines, CSV or OCSF events',
  synopsis: [
    'five-safes log export-records --format jsonl|csv|ocsf --use USE --reason TEXT [--from T] [--to T] [--exchange ID]',
    '                              [--config DIR | --state DIR]',
  ],
  says: [
    'Opens the sealed details of exchanges and writes them to standard output: one line an exchange, of CSV one line a',
    'leg. This is a reading of the log: an entry with your name, reason and use is written before the first line. It needs',
    'the ledger to itself, so stop the gateway before. What comes after that entry is not exported.',
    '',
    'jsonl: all that the log holds of an exchange. csv: RFC 4180, safe to be opened in a spreadsheet. ocsf: API Activity',
    '(6003) of OCSF 1.8.0. Columns and attributes: docs/exports.md.',
  ],
  options: {
    format: { type: 'string', value: 'F', says: 'jsonl, csv or ocsf' },
    use: USE,
    reason: REASON,
    from: { type: 'string', value: 'T', says: 'exchanges that began at this day or moment, or later' },
    to: { type: 'string', value: 'T', says: 'exchanges that began before this day or moment' },
    exchange: { type: 'string', value: 'ID', says: 'this exchange only' },
    config: CONFIG_OPTION,
    state: STATE,
  },
  positionals: [],
  environment: ENVIRONMENT,
  examples: [
    'five-safes log export-records --format csv --from 2026-11-01 --use lawfulness --reason "yearly audit" > nov.csv',
  ],
  exits: [
    ['0', 'exported, be it nothing'],
    ['1', 'the configuration has mistakes'],
    ['2', 'the command line is wrong'],
    ['3', 'the ledger cannot be read, a running gateway holds it, or some exchanges could not be told'],
  ],
} as const satisfies Page;

export const LOG_CRATE = {
  name: 'log crate',
  summary: 'put one exchange and its evidence into a directory, as a Five Safes RO-Crate',
  synopsis: ['five-safes log crate EXCHANGE --out DIR --use USE --reason TEXT [--config DIR | --state DIR] [--json]'],
  says: [
    'Writes a BagIt bag: RO-Crate metadata, the exchange with its details, its entries, the evidence bundle and the digest',
    'of the answer. This is a reading of the log: an entry with your name, reason and use is written first. It needs the',
    'ledger to itself, so stop the gateway before. In what the crate differs from the profile, CONFORMANCE.md in it says.',
    '',
    'JSON: {"exchange","reading","out","files":[…]}',
  ],
  options: {
    out: { type: 'string', value: 'DIR', says: 'where the bag goes: empty or not there yet' },
    use: USE,
    reason: REASON,
    config: CONFIG_OPTION,
    state: STATE,
    json: JSON_OPTION,
  },
  positionals: ['EXCHANGE'],
  environment: ENVIRONMENT,
  examples: [
    'five-safes log crate 01ARZ3NDEKTSV4RRFFQ69G5FAV --out crate --use criminal-proceedings --reason "court order 7/26"',
  ],
  exits: [
    ['0', 'written'],
    ['1', 'there is no such exchange, it was erased, its evidence does not verify, or the configuration has mistakes'],
    ['2', 'the command line is wrong'],
    ['3', 'the ledger cannot be read, or a running gateway holds it'],
  ],
} as const satisfies Page;

export const REGISTER = {
  name: 'register',
  summary: 'write the record of processing activities of an agreement',
  synopsis: ['five-safes register AGREEMENT [--format json|md] [--config DIR]'],
  says: [
    'Makes the record that Directive (EU) 2016/680 Art. 24 and Regulation (EU) 2016/679 Art. 30 ask for, from the registry',
    'and the rules in force: controllers, purposes, legal bases, recipients, data and their treatment, retention and',
    'security measures. What the gateway does not know, such as contact details, is listed at the end.',
  ],
  options: {
    format: { type: 'string', value: 'F', says: 'json or md (default: md on a terminal, else json)' },
    config: CONFIG_OPTION,
  },
  positionals: ['AGREEMENT'],
  environment: [],
  examples: ['five-safes register vehicle-tracing --format md > register.md'],
  exits: [
    ['0', 'written'],
    ['1', 'there is no such agreement, or the configuration has mistakes'],
    ['2', 'the command line is wrong'],
  ],
} as const satisfies Page;
