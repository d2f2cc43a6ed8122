import { resolve } from 'node:path';
import type { z } from 'zod';
import { ConfigurationError } from '../domain/configuration-error.ts';
import type { Dataset } from '../domain/dataset.ts';
import { digestOfJson } from '../domain/digest.ts';
import { freeze } from '../domain/freeze.ts';
import type { JsonValue } from '../domain/json.ts';
import type { Agreement, Partner, Person, Project } from '../domain/partnership.ts';
import type { Digest } from '../domain/versions.ts';
import { crossCheck } from './cross-checks.ts';
import { problemAt, schemaProblems } from './problems.ts';
import { agreementsSchema, datasetsSchema, partnersSchema } from './schema.ts';

/** A document as it was read, and the name it has in messages. */
export interface RegistryDocument {
  readonly file: string;
  readonly content: JsonValue;
}

export interface RegistryDocuments {
  readonly partners: RegistryDocument;
  readonly agreements: RegistryDocument;
  readonly datasets: RegistryDocument;
  /** Absolute; files are named relative to it. */
  readonly directory: string;
}

/** Who is who, what was agreed, what can be asked. Frozen: another registry is another object with another digest. */
export interface Registry {
  /** Digest of the three documents' content: comments and the order of keys don't count. */
  readonly digest: Digest;
  readonly partners: readonly Partner[];
  readonly people: readonly Person[];
  readonly agreements: readonly Agreement[];
  readonly projects: readonly Project[];
  readonly datasets: readonly Dataset[];
  /** The person a provider vouches for, or undefined: then the caller is unknown. */
  personOf(issuer: string, subject: string): Person | undefined;
  person(id: string): Person | undefined;
  partner(id: string): Partner | undefined;
  agreement(id: string): Agreement | undefined;
  project(id: string): Project | undefined;
  dataset(id: string): Dataset | undefined;
  /** Projects that the person is a member of, in force or not. */
  projectsOf(personId: string): readonly Project[];
}

function byId<T extends { readonly id: string }>(all: readonly T[]): ReadonlyMap<string, T> {
  return new Map(all.map((one) => [one.id, one]));
}

/**
 * Parses the three documents and checks them against each other.
 * @throws ConfigurationError with every problem found: file, key path, what was expected. The documents are checked
 * against each other only once each is well-formed by itself.
 */
export function buildRegistry(documents: RegistryDocuments): Registry {
  const problems: string[] = [];
  const parse = <T>(schema: z.ZodType<T>, { file, content }: RegistryDocument): T | undefined => {
    const result = schema.safeParse(content);
    if (!result.success) problems.push(...schemaProblems(file, result.error));
    return result.data;
  };
  const partners = parse(partnersSchema, documents.partners);
  const agreements = parse(agreementsSchema, documents.agreements);
  const datasets = parse(datasetsSchema, documents.datasets);
  if (partners === undefined || agreements === undefined || datasets === undefined) {
    throw new ConfigurationError(problems);
  }
  crossCheck({ partners, agreements, datasets }, (document, path, message) => {
    problems.push(problemAt(documents[document].file, path, message));
  });
  if (problems.length > 0) throw new ConfigurationError(problems);

  return registryOf(
    digestOfJson([documents.partners.content, documents.agreements.content, documents.datasets.content]),
    { ...partners, ...agreements, datasets: datasets.datasets.map((d) => withAbsoluteFile(d, documents.directory)) },
  );
}

function withAbsoluteFile(dataset: Dataset, directory: string): Dataset {
  if (dataset.connector.kind === 'http') return dataset;
  return { ...dataset, connector: { ...dataset.connector, file: resolve(directory, dataset.connector.file) } };
}

type Content = Pick<Registry, 'partners' | 'people' | 'agreements' | 'projects' | 'datasets'>;

function registryOf(digest: Digest, content: Content): Registry {
  const people = byId(content.people);
  const partners = byId(content.partners);
  const agreements = byId(content.agreements);
  const projects = byId(content.projects);
  const datasets = byId(content.datasets);
  // JSON keeps two texts apart whatever characters they hold; joining them by a separator would not.
  const identities = new Map(
    content.people.flatMap((person) =>
      person.identities.map(({ issuer, subject }) => [JSON.stringify([issuer, subject]), person] as const),
    ),
  );
  const memberships = Map.groupBy(
    content.projects.flatMap((project) => project.members.map((member) => ({ member, project }))),
    ({ member }) => member,
  );
  const projectsByMember = new Map(
    [...memberships].map(([id, found]) => [id, freeze(found.map(({ project }) => project))]),
  );
  const none: readonly Project[] = freeze([]);
  return freeze({
    digest,
    ...content,
    personOf: (issuer: string, subject: string) => identities.get(JSON.stringify([issuer, subject])),
    person: (id: string) => people.get(id),
    partner: (id: string) => partners.get(id),
    agreement: (id: string) => agreements.get(id),
    project: (id: string) => projects.get(id),
    dataset: (id: string) => datasets.get(id),
    projectsOf: (personId: string) => projectsByMember.get(personId) ?? none,
  });
}
