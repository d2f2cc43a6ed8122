import type { ProcessingRegister } from './register.ts';

/** The register for people: Markdown with tables. */
export function registerMarkdown(register: ProcessingRegister): string {
  const { agreement, controllers, purposes, legalBases, projects, recipients, data, retention } = register;
  return [
    `# Record of processing activities: ${agreement.title}`,
    '',
    `For ${register.provisions.join(' and ')}. Made ${register.made} from the registry (${register.versions.registry}) and`,
    `the rulebook (${register.versions.rulebook}). Agreement \`${agreement.id}\`, ${day(agreement.from)} to ${day(agreement.until)},`,
    `to be reviewed by ${day(agreement.review)}. Its page is answered for by ${agreement.page.owner} (review ${agreement.page.review}).`,
    '',
    '## Controllers',
    '',
    ...grid(
      ['Partner', 'Holds', 'Asks in'],
      controllers.map((c) => [`${c.name} (${c.partner})`, c.holderOf.join(', '), c.askerIn.join(', ')]),
    ),
    '## Purposes and legal bases',
    '',
    ...purposes.map(({ term, iri }) => `- ${term} (${iri})`),
    ...legalBases.map(({ id, provision }) => `- ${id}: ${provision}`),
    '',
    '## Projects',
    '',
    ...grid(
      ['Project', 'Partner', 'Legal basis', 'From', 'Until'],
      projects.map((p) => [`${p.title} (${p.id})`, p.partner, p.legalBasis, day(p.from), day(p.until)]),
    ),
    '## Categories of recipients',
    '',
    ...grid(
      ['Who', 'Dataset', 'Output', 'Only if', 'Terms', 'Rule'],
      recipients.map((r) => [r.who, r.dataset, r.output ?? 'any', r.onlyIf, r.terms.join(' '), r.rule]),
    ),
    '## Data and how they are treated',
    '',
    ...data.flatMap((d) => [
      `### ${d.title} (${d.dataset}), held by ${d.holder}`,
      '',
      `Searched by: ${d.searchedBy.join(', ')}. That there is a record may be told to: ${
        d.hitToldBy.map(({ who, rule }) => `${who} (${rule})`).join(', ') || 'nobody'
      }.`,
      '',
      ...grid(
        ['Field', 'Type', 'Treatment'],
        d.fields.map(({ field, type, treatments }) => [
          field,
          type,
          treatments.map((t) => `${t.treatment} for ${t.who} (${t.rule})`).join('; ') || 'withheld from everybody',
        ]),
      ),
    ]),
    '## Time limits for erasure',
    '',
    `- ${retention.log}`,
    ...retention.answers.map(
      ({ rule, days }) => `- Answers under rule ${rule}: erased by the asker after ${days} days.`,
    ),
    `- ${retention.gateway}`,
    '',
    '## Security measures',
    '',
    ...register.securityMeasures.map(({ measure, source }) => `- ${cell(measure)} (${source})`),
    '',
    '## To be added by the controllers',
    '',
    ...register.notKnown.map((what) => `- ${what}`),
    '',
  ].join('\n');
}

function day(time: string): string {
  return time.slice(0, 10);
}

function grid(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const row = (cells: readonly string[]) => `| ${cells.map((text) => cell(text) || '–').join(' | ')} |`;
  return [row(head), row(head.map(() => '---')), ...rows.map(row), ''];
}

/** Text of the configuration must not end a cell or begin a tag. */
function cell(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll('<', '&lt;').replace(/\s+/g, ' ');
}
