import { z } from 'zod';

/**
 * As much of OCSF 1.8.0 as the events use, written down from the published schema (events/base_event.json,
 * events/application/api_activity.json, objects/): required attributes, types, and the `at_least_one` constraints.
 */
const text = z.string().min(1);
const entity = { uid: text.optional(), name: text.optional() };
const someOf = (names: readonly string[]) => (value: object) => names.some((name) => name in value);

const user = z
  .strictObject({
    ...entity,
    type_id: z.literal([0, 1, 2, 3, 4, 99]).optional(),
    type: text.optional(),
    org: z
      .strictObject(entity)
      .refine(someOf(['name', 'uid']))
      .optional(),
  })
  .refine(someOf(['account', 'name', 'uid']));

const apiActivity = z
  .strictObject({
    activity_id: z.literal([0, 1, 2, 3, 4, 99]),
    activity_name: text,
    category_uid: z.literal(6),
    category_name: z.literal('Application Activity'),
    class_uid: z.literal(6003),
    class_name: z.literal('API Activity'),
    type_uid: z.int(),
    type_name: text,
    time: z.int().min(1_000_000_000_000),
    severity_id: z.literal([0, 1, 2, 3, 4, 5, 6, 99]),
    severity: text,
    status_id: z.literal([0, 1, 2, 99]),
    status: text,
    status_code: text,
    status_detail: text.optional(),
    message: text,
    metadata: z.strictObject({
      version: z.literal('1.8.0'),
      product: z.strictObject({ name: text, vendor_name: text }),
      uid: text,
      correlation_uid: text,
      event_code: text,
      log_name: text,
      sequence: z.int().min(0),
      original_time: text,
    }),
    actor: z
      .strictObject({
        user: user.optional(),
        session: z.strictObject({ issuer: text, uid: text.optional() }).optional(),
        app_name: text.optional(),
      })
      .refine(someOf(['process', 'user', 'session', 'app_name', 'app_uid'])),
    src_endpoint: z
      .strictObject({ ip: z.union([z.ipv4(), z.ipv6()]).optional(), name: text.optional() })
      .refine(someOf(['ip', 'name'])),
    api: z.strictObject({
      operation: text,
      request: z.strictObject({ uid: text }),
      response: z.strictObject({ message: text }),
      service: z.strictObject({ name: text }),
    }),
    resources: z
      .array(
        z.strictObject({
          ...entity,
          type: text,
          role_id: z.literal([0, 1, 2, 3, 4, 99]),
          role: text,
          owner: user,
          data: z.record(z.string(), z.json()),
        }),
      )
      .min(1)
      .optional(),
    observables: z
      .array(z.strictObject({ name: text, type_id: z.int(), type: text, value: text }))
      .min(1)
      .optional(),
    unmapped: z.record(z.string(), z.json()),
  })
  .refine((event) => event.type_uid === event.class_uid * 100 + event.activity_id, { path: ['type_uid'] });

/** First steps of the paths at which an event is not what the schema says; empty: none. */
export function schemaProblems(event: unknown): readonly string[] {
  const parsed = apiActivity.safeParse(event);
  if (parsed.success) return [];
  return [
    ...new Set(
      parsed.error.issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? issue.keys : String(issue.path[0]))),
    ),
  ];
}
