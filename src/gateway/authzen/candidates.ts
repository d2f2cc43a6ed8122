import { OUTPUT_LEVELS } from '../../domain/enquiry.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { Desk } from './desk.ts';
import { subjectFor } from './mapping.ts';
import type { EvaluationRequest } from './wire.ts';

/** Somebody or something that a search may give, and the evaluation that says whether it does. */
export interface Candidate {
  /** In the order of which pages are made. */
  readonly key: string;
  /** As it is told: a subject, resource or action. */
  readonly entity: JsonObject;
  request(): EvaluationRequest;
}

type Known<Sought extends 'subject' | 'resource' | 'action'> = Omit<EvaluationRequest, Sought>;

/** People of the caller's own partner. */
export function subjects(desk: Desk, type: string, known: Known<'subject'>): readonly Candidate[] {
  return desk.authzen.peopleOf(desk.person.partner).flatMap((person): Candidate[] => {
    const told = subjectFor(desk, type, person);
    if (told === null) return [];
    const { id, issuer } = told;
    const entity = { type, id, ...(issuer === undefined ? {} : { properties: { issuer } }) };
    return [{ key: person.id, entity, request: () => ({ ...known, subject: entity }) }];
  });
}

/** Resources that the mapping names one by one, and datasets where it takes the id for one. */
export function resources(
  desk: Desk,
  { type, properties }: { readonly type: string; readonly properties?: JsonObject | undefined },
  known: Known<'resource'>,
): readonly Candidate[] {
  const ids = desk.authzen.mapping.questions
    .filter((rule) => rule.action === known.action.name && rule.resource.type === type)
    .flatMap(({ resource, dataset }) => {
      if (resource.id !== undefined) return [resource.id];
      return dataset === undefined ? desk.authzen.datasetsOf(desk.person.partner) : [];
    });
  return [...new Set(ids)].toSorted().map((id) => ({
    key: id,
    entity: { type, id },
    request: () => ({ ...known, resource: { type, id, properties } }),
  }));
}

/** Actions that the mapping has for resources of this type; `ask` once for each output level. */
export function actions(desk: Desk, known: Known<'action'>): readonly Candidate[] {
  const { type } = known.resource;
  const found = desk.authzen.mapping.questions
    .filter(({ resource }) => resource.type === type)
    .flatMap((rule) => {
      const wanted = Object.entries(rule.when).flatMap(([path, value]) =>
        path.startsWith('action.') ? [[path.slice('action.'.length), value] as const] : [],
      );
      const levels = rule.output === undefined ? OUTPUT_LEVELS.map((output) => [['output', output] as const]) : [[]];
      return levels.map((level) => actionOf(rule.action, Object.fromEntries([...wanted, ...level])));
    });
  const byKey = new Map(found.map((entity) => [JSON.stringify([entity.name, entity.properties ?? {}]), entity]));
  return [...byKey]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, entity]) => ({ key, entity, request: () => ({ ...known, action: entity }) }));
}

function actionOf(name: string, properties: JsonObject): { readonly name: string; readonly properties?: JsonObject } {
  return Object.keys(properties).length === 0 ? { name } : { name, properties };
}
