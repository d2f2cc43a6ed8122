import { checkDataset } from './dataset-checks.ts';
import { EXCLUSIVE } from './duties.ts';
import type { AgreementsDocument, DatasetsDocument, PartnersDocument } from './schema.ts';

/** The three documents, each parsed by its schema. */
export interface Parsed {
  readonly partners: PartnersDocument;
  readonly agreements: AgreementsDocument;
  readonly datasets: DatasetsDocument;
}

/** Reports a problem at a key path of one of the documents. */
export type Report = (document: keyof Parsed, path: readonly PropertyKey[], message: string) => void;

interface Named {
  readonly id: string;
}

function expectedOneOf(known: readonly Named[]): string {
  const ids = known.map(({ id }) => id);
  return ids.length > 8 ? `expected one of ${ids.slice(0, 8).join(', ')} …` : `expected one of ${ids.join(', ')}`;
}

function checkIds(all: readonly Named[], document: keyof Parsed, list: string, report: Report): void {
  const seen = new Set<string>();
  for (const [i, { id }] of all.entries()) {
    if (seen.has(id)) report(document, [list, i, 'id'], `expected an id of its own, "${id}" is taken`);
    seen.add(id);
  }
}

function checkPeople({ partners: { partners, people } }: Parsed, report: Report): void {
  checkIds(partners, 'partners', 'partners', report);
  checkIds(people, 'partners', 'people', report);
  const identities = new Set<string>();
  for (const [i, person] of people.entries()) {
    if (!partners.some(({ id }) => id === person.partner)) {
      report('partners', ['people', i, 'partner'], `unknown partner "${person.partner}", ${expectedOneOf(partners)}`);
    }
    for (const [j, { issuer, subject }] of person.identities.entries()) {
      const key = JSON.stringify([issuer, subject]);
      const place = ['people', i, 'identities', j];
      if (identities.has(key)) report('partners', place, 'expected an issuer and subject that no other entry has');
      identities.add(key);
    }
    checkExclusive(person, i, report);
    for (const list of ['roles', 'accreditations', 'trainings', 'suspensions'] as const) {
      for (const [j, { approver }] of person[list].entries()) {
        const place = ['people', i, list, j, 'approver'];
        if (!people.some(({ id }) => id === approver)) {
          report('partners', place, `unknown person "${approver}", expected the id of somebody in people`);
        }
        // Nobody vouches for themselves; a suspension of oneself widens nothing.
        if (approver === person.id && list !== 'suspensions') {
          report('partners', place, 'expected somebody else than the person concerned');
        }
      }
    }
  }
}

/** Who answers for the processing does not audit it: nobody has both roles at once. */
function checkExclusive({ roles }: PartnersDocument['people'][number], i: number, report: Report): void {
  const [one, other] = EXCLUSIVE;
  for (const [j, role] of roles.entries()) {
    if (role.name !== other) continue;
    const both = roles.some((r) => r.name === one && r.from < role.until && role.from < r.until);
    if (both) {
      report('partners', ['people', i, 'roles', j], `expected nobody to be ${one} and ${other} at the same time`);
    }
  }
}

/** What stands above agreements among the policies. */
const NO_PAGE_OF_AN_AGREEMENT = /^(everywhere|roles|holder-.*)$/;

/** Who accepts a promise has accepted it wherever it is asked for: under one id there is one promise. */
function checkUndertakings({ agreements }: AgreementsDocument, report: Report): void {
  const first = new Map<string, { readonly text: string; readonly agreement: string }>();
  for (const [i, { id: agreement, undertakings }] of agreements.entries()) {
    for (const [j, { id, version, title, text }] of undertakings.entries()) {
      const said = { text: JSON.stringify([version, title, text]), agreement };
      const known = first.get(id) ?? said;
      first.set(id, known);
      if (known.text === said.text) continue;
      const expected = `expected the version, title and text that "${id}" has under ${known.agreement}, or another id`;
      report('agreements', ['agreements', i, 'undertakings', j], expected);
    }
  }
}

