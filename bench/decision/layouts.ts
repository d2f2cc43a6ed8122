import { readFileSync } from 'node:fs';
import type { RulebookSources } from '../../src/rulebook/rulebook.ts';

/** How rules lie. Whoever asks, ten of them concern the question; it is the others that grow in number. */
export const LAYOUTS = ['spread', 'one-dataset', 'half-any'] as const;
export type Layout = (typeof LAYOUTS)[number];

/** Rows that concern one question. */
export const RULES_A_QUESTION = 10;
export const AGREEMENT = 'deal';
export const FIELDS = Array.from({ length: 12 }, (_, i) => `field${i}`);

const PEOPLE = 'accreditation:vehicle-crime & training:data-protection<=365d';
const PROJECTS = 'purpose:SuspectedCrimeInvestigation & legal-basis:led-8 & case';
const SETTINGS = 'mfa & auth-age<=8h & network:lan & bound-token';
const OUTPUTS = 'by:vin(full) & rows<=20 & per-day<=50';
const TREATMENTS = ['keep', 'keep', 'keep', 'mask(3)', 'first-part', 'scrub'];

/** A layout of so many rules, as files. */
export interface LaidOut {
  readonly layout: Layout;
  readonly rules: number;
  readonly sources: RulebookSources;
  /** Partners that ask, and datasets; each has at least one. */
  readonly partners: readonly string[];
  readonly datasets: readonly string[];
}

/**
 * `spread`: ten rows for each dataset. `one-dataset`: ten rows for each partner, all of one dataset. `half-any`: five rows
 * for each partner on `any dataset`, five for each dataset. Of 100,000 rules ten are deny rows above the page, for nobody
 * who asks, since a page has at most that many lines.
 * @param rules a multiple of ten.
 */
export function layOut(layout: Layout, rules: number): LaidOut {
  const above = rules > RULES_A_QUESTION ? RULES_A_QUESTION : 0;
  const groups = (rules - above) / RULES_A_QUESTION;
  const partners = names('p', layout === 'spread' ? 1 : groups);
  const datasets = names('d', layout === 'one-dataset' ? 1 : groups);
  const rows: string[] = [];
  const row = (safe: string, ...rest: readonly string[]) => rows.push(`${safe},R${rows.length},${rest.join(',')}`);
  const general = (who: string, what: string) => {
    row('people', who, what, PEOPLE, 'allow', '-');
    row('projects', who, what, PROJECTS, 'allow', '-');
    row('settings', who, what, SETTINGS, 'allow', '-');
    row('outputs', who, `${what} (records)`, OUTPUTS, 'allow', 'release keep<=30d no-onward');
  };
  const fields = (who: string, what: string, many: number) => {
    for (const [i, then] of TREATMENTS.slice(0, many).entries())
      row('data', who, `${what}/field${i}`, '-', 'allow', then);
  };
  if (layout === 'half-any') {
    for (const partner of partners) {
      general(`partner:${partner}`, 'any dataset');
      row('data', `partner:${partner}`, 'any dataset', 'paused', 'deny', '-');
    }
    for (const dataset of datasets) fields('role:officer', dataset, 5);
  } else {
    for (const dataset of datasets) {
      for (const partner of partners) {
        const who = layout === 'spread' ? 'role:officer' : `role:officer & partner:${partner}`;
        general(who, dataset);
        fields(who, dataset, 6);
      }
    }
  }
  const denied = Array.from({ length: above }, (_, i) => `people,E${i},role:analyst,any dataset,suspended,deny,-`);
  const sources = new Map([
    ['model.conf', readFileSync(new URL('../../policies/model.conf', import.meta.url), 'utf8')],
    ['roles.csv', 'role,includes\nofficer,-\nanalyst,-\n'],
    ['everywhere.csv', page('everywhere', denied)],
    [`${AGREEMENT}.csv`, page(AGREEMENT, rows)],
  ]);
  return { layout, rules, sources, partners, datasets };
}

function names(kind: string, many: number): readonly string[] {
  return Array.from({ length: many }, (_, i) => `${kind}-${i}`);
}

function page(name: string, rows: readonly string[]): string {
  const head = `safe,id,who,what,only if,verdict,then\npage,-,${name},-,-,-,owner=office review=2027-03-01\n`;
  return `${head}${rows.join('\n')}\n`;
}
