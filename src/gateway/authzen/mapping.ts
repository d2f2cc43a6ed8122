import { OUTPUT_LEVELS, type OutputLevel } from '../../domain/enquiry.ts';
import type { JsonObject, JsonValue } from '../../domain/json.ts';
import type { Person } from '../../domain/partnership.ts';
import type { MappedQuestion } from '../../registry/authzen-schema.ts';
import type { EvaluationError } from './context.ts';
import type { Desk } from './desk.ts';
import type { EvaluationRequest } from './wire.ts';

type Entity = { readonly type: string; readonly id: string; readonly properties?: JsonObject | undefined };

/**
 * The person a subject names. One of another partner is as unknown as one who does not exist, and so is one who cannot
 * sign in. Properties other than `issuer` are not looked at: what people are and may stands in the registry.
 */
export function personNamed(desk: Desk, { type, id, properties }: Entity): Person | null {
  const { subjects } = desk.authzen.mapping;
  const rule = Object.hasOwn(subjects, type) ? subjects[type] : undefined;
  if (rule === undefined) return null;
  const found =
    rule.by === 'person' ? desk.registry.person(id) : byAccount(desk, id, rule.issuer ?? properties?.['issuer']);
  return found === undefined || found.partner !== desk.person.partner || found.identities.length === 0 ? null : found;
}

function byAccount(desk: Desk, subject: string, issuer: JsonValue | undefined): Person | undefined {
  return typeof issuer === 'string' ? desk.registry.personOf(issuer, subject) : undefined;
}

/** Of whom a search gives what `id`: as `personNamed` would read it. */
export function subjectFor(
  desk: Desk,
  type: string,
  person: Person,
): { readonly id: string; readonly issuer?: string } | null {
  const { subjects } = desk.authzen.mapping;
  const rule = Object.hasOwn(subjects, type) ? subjects[type] : undefined;
  if (rule === undefined) return null;
  if (rule.by === 'person') return { id: person.id };
  const identity = person.identities.find(({ issuer }) => rule.issuer === undefined || issuer === rule.issuer);
  if (identity === undefined) return null;
  return { id: identity.subject, ...(rule.issuer === undefined ? { issuer: identity.issuer } : {}) };
}

/** What a request asks about, in our words. */
export interface Mapped {
  readonly dataset: string;
  readonly output: OutputLevel;
}

const UNKNOWN = {
  action: { status: 404, message: 'There is no such action on this resource.' },
  resource: { status: 404, message: 'The resource is not known.' },
  output: {
    status: 400,
    message: `Missing or not as expected: action.properties.output, one of ${OUTPUT_LEVELS.join(', ')}.`,
  },
} as const satisfies Record<string, EvaluationError>;

/** Dataset and output level that the action on the resource stands for. Datasets of others' agreements are not known. */
export function questionFor(
  desk: Desk,
  person: Person,
  { action, resource }: Pick<EvaluationRequest, 'action' | 'resource'>,
): Mapped | { readonly error: EvaluationError } {
  const found = desk.authzen.mapping.questions.find((rule) => fits(desk, person, rule, action, resource));
  if (found === undefined) return { error: UNKNOWN.action };
  const dataset = found.dataset ?? resource.id;
  if (!desk.authzen.datasetsOf(desk.person.partner).includes(dataset)) return { error: UNKNOWN.resource };
  const wanted = found.output ?? action.properties?.['output'];
  const output = OUTPUT_LEVELS.find((level) => level === wanted);
  return output === undefined ? { error: UNKNOWN.output } : { dataset, output };
}

function fits(
  desk: Desk,
  person: Person,
  rule: MappedQuestion,
  action: EvaluationRequest['action'],
  resource: Entity,
): boolean {
  if (rule.action !== action.name || rule.resource.type !== resource.type) return false;
  if (rule.resource.id !== undefined && rule.resource.id !== resource.id) return false;
  const property = (path: string): JsonValue | undefined => {
    const dot = path.indexOf('.');
    const properties = (path.slice(0, dot) === 'action' ? action : resource).properties ?? {};
    const name = path.slice(dot + 1);
    return Object.hasOwn(properties, name) ? properties[name] : undefined;
  };
  if (!Object.entries(rule.when).every(([path, value]) => property(path) === value)) return false;
  if (rule.owner === undefined) return true;
  const owner = property(`resource.${rule.owner.property}`);
  return typeof owner === 'string' && personNamed(desk, { type: rule.owner.subject, id: owner })?.id === person.id;
}
