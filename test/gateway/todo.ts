import type { Edits } from './partnership.ts';

/**
 * The Todo scenario of the AuthZEN interoperability events, as a rulebook page. Its five users and four roles are people and
 * roles of the registry here, and each of its actions stands for the question whether there is a record in a dataset of
 * its own: whoever may ask that may do the thing.
 */
export const PIDS = {
  rick: 'CiRmZDA2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs',
  morty: 'CiRmZDE2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs',
  summer: 'CiRmZDI2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs',
  beth: 'CiRmZDM2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs',
  jerry: 'CiRmZDQ2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs',
} as const;
export type User = keyof typeof PIDS;
export const USERS = Object.keys(PIDS) as readonly User[];

export const EMAILS: Readonly<Record<User, string>> = {
  rick: 'rick@the-citadel.com',
  morty: 'morty@the-citadel.com',
  summer: 'summer@the-smiths.com',
  beth: 'beth@the-smiths.com',
  jerry: 'jerry@the-smiths.com',
};
const ROLES: Readonly<Record<User, readonly string[]>> = {
  rick: ['admin', 'evil-genius'],
  morty: ['editor'],
  summer: ['editor'],
  beth: ['viewer'],
  jerry: ['viewer'],
};

const ACCOUNTS = 'https://accounts.citadel.example';
const MAIL = 'https://mail.citadel.example';
const SPAN = 'from: 2026-01-01, until: 2028-01-01';
const DATASETS = ['todo-users', 'todo-list', 'todo-new', 'todo-own', 'todo-edit-any', 'todo-delete-any'] as const;

const people = USERS.map(
  (user) => `  - id: ${user}
    name: ${user}
    partner: kestrel-police
    identities:
      - { issuer: '${ACCOUNTS}', subject: ${PIDS[user]} }
      - { issuer: '${MAIL}', subject: ${EMAILS[user]} }
    roles:
${ROLES[user].map((role) => `      - { name: ${role}, source: scenario, approver: ruth-adeyemi, ${SPAN} }`).join('\n')}
`,
).join('');

const issuers = [ACCOUNTS, MAIL].map(
  (issuer) =>
    `  - { issuer: '${issuer}', audience: 'https://gateway.example', algorithms: [ES256], partner: kestrel-police }\n`,
);

const MAPPING = `authzen:
  subjects:
    user: { by: account, issuer: '${ACCOUNTS}' }
    owner: { by: account, issuer: '${MAIL}' }
  context: { project: op-todo, purpose: CrimeDetection, by: { scheme: vehicle-id, full: true } }
  questions:
    - { action: can_read_user, resource: { type: user }, dataset: todo-users, output: hit }
    - { action: can_read_todos, resource: { type: todo, id: todo-1 }, dataset: todo-list, output: hit }
    - { action: can_create_todo, resource: { type: todo, id: todo-1 }, dataset: todo-new, output: hit }
${['update', 'delete']
  .flatMap((verb) => [
    `    - { action: can_${verb}_todo, resource: { type: todo }, owner: { property: ownerID, subject: owner }, dataset: todo-own, output: hit }`,
    `    - { action: can_${verb}_todo, resource: { type: todo }, dataset: todo-${verb === 'update' ? 'edit' : 'delete'}-any, output: hit }`,
  ])
  .join('\n')}
`;

/** Rick deletes and edits what is not his for two different reasons: two of his roles. */
const PAGE = `safe, id, who, what, only if, verdict, then
page, -, todo, -, -, -, owner=scenario review=2027-03-01
people, P1, role:viewer, todo-users (hit), -, allow, -
people, P2, role:viewer, todo-list (hit), -, allow, -
people, P3, role:editor, todo-new (hit), -, allow, -
people, P4, role:editor, todo-own (hit), -, allow, -
people, P5, role:evil-genius, todo-edit-any (hit), -, allow, -
people, P6, role:admin, todo-delete-any (hit), -, allow, -
projects, J1, partner:kestrel-police, any dataset, purpose:CrimeDetection, allow, -
settings, S1, anyone, any dataset, -, allow, -
${DATASETS.map((dataset, i) => `data, D${i}, role:viewer, ${dataset} (hit), -, allow, exists`).join('\n')}
outputs, O1, role:viewer, any dataset (hit), by:vehicle-id(full), allow, release
`;
const EXPECTED = `case, at, partner, roles, standing, project, purpose, case ref, sign-in, networks, dataset, by, output, people, projects, settings, data, outputs, plan
a viewer reads the list, 2026-11-23T10:00Z, kestrel-police, viewer, member, op-todo, CrimeDetection, -, 1h, police-lan, todo-list, vehicle-id full, hit, allow P2, allow J1, allow S1, allow D1, allow O1, exists
`;

const AGREEMENT = `  - id: todo
    title: Todo scenario
    parties: [kestrel-police, northgate-motors]
    purposes: [CrimeDetection]
    legalBases: [led-8]
    datasets: [${DATASETS.join(', ')}]
    from: 2026-01-01
    until: 2029-01-01
    review: 2027-03-01
    timeZone: Europe/Amsterdam
    keepLogDays: 30

projects:
  - id: op-todo
    title: Todo scenario
    agreement: todo
    partner: kestrel-police
    members: [${USERS.join(', ')}]
    legalBasis: led-8
    casePattern: '#'
    from: 2026-02-01
    until: 2028-02-01
`;

const datasets = DATASETS.map(
  (id) => `  - id: ${id}
    title: Todo scenario
    holder: northgate-motors
    connector: { kind: http, baseUrl: 'http://127.0.0.1:9', lookups: { vehicle-id: '/{value}' }, records: todos }
    identifiers: { vehicle-id: id }
    fields: { title: { from: title, type: text } }
    timeFloorMs: 0
    timeoutMs: 1000
`,
).join('');

/** For `startPartnership`. */
export const TODO: Edits = {
  'gateway.yaml': [
    ['\nlimits:\n', `\n${MAPPING}limits:\n`],
    ['issuers:\n', `issuers:\n${issuers.join('')}`],
  ],
  'partners.yaml': [['people:\n', `people:\n${people}`]],
  'agreements.yaml': [['\nprojects:\n', `\n${AGREEMENT}`]],
  'datasets.yaml': [['\ndatasets:\n', `\ndatasets:\n${datasets}`]],
  'roles.csv': [
    ['data-steward,         -', 'data-steward, -\nviewer, -\neditor, viewer\nadmin, editor\nevil-genius, editor'],
  ],
  'todo.csv': [['', PAGE]],
  'todo.expected.csv': [['', EXPECTED]],
};
