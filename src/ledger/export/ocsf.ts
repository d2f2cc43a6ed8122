import type { JsonObject, JsonValue } from '../../domain/json.ts';

/**
 * The Open Cybersecurity Schema Framework, class API Activity, as far as all events here share it. Source: OCSF 1.8.0
 * (events/application/api_activity.json, events/base_event.json, objects/), whose attribute names are kept.
 */
export const OCSF_VERSION = '1.8.0';
const CLASS_UID = 6003;

/** `activity_id` of the class. */
export const ACTIVITIES = { Create: 1, Read: 2, Update: 3, Delete: 4, Other: 99 } as const;
export type Activity = keyof typeof ACTIVITIES;

const SEVERITIES = { Informational: 1, Low: 2, Medium: 3, High: 4 } as const;
export type Severity = keyof typeof SEVERITIES;

const STATUSES = { Unknown: 0, Success: 1, Failure: 2, Other: 99 } as const;
export type Status = keyof typeof STATUSES;

/** Which log an event is from. */
export interface EventSource {
  /** Name of the log in its checkpoints. */
  readonly log: string;
}

export interface EventParts {
  /** The same for the same event however often it is sent: a receiver drops what it has. */
  readonly uid: string;
  readonly exchange: string;
  /** Of the entry that the event tells of. */
  readonly index: number;
  /** RFC 3339. */
  readonly time: string;
  /** Kind of entry, or `exchange`. */
  readonly code: string;
  readonly activity: Activity;
  /** Says `activity` in our words where it is `Other`. */
  readonly operation: string;
  readonly severity: Severity;
  readonly status: Status;
  /** In our words. */
  readonly statusCode: string;
  readonly statusDetail?: string;
  readonly message: string;
  readonly actor: JsonObject;
  readonly source: JsonObject;
  readonly resources?: readonly JsonObject[];
  readonly observables?: readonly JsonObject[];
  /** What the schema has no place for. */
  readonly unmapped: JsonObject;
}

/** Puts an event together: all attributes that the class demands, and those recommended that the log knows of. */
export function apiActivity({ log }: EventSource, parts: EventParts): JsonObject {
  const activity = ACTIVITIES[parts.activity];
  const activityName = parts.activity === 'Other' ? parts.operation : parts.activity;
  return {
    activity_id: activity,
    activity_name: activityName,
    category_uid: 6,
    category_name: 'Application Activity',
    class_uid: CLASS_UID,
    class_name: 'API Activity',
    type_uid: CLASS_UID * 100 + activity,
    type_name: `API Activity: ${activityName}`,
    time: Date.parse(parts.time),
    severity_id: SEVERITIES[parts.severity],
    severity: parts.severity,
    status_id: STATUSES[parts.status],
    // The caption of the status; where it is Other, what the source calls it.
    status: parts.status === 'Other' ? parts.statusCode : parts.status,
    status_code: parts.statusCode,
    ...(parts.statusDetail === undefined ? {} : { status_detail: parts.statusDetail }),
    message: parts.message,
    metadata: {
      version: OCSF_VERSION,
      product: { name: 'Five Safes Gateway', vendor_name: 'Five Safes Gateway' },
      uid: parts.uid,
      correlation_uid: parts.exchange,
      event_code: parts.code,
      log_name: log,
      sequence: parts.index,
      original_time: parts.time,
    },
    actor: parts.actor,
    src_endpoint: parts.source,
    api: {
      operation: parts.operation,
      request: { uid: parts.exchange },
      response: { message: parts.statusCode },
      service: { name: log },
    },
    ...listed('resources', parts.resources),
    ...listed('observables', parts.observables),
    unmapped: parts.unmapped,
  };
}

/** The schema has no empty lists. */
function listed(name: string, items: readonly JsonValue[] | undefined): JsonObject {
  return items === undefined || items.length === 0 ? {} : { [name]: items };
}

/** How the result of an exchange reads in the schema: `held` and `partial` are neither success nor failure. */
const RESULTS: Readonly<Record<string, readonly [Status, Severity]>> = {
  released: ['Success', 'Informational'],
  none: ['Success', 'Informational'],
  partial: ['Other', 'Low'],
  held: ['Other', 'Informational'],
  refused: ['Failure', 'Low'],
  fault: ['Failure', 'Medium'],
  interrupted: ['Failure', 'Medium'],
};

export function statusOf(result: string): { readonly status: Status; readonly severity: Severity } {
  const [status, severity] = RESULTS[result] ?? ['Unknown', 'Informational'];
  return { status, severity };
}

/** A dataset that was asked: the target of the activity, owned by its holder. */
export function resourceOf(dataset: string, holder: string, data: JsonObject): JsonObject {
  return {
    uid: dataset,
    name: dataset,
    type: 'dataset',
    role_id: 1,
    role: 'Target',
    owner: { uid: holder, name: holder, type_id: 99, type: 'Partner' },
    data,
  };
}
