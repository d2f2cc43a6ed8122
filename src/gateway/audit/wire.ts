import { z } from 'zod';
import { SCHEMES } from '../../domain/identifier.ts';
import { RESULTS } from '../../ledger/audit/find-query.ts';
import { PERMITTED_USE_NAMES } from '../../ledger/audit/permitted-use.ts';
import { REPORT_NAMES } from '../../ledger/audit/reports/index.ts';
import { ACTIONS } from '../../registry/duties.ts';
import { explainedLegs, recordedExplained } from '../wire-explained.ts';
import { digest, exchangeId, findingShape, named } from '../wire-schemas.ts';
import { explainReadingBody } from './explain.ts';
import { findBody, nextBody } from './find.ts';
import { openBody } from './open.ts';
import { reportBody } from './report.ts';

named('AuditSearch', 'What is looked for in the log, for which permitted use and why.', findBody);
named('AuditNext', 'Where a search goes on.', nextBody);
named('AuditOpen', 'For which permitted use an exchange is opened, and why.', openBody);
named('AuditExplain', 'For which permitted use a decision is explained, and why.', explainReadingBody);
named('AuditReport', 'Which report over which period, for which permitted use and why.', reportBody);

const index = z.int().min(0);
const result = z.enum([...RESULTS, 'open', 'erased']);
const legLine = {
  dataset: z.string(),
  holder: z.string(),
  state: z.string(),
  code: z.string().nullable(),
};

export const overview = named(
  'AuditOverview',
  'What the caller may read of the log, and how far.',
  z.strictObject({
    person: z.string(),
    actions: z.array(
      z.strictObject({
        action: z.enum(ACTIONS),
        asker: z.string().nullable(),
        holder: z.string().nullable(),
        self: z.string().nullable(),
        agreements: z.array(z.string()),
      }),
    ),
    uses: z.array(z.strictObject({ use: z.enum(PERMITTED_USE_NAMES), says: z.string() })),
    source: z.string(),
    identifierSearchesPerDay: z.int(),
  }),
);

export const found = named(
  'AuditPage',
  'A page of a search, newest first. `reading` is the entry that records it, `size` the tree that was searched.',
  z.strictObject({
    reading: index,
    size: index,
    exchanges: z.array(
      z.strictObject({
        exchange: exchangeId,
        time: z.string().nullable(),
        result: result.nullable(),
        partner: z.string().nullable(),
        person: z.string().nullable(),
        project: z.string(),
        purpose: z.string(),
        case: z.string().nullable(),
        output: z.string(),
        legs: z.array(z.strictObject(legLine)),
      }),
    ),
    next: z.string().nullable(),
  }),
);

const entryAt = z.strictObject({ index, time: z.string() });
const entryPlace = entryAt.nullable();
// Findings of the log may be those of an earlier version: their codes are read as text.
const finding = z.looseObject({ ...findingShape, code: z.string() });
const findings = z.looseObject({
  people: finding,
  projects: finding,
  settings: finding,
  data: finding,
  outputs: finding,
});

const evidence = named(
  'AuditEvidence',
  'Entries with their inclusion proofs (RFC 6962, base64) in the signed tree of `checkpoint`.',
  z.strictObject({
    checkpoint: z.string(),
    size: index,
    entries: z.array(
      z.strictObject({ index, kind: z.string(), time: z.string(), entry: z.string(), proof: z.array(z.string()) }),
    ),
  }),
);

export const openedAnswer = named(
  'AuditExchange',
  'One exchange opened, as the reader may see it: `keptBack` names what is kept from this side.',
  z.strictObject({
    reading: index,
    size: index,
    opened: z.strictObject({
      exchange: exchangeId,
      side: z.enum(['whole', 'holder']),
      keptBack: z.array(z.string()),
      asked: entryPlace,
      outcome: entryPlace,
      explained: entryAt.exactOptional(),
      result: result.nullable(),
      answer: digest.nullable(),
      who: z.strictObject({
        partner: z.string().nullable(),
        person: z.string().nullable(),
        issuer: z.string().nullable(),
        subject: z.string().nullable(),
        address: z.string().nullable(),
      }),
      agreement: z.string().nullable(),
      project: z.string(),
      purpose: z.looseObject({ term: z.string(), iri: z.string(), vocabulary: z.string() }),
      case: z.string().nullable(),
      justification: z.string().nullable(),
      output: z.string(),
      by: z.looseObject({ scheme: z.enum(SCHEMES), value: z.string() }).nullable(),
      versions: z.looseObject({ rulebook: digest, registry: digest, configuration: digest, build: digest }),
      legs: z.array(
        z.strictObject({
          ...legLine,
          rows: z.int().nullable(),
          findings,
          returned: z.array(z.looseObject({ field: z.string(), treatment: z.string(), rule: z.string().nullable() })),
          withheld: z.array(z.string()),
          terms: z.array(z.string()),
          facts: z.record(z.string(), z.unknown()),
        }),
      ),
    }),
    evidence,
  }),
);

export const explainedReading = named(
  'AuditExplanation',
  'Why a recorded decision fell as it did, as far as the side of the reader lets it be told.',
  z.strictObject({
    reading: index,
    size: index,
    side: z.enum(['whole', 'holder']),
    recorded: recordedExplained,
    explanations: explainedLegs,
    rulebook: digest,
  }),
);

export const reportAnswer = named(
  'AuditReportAnswer',
  'A report. What its rows and its summary hold is told in docs/audit.md.',
  z.strictObject({
    reading: index,
    report: z.enum(REPORT_NAMES),
    period: z.strictObject({ from: z.string(), until: z.string() }),
    size: index,
    first: index,
    end: index,
    columns: z.array(z.string()),
    rows: z.array(z.record(z.string(), z.unknown())),
    summary: z.record(z.string(), z.unknown()),
  }),
);