function checkAgreements({ partners: { partners }, agreements, datasets }: Parsed, report: Report): void {
  checkIds(agreements.agreements, 'agreements', 'agreements', report);
  checkUndertakings(agreements, report);
  for (const [i, agreement] of agreements.agreements.entries()) {
    if (NO_PAGE_OF_AN_AGREEMENT.test(agreement.id)) {
      const expected = `expected another id: ${agreement.id}.csv is no page of an agreement`;
      report('agreements', ['agreements', i, 'id'], expected);
    }
    for (const [j, party] of agreement.parties.entries()) {
      if (!partners.some(({ id }) => id === party)) {
        report('agreements', ['agreements', i, 'parties', j], `unknown partner "${party}", ${expectedOneOf(partners)}`);
      }
    }
    for (const [j, { partner }] of agreement.auditors.entries()) {
      if (agreement.parties.includes(partner)) continue;
      const expected = `expected a party of ${agreement.id}: ${agreement.parties.join(', ')}`;
      report('agreements', ['agreements', i, 'auditors', j, 'partner'], expected);
    }
    for (const [j, id] of agreement.datasets.entries()) {
      const place = ['agreements', i, 'datasets', j];
      const dataset = datasets.datasets.find((d) => d.id === id);
      if (dataset === undefined) {
        report('agreements', place, `unknown dataset "${id}", ${expectedOneOf(datasets.datasets)}`);
      } else if (!agreement.parties.includes(dataset.holder)) {
        report('agreements', place, `expected the holder "${dataset.holder}" to be a party of the agreement`);
      }
    }
  }
}

function checkProjects({ partners: { people }, agreements: { agreements, projects } }: Parsed, report: Report): void {
  checkIds(projects, 'agreements', 'projects', report);
  for (const [i, project] of projects.entries()) {
    const say = (key: string, message: string) => report('agreements', ['projects', i, key], message);
    for (const [j, member] of project.members.entries()) {
      const person = people.find(({ id }) => id === member);
      const place = ['projects', i, 'members', j];
      if (person === undefined) report('agreements', place, `unknown person "${member}"`);
      else if (person.partner !== project.partner) {
        report('agreements', place, `expected a person of ${project.partner}, "${member}" is of ${person.partner}`);
      }
    }
    const agreement = agreements.find(({ id }) => id === project.agreement);
    if (agreement === undefined) {
      say('agreement', `unknown agreement "${project.agreement}", ${expectedOneOf(agreements)}`);
      continue;
    }
    if (!agreement.parties.includes(project.partner)) {
      say('partner', `expected a party of ${agreement.id}: ${agreement.parties.join(', ')}`);
    }
    if (!agreement.legalBases.includes(project.legalBasis)) {
      say('legalBasis', `expected a legal basis of ${agreement.id}: ${agreement.legalBases.join(', ')}`);
    }
    if (project.from < agreement.from) say('from', `expected no earlier start than that of ${agreement.id}`);
    if (project.until > agreement.until) say('until', `expected no later end than that of ${agreement.id}`);
  }
}

function checkDatasets({ partners: { partners }, datasets: { datasets } }: Parsed, report: Report): void {
  checkIds(datasets, 'datasets', 'datasets', report);
  for (const [i, dataset] of datasets.entries()) {
    if (!partners.some(({ id }) => id === dataset.holder)) {
      report('datasets', ['datasets', i, 'holder'], `unknown partner "${dataset.holder}", ${expectedOneOf(partners)}`);
    }
    checkDataset(dataset, (path, message) => report('datasets', ['datasets', i, ...path], message));
  }
}

/** What the documents must be to each other. Every problem is reported, not only the first. */
export function crossCheck(parsed: Parsed, report: Report): void {
  checkPeople(parsed, report);
  checkDatasets(parsed, report);
  checkAgreements(parsed, report);
  checkProjects(parsed, report);
}
