import type { Option, Page } from '../page.ts';
import { QUESTION_ENVIRONMENT, QUESTION_OPTIONS, WAITING_OPTIONS } from './question.ts';

const OPTIONS = {
  reason: { type: 'string', value: 'TEXT', says: 'why, in your own words; it is recorded' },
  gateway: QUESTION_OPTIONS.gateway,
  ...WAITING_OPTIONS,
} as const satisfies Readonly<Record<string, Option>>;

const EXITS = [
  ['0', 'done, and recorded'],
  ['1', 'refused: you are no data steward of the holder of this dataset, or the reason cannot be recorded'],
  ['2', 'the command line is wrong'],
  ['3', 'a fault: the gateway cannot be reached or cannot record'],
] as const;

export const PAUSE = {
  name: 'pause',
  summary: 'stop every question to a dataset of your own, at once',
  synopsis: ['five-safes pause DATASET --reason TEXT [--gateway URL] [--json]'],
  says: [
    'For data stewards of the holder. From now on nobody is asked for records of the dataset, and answers that are on the way',
    'are not let go, until it is resumed. Those who ask are told that the holder has paused the dataset, not why.',
    '',
    'If the gateway says that it cannot record (exit 3), the dataset is paused all the same for as long as that gateway runs;',
    'say it again later, so that it holds after a restart too.',
    '',
    'JSON: {"dataset","paused","entry"}; "entry" is the index in the log. Or the problem document of the gateway.',
  ],
  options: OPTIONS,
  positionals: ['DATASET'],
  environment: QUESTION_ENVIRONMENT,
  examples: ['five-safes pause dealer-sales --reason "stocktaking until Friday"'],
  exits: EXITS,
} as const satisfies Page;

export const RESUME = {
  name: 'resume',
  summary: 'let questions to a dataset of your own through again',
  synopsis: ['five-safes resume DATASET --reason TEXT [--gateway URL] [--json]'],
  says: [
    'For data stewards of the holder. Questions are put again as soon as this is recorded, and not before.',
    '',
    'JSON: {"dataset","paused","entry"}; "entry" is the index in the log. Or the problem document of the gateway.',
  ],
  options: OPTIONS,
  positionals: ['DATASET'],
  environment: QUESTION_ENVIRONMENT,
  examples: ['five-safes resume dealer-sales --reason "stocktaking is over"'],
  exits: EXITS,
} as const satisfies Page;
