import { z } from 'zod';
import { FIELD_TYPES } from '../domain/dataset.ts';
import { OUTPUT_LEVELS } from '../domain/enquiry.ts';
import { SCHEMES } from '../domain/identifier.ts';
import { SAFES } from '../domain/safe.ts';
import { enquiryBody } from './enquiry-schema.ts';
import { explainBody } from './explain.ts';
import { explainRecordedBody } from './explain-recorded.ts';
import { pauseBody } from './pauses.ts';
import { undertakingBody } from './undertakings.ts';
import { explainedLegs, recordedExplained } from './wire-explained.ts';
import { digest, exchangeId, findingShape, named } from './wire-schemas.ts';

/** RFC 3339. */
const time = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);

named('Enquiry', 'What is asked, under which project, for what purpose and why.', enquiryBody);
named('ExplainEnquiry', 'A question whose decision is to be explained.', explainBody);
named('ExplainRecorded', 'A recorded exchange of my own whose decision is to be explained.', explainRecordedBody);
named('Pause', 'Why a dataset is paused or resumed.', pauseBody);
named('Acceptance', 'The version of an undertaking that was read.', undertakingBody);

export const me = named(
  'Me',
  'Who the gateway takes the caller for, and what the caller may ask.',
  z.strictObject({
    person: z.string(),
    name: z.string(),
    partner: z.string(),
    roles: z.array(z.string()),
    undertakings: z.array(
      z.strictObject({
        id: z.string(),
        version: z.int().min(1),
        title: z.string(),
        text: z.string(),
        accepted: time.nullable(),
      }),
    ),
    projects: z.array(
      z.strictObject({
        id: z.string(),
        title: z.string(),
        agreement: z.string(),
        purposes: z.array(z.string()),
        casePattern: z.string(),
        until: time,
        datasets: z.array(
          z.strictObject({
            dataset: z.string(),
            output: z.enum(OUTPUT_LEVELS),
            may: z.boolean(),
            by: z.array(z.enum(SCHEMES)),
            purposes: z.array(z.string()),
            unmet: z.array(
              z.strictObject({
                safe: z.enum(SAFES),
                code: findingShape.code,
                say: z.string(),
                remedy: z.string().optional(),
              }),
            ),
          }),
        ),
      }),
    ),
  }),
);

export const datasets = named(
  'Datasets',
  'The datasets of the agreements under which the caller works.',
  z.strictObject({
    datasets: z.array(
      z.strictObject({
        id: z.string(),
        title: z.string(),
        holder: z.string(),
        identifiers: z.array(z.enum(SCHEMES)),
        paused: z.boolean(),
        fields: z.array(z.strictObject({ field: z.string(), type: z.enum(FIELD_TYPES) })),
      }),
    ),
  }),
);

export const accepted = named(
  'Accepted',
  'An undertaking, accepted. `entry` is its index in the log.',
  z.strictObject({ undertaking: z.string(), version: z.int().min(1), accepted: time, entry: z.int().min(0) }),
);

export const paused = named(
  'Paused',
  'Whether a dataset is paused. `entry` is its index in the log.',
  z.strictObject({ dataset: z.string(), paused: z.boolean(), entry: z.int().min(0) }),
);

export const explanation = named(
  'Explanation',
  'What the rules would say, in the words of each reader that the caller may read for.',
  z.strictObject({
    exchange: exchangeId,
    allowed: z.boolean(),
    person: z.string().optional(),
    explanations: explainedLegs,
    rulebook: digest,
    recorded: recordedExplained.optional(),
    versions: z.strictObject({ rulebook: digest, registry: digest, configuration: digest, build: digest }).optional(),
    entry: z.int().min(0),
  }),
);
