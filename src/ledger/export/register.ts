import type { Dataset } from '../../domain/dataset.ts';
import { provision } from '../../domain/legal-basis.ts';
import type { Agreement, Partner, Project } from '../../domain/partnership.ts';
import { treatmentText } from '../../domain/plan.ts';
import { purposeIri } from '../../domain/purpose.ts';
import type { Rule } from '../../domain/rule.ts';
import { type Instant, isoTime } from '../../domain/time.ts';
import type { Digest } from '../../domain/versions.ts';
import { MEASURES, NOT_KNOWN, settingMeasures } from './register-measures.ts';

/** What a register of one agreement is made from: the registry, and the agreement's page. */
export interface RegisterSources {
  readonly agreement: Agreement;
  readonly partners: readonly Partner[];
  readonly projects: readonly Project[];
  readonly datasets: readonly Dataset[];
  readonly page: { readonly owner: string; readonly review: string; readonly rules: readonly Rule[] };
  readonly versions: { readonly registry: Digest; readonly rulebook: Digest };
  readonly made: Instant;
}

export type ProcessingRegister = ReturnType<typeof processingRegister>;

/**
 * The record of processing activities of one agreement: what Directive (EU) 2016/680 Art. 24(1) and Regulation (EU)
 * 2016/679 Art. 30(1) ask for, as far as registry and rulebook know it. What they do not know is named, not left out.
 */
export function processingRegister(sources: RegisterSources) {
  const { agreement, page, versions, made } = sources;
  const allowed = page.rules.filter((rule) => rule.verdict === 'allow');
  return {
    form: 'five-safes/processing-register@v1',
    provisions: ['Directive (EU) 2016/680 Art. 24(1)', 'Regulation (EU) 2016/679 Art. 30(1)'],
    made: isoTime(made),
    versions,
    agreement: {
      id: agreement.id,
      title: agreement.title,
      from: isoTime(agreement.from),
      until: isoTime(agreement.until),
      review: isoTime(agreement.review),
      page: { owner: page.owner, review: page.review },
    },
    controllers: agreement.parties.map((id) => controller(id, sources)),
    purposes: agreement.purposes.map((term) => ({ term, iri: purposeIri(term) })),
    legalBases: agreement.legalBases.map((id) => ({ id, provision: provision(id) })),
    projects: sources.projects
      .filter((project) => project.agreement === agreement.id)
      .map(({ id, title, partner, legalBasis, from, until }) => ({
        ...{ id, title, partner, legalBasis },
        from: isoTime(from),
        until: isoTime(until),
      })),
    recipients: allowed.filter(({ safe }) => safe === 'outputs').map(recipient),
    data: covered(sources).map((dataset) => dataOf(dataset, allowed)),
    retention: {
      log: `Who asked what and why is kept for ${agreement.keepLogDays} days, then its keys are destroyed.`,
      logDays: agreement.keepLogDays,
      answers: allowed.flatMap((rule) =>
        rule.terms.filter(({ name }) => name === 'keep').map(({ bound }) => ({ rule: rule.id, days: bound ?? null })),
      ),
      gateway: "The gateway keeps no holder's records and no answers.",
    },
    securityMeasures: [...MEASURES, ...settingMeasures(allowed)],
    notKnown: NOT_KNOWN,
  };
}

function covered({ agreement, datasets }: RegisterSources): readonly Dataset[] {
  return datasets.filter(({ id }) => agreement.datasets.includes(id));
}

/** Each partner stays controller of its own records, and becomes one of what it is given. */
function controller(id: string, sources: RegisterSources) {
  const holds = covered(sources).filter((dataset) => dataset.holder === id);
  const asks = sources.projects.filter((p) => p.agreement === sources.agreement.id && p.partner === id);
  return {
    partner: id,
    name: sources.partners.find((partner) => partner.id === id)?.name ?? id,
    holderOf: holds.map((dataset) => dataset.id),
    askerIn: asks.map((project) => project.id),
  };
}

function recipient(rule: Rule) {
  return {
    ...scopeOf(rule),
    output: rule.what.level ?? null,
    terms: rule.terms.map(({ text }) => text),
  };
}

function dataOf(dataset: Dataset, allowed: readonly Rule[]) {
  const rules = allowed.filter(
    ({ safe, what }) => safe === 'data' && (what.dataset === null || what.dataset === dataset.id),
  );
  return {
    dataset: dataset.id,
    title: dataset.title,
    holder: dataset.holder,
    searchedBy: Object.keys(dataset.identifiers),
    hitToldBy: rules.filter(({ exists }) => exists === true).map(scopeOf),
    fields: Object.entries(dataset.fields).map(([field, { type }]) => ({
      field,
      type,
      // None: the field never leaves, for nothing is told that no rule names.
      treatments: rules
        .filter((rule) => rule.what.field === field && rule.treatment !== undefined)
        .map((rule) => ({ treatment: treatmentText(rule.treatment ?? null), ...scopeOf(rule) })),
    })),
  };
}

/** Whom a rule covers, in the words of the page. */
function scopeOf({ id, cells, what }: Rule) {
  return { rule: id, who: cells[2] ?? '', dataset: what.dataset ?? 'any dataset', onlyIf: cells[4] ?? '-' };
}
