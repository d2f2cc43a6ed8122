import type { RequestHandler } from 'express';
import type { Dataset } from '../domain/dataset.ts';
import { OUTPUT_LEVELS, type OutputLevel } from '../domain/enquiry.ts';
import type { Findings } from '../domain/finding.ts';
import { isScheme } from '../domain/identifier.ts';
import { type Agreement, inForce, type Project } from '../domain/partnership.ts';
import { isoTime } from '../domain/time.ts';
import { breatheBetweenEvents } from '../rulebook/turns.ts';
import { personOf } from './person.ts';
import type { GatewayPorts } from './ports.ts';
import { type Received, receivedOf } from './receive.ts';
import { undertakingsOf } from './undertakings.ts';

/** `GET /v1/me`: who the gateway takes me for, what I may ask under which project, and what still stands in the way. */
export function getMe(ports: GatewayPorts): RequestHandler {
  return async (req, res) => {
    const received = receivedOf(req);
    const person = personOf(ports, received.caller);
    const now = ports.clock.now();
    const projects = ports.registry.projectsOf(person.id).flatMap((project) => {
      const agreement = ports.registry.agreement(project.agreement);
      return agreement === undefined ? [] : [{ project, agreement }];
    });
    const told = [];
    for (const { project, agreement } of projects) told.push(await tellProject(ports, received, project, agreement));
    res.json({
      person: person.id,
      name: person.name,
      partner: person.partner,
      roles: person.roles.filter((role) => inForce(role, now)).map((role) => role.name),
      undertakings: undertakingsOf(ports, person.id),
      projects: told,
    });
  };
}

/** `GET /v1/datasets`: the datasets of the agreements under which my organisation has projects that I work in. */
export function getDatasets(ports: GatewayPorts): RequestHandler {
  return (req, res) => {
    const person = personOf(ports, receivedOf(req).caller);
    const agreements = new Set(ports.registry.projectsOf(person.id).map((project) => project.agreement));
    const ids = new Set([...agreements].flatMap((id) => ports.registry.agreement(id)?.datasets ?? []));
    const datasets = [...ids].flatMap((id) => ports.registry.dataset(id) ?? []);
    res.json({
      datasets: datasets.map((dataset) => ({
        id: dataset.id,
        title: dataset.title,
        holder: dataset.holder,
        identifiers: Object.keys(dataset.identifiers),
        paused: ports.live.isPaused(dataset.id),
        fields: Object.entries(dataset.fields).map(([field, { type }]) => ({ field, type })),
      })),
    });
  };
}

async function tellProject(ports: GatewayPorts, received: Received, project: Project, agreement: Agreement) {
  const datasets = [];
  for (const id of agreement.datasets) {
    const dataset = ports.registry.dataset(id);
    if (dataset === undefined) continue;
    for (const output of OUTPUT_LEVELS)
      datasets.push(tellDataset(ports, received, { project, agreement, dataset, output }));
    // For each a question is put to the rules by every identifier and for every purpose: others go first.
    await breatheBetweenEvents();
  }
  return {
    id: project.id,
    title: project.title,
    agreement: agreement.id,
    purposes: agreement.purposes,
    casePattern: project.casePattern,
    until: isoTime(project.until),
    datasets,
  };
}

interface Prospect {
  readonly project: Project;
  readonly agreement: Agreement;
  readonly dataset: Dataset;
  readonly output: OutputLevel;
}

/** The best case: for each Safe, whether any identifier and purpose the agreement knows would do, put as a question to the rules. */
function tellDataset(
  ports: GatewayPorts,
  { caller, channel }: Received,
  { project, agreement, dataset, output }: Prospect,
) {
  const now = ports.clock.now();
  const schemes = Object.keys(dataset.identifiers).filter(isScheme);
  const tries = schemes.flatMap((scheme) =>
    agreement.purposes.map((purpose): { scheme: string; purpose: string; findings: Findings | undefined } => {
      const enquiry = {
        project: project.id,
        purpose,
        case: project.casePattern.replaceAll('#', '0').replaceAll('@', 'A'),
        justification: 'GET /v1/me',
        datasets: [dataset.id],
        by: { scheme, value: '', full: true },
        output,
      };
      return { scheme, purpose, findings: ports.foresee(caller, channel, enquiry, now)[0]?.findings };
    }),
  );
  const unmet = tries.map((t) => Object.entries(t.findings ?? {}).filter(([, f]) => f.verdict !== 'allow'));
  const fewest = unmet.toSorted((a, b) => a.length - b.length)[0] ?? [];
  const may = tries.filter((_, i) => unmet[i]?.length === 0);
  return {
    dataset: dataset.id,
    output,
    may: may.length > 0,
    by: [...new Set(may.map((t) => t.scheme))],
    purposes: [...new Set(may.map((t) => t.purpose))],
    unmet:
      may.length > 0
        ? []
        : fewest.map(([safe, { code, say, remedy }]) => ({
            safe,
            code,
            say,
            ...(remedy === undefined ? {} : { remedy }),
          })),
  };
}
