import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Partnership, startPartnership } from './partnership.ts';
import { EMAILS, PIDS, TODO, USERS, type User } from './todo.ts';

/** What the scenario's document says of each user, in its own table: which actions are allowed. */
const TABLE: Readonly<Record<User, { create: boolean; editAny: boolean; deleteAny: boolean; own: boolean }>> = {
  rick: { create: true, editAny: true, deleteAny: true, own: true },
  morty: { create: true, editAny: false, deleteAny: false, own: true },
  summer: { create: true, editAny: false, deleteAny: false, own: true },
  beth: { create: false, editAny: false, deleteAny: false, own: false },
  jerry: { create: false, editAny: false, deleteAny: false, own: false },
};
/** Not of the scenario: an action that depends on what the request says of itself and of the resource. */
const ARCHIVING = [
  '\n  questions:\n',
  `\n  questions:
    - { action: can_archive, resource: { type: todo }, when: { resource.status: done, action.soft: true }, dataset: todo-list, output: hit }
`,
] as const;
const decided = z.looseObject({ decision: z.boolean() });

let p: Partnership;
beforeAll(async () => {
  p = await startPartnership({ ...TODO, 'gateway.yaml': [...(TODO['gateway.yaml'] ?? []), ARCHIVING] });
});
afterAll(() => p.stop());

/** The scenario's application asks under its own account; here Mara stands for it. */
async function post(path: string, body: unknown) {
  const headers = { 'content-type': 'application/json' };
  const answer = await p.send(`/access/v1/${path}`, 'mara.lindqvist', {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  expect(answer.status, answer.text).toBe(200);
  return JSON.parse(answer.text);
}

function request(user: User, action: string, owner?: User) {
  const properties = owner === undefined ? {} : { properties: { ownerID: EMAILS[owner] } };
  const resource = action === 'can_read_user' ? { type: 'user', id: EMAILS.beth } : { type: 'todo', id: 'todo-1' };
  return {
    subject: { type: 'user', id: PIDS[user] },
    action: { name: action },
    resource: { ...resource, ...properties },
    context: {},
  };
}

describe.each(USERS)('%s of the Todo scenario', (user) => {
  const says = TABLE[user];
  const other: User = user === 'rick' ? 'morty' : 'rick';
  test.each([
    ['can_read_user', undefined, true],
    ['can_read_todos', undefined, true],
    ['can_create_todo', undefined, says.create],
    ['can_update_todo', user, says.own],
    ['can_update_todo', other, says.editAny],
    ['can_delete_todo', user, says.own],
    ['can_delete_todo', other, says.deleteAny],
  ] as const)('%s of %s: %s', async (action, owner, expected) => {
    expect(decided.parse(await post('evaluation', request(user, action, owner))).decision).toBe(expected);
  });
});

test('the list of todos in one request, the resource at the top left empty as the scenario has it', async () => {
  const body = {
    subject: { type: 'user', id: PIDS.morty },
    action: { name: 'can_update_todo' },
    resource: {},
    context: {},
    evaluations: (['rick', 'morty'] as const).map((owner) => ({
      resource: { type: 'todo', id: '7240d0db', properties: { ownerID: EMAILS[owner] } },
    })),
  };
  const { evaluations } = z.object({ evaluations: z.array(decided) }).parse(await post('evaluations', body));
  expect(evaluations.map(({ decision }) => decision)).toEqual([false, true]);
});

test('searches find users, todos and actions by the names of the scenario', async () => {
  const found = z.object({
    results: z.array(z.looseObject({ id: z.string().optional(), name: z.string().optional() })),
  });
  const { resource, action, subject } = request('beth', 'can_create_todo');
  const who = found.parse(await post('search/subject', { subject: { type: 'user' }, action, resource }));
  expect(who.results.map(({ id }) => id)).toEqual([PIDS.morty, PIDS.rick, PIDS.summer]);
  const which = { subject, action: { name: 'can_read_todos' }, resource: { type: 'todo' } };
  expect(found.parse(await post('search/resource', which)).results).toEqual([{ type: 'todo', id: 'todo-1' }]);
  const what = found.parse(await post('search/action', { subject, resource }));
  expect(what.results.map(({ name }) => name)).toEqual(['can_read_todos']);
});

test.each([
  ['done', true, true],
  ['done', false, false],
  ['open', true, false],
  ['done', 'true', false],
] as const)('a question that demands properties: status %s, soft %j: %s', async (status, soft, expected) => {
  const body = {
    subject: { type: 'user', id: PIDS.beth },
    action: { name: 'can_archive', properties: { soft } },
    resource: { type: 'todo', id: 'any', properties: { status } },
  };
  expect(decided.parse(await post('evaluation', body)).decision).toBe(expected);
});

test('properties of a subject are not believed', async () => {
  const { subject, ...rest } = request('beth', 'can_create_todo');
  const posing = { ...subject, properties: { roles: ['admin'], role: 'admin' } };
  expect(decided.parse(await post('evaluation', { ...rest, subject: posing })).decision).toBe(false);
});
