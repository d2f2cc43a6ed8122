import { completeness } from './completeness.ts';
import { disclosures } from './disclosures.ts';
import { readings } from './readings.ts';
import { refusals } from './refusals.ts';
import type { Report } from './report.ts';
import { volumes } from './volumes.ts';

export const REPORT_NAMES = ['completeness', 'disclosures', 'refusals', 'volumes', 'readings'] as const;
export type ReportName = (typeof REPORT_NAMES)[number];

export const REPORTS: Readonly<Record<ReportName, Report>> = { completeness, disclosures, refusals, volumes, readings };
