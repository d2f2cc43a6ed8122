import { resolve } from 'node:path';
import { z } from 'zod';
import { readPolicies, writePolicies } from '../adapters/policies.ts';
import type { JsonObject } from '../domain/json.ts';
import { outline, say, tell } from './output.ts';
import { parseArguments, required } from './page.ts';
import * as pages from './pages/rulebook.ts';
import { progressOf } from './progress.ts';
import { enquiryOf } from './question.ts';
import {
  askRulebook,
  finding,
  findingLine,
  proposal,
  proposalLines,
  shortDigest,
  tellRulebook,
  type Where,
} from './rulebook-call.ts';
import { reportLines } from './rulebook-report.ts';
import { EXIT, type Exit, type Run, type World } from './world.ts';

const text = z.string();
const head = {
  version: text,
  parent: text.nullable(),
  author: text,
  message: text,
  time: text,
  proposals: z.array(proposal),
};
const versions = z.object({ versions: z.array(z.object(head)) });
const version = z.object({ ...head, files: z.array(text), withheld: z.int() });
const findings = z.object({ usable: z.boolean(), findings: z.array(finding), found: z.int() });
const files = z.object({ version: text, files: z.record(text, text), withheld: z.int() });
const drafted = z.object({ proposal: text, version: text, entry: z.int(), findings: z.array(finding) });
const replay = z.object({
  replay: text,
  state: z.enum(['running', 'done', 'failed']),
  done: z.int(),
  total: z.int(),
  report: z.record(text, z.json()).nullable(),
});
const tried = z.object({
  allowed: z.boolean(),
  explanations: z.array(
    z.object({
      dataset: text,
      allowed: z.boolean(),
      compliance: z.record(text, z.json()),
      output: z
        .object({
          fields: z.array(z.object({ field: text, treatment: text, rule: text.nullable() })),
          maxRows: z.int(),
          terms: z.array(text),
        })
        .nullable(),
    }),
  ),
});

/** Between two looks at a replay, in milliseconds. */
const LOOK_AGAIN_MS = 250;
const at = (place: string) => `/versions/${encodeURIComponent(place)}`;

/** `five-safes rulebook list`. */
export const list: Run = (args, world) => {
  const { values } = parseArguments(pages.RULEBOOK_LIST, args);
  return tellRulebook(
    { path: '/versions', body: null, shape: versions },
    (all) =>
      all.versions.flatMap((one) => [
        `${one.version}  ${one.time}  ${one.author}  ${JSON.stringify(one.message)}`,
        ...one.proposals.flatMap(proposalLines).map((line) => `  ${line}`),
      ]),
    values,
    world,
  );
};

/** `five-safes rulebook show`. */
export const show: Run = async (args, world) => {
  const { values, positionals } = parseArguments(pages.RULEBOOK_SHOW, args);
  const path = at(positionals[0] ?? '');
  const one = await askRulebook(path, null, version, values, world);
  if ('exit' in one) return one.exit;
  const found = await askRulebook(`${path}/findings`, null, findings, values, world);
  if ('exit' in found) return found.exit;
  const { answer } = one;
  tell(world, values.json, {
    json: `{"version":${one.body},"findings":${found.body}}`,
    lines: [
      `Version ${answer.version}`,
      `  from ${answer.parent === null ? 'nothing' : shortDigest(answer.parent)}, by ${answer.author} at ${answer.time}: ${JSON.stringify(answer.message)}`,
      `  files: ${answer.files.join(', ')}${answer.withheld === 0 ? '' : `, and ${answer.withheld} to which your partner is no party`}`,
      ...answer.proposals.flatMap(proposalLines),
      ...found.answer.findings.map(findingLine),
      found.answer.usable
        ? 'It can be used: no errors, and its expected decisions come true.'
        : 'It cannot be submitted.',
    ],
  });
  return EXIT.ok;
};

/** `five-safes rulebook diff`. */
export const diff: Run = (args, world) => {
  const { values, positionals } = parseArguments(pages.RULEBOOK_DIFF, args);
  const [before = '', after = ''] = positionals;
  return tellRulebook(
    {
      path: `${at(before)}/diff/${encodeURIComponent(after)}`,
      body: null,
      shape: z.object({ sentences: z.array(text) }),
    },
    ({ sentences }) => (sentences.length === 0 ? ['They are the same, as far as you see them.'] : sentences),
    values,
    world,
  );
};

/** `five-safes rulebook draft`. */
export const draft: Run = (args, world) => {
  const { values, positionals } = parseArguments(pages.RULEBOOK_DRAFT, args);
  const changed = readPolicies(resolve(world.directory, positionals[0] ?? ''));
  return sendDraft(Object.fromEntries(changed), required('message', values.message), values, world);
};

/** `five-safes rulebook import`. */
export const importFiles: Run = async (args, world) => {
  const { values, positionals } = parseArguments(pages.RULEBOOK_IMPORT, args);
  const message = required('message', values.message);
  const there = readPolicies(resolve(world.directory, positionals[0] ?? ''));
  const now = await askRulebook(`${at('active')}/files`, null, files, values, world);
  if ('exit' in now) return now.exit;
  const active = now.answer.files;
  const changed: Record<string, string | null> = {};
  for (const [name, content] of there) if (active[name] !== content) changed[name] = content;
  for (const name of Object.keys(active)) if (!there.has(name)) changed[name] = null;
  return sendDraft(changed, message, values, world);
};

function sendDraft(changed: JsonObject, message: string, values: Where, world: World): Promise<Exit> {
  return tellRulebook(
    { path: '/versions', body: { files: changed, message }, shape: drafted },
    (made) => [
      `Draft ${made.version}, proposal ${made.proposal}; recorded as entry ${made.entry}. It decides nothing yet.`,
      ...made.findings.map(findingLine),
      made.findings.some(({ severity }) => severity === 'error')
        ? `Next: mend the errors and draft again; five-safes rulebook withdraw ${made.proposal} --reason … takes this one back`
        : `Next: five-safes rulebook replay ${made.version} --use … --reason … , then five-safes rulebook submit ${made.proposal} --replay ID`,
    ],
    values,
    world,
  );
}

/** `five-safes rulebook export`. */
export const exportFiles: Run = async (args, world) => {
  const { values, positionals } = parseArguments(pages.RULEBOOK_EXPORT, args);
  const [name = '', place = ''] = positionals;
  const found = await askRulebook(`${at(name)}/files`, null, files, values, world);
  if ('exit' in found) return found.exit;
  const { answer } = found;
  if (answer.withheld > 0) {
    say(
      world,
      `${answer.withheld} files are of agreements to which your partner is no party. Without them it is no version.`,
    );
    return EXIT.refused;
  }
  const directory = resolve(world.directory, place);
  writePolicies(directory, new Map(Object.entries(answer.files)));
  const written = Object.keys(answer.files);
  tell(world, values.json, {
    json: JSON.stringify({ version: answer.version, directory, files: written }),
    lines: [`${written.length} files of ${answer.version} written to ${directory}`],
  });
  return EXIT.ok;
};

/** `five-safes rulebook try`. */
export const tryOut: Run = (args, world) => {
  const { values, positionals } = parseArguments(pages.RULEBOOK_TRY, args);
  const body = { ...enquiryOf(values), person: required('person', values.person) };
  return tellRulebook(
    { path: `${at(positionals[0] ?? '')}/what-if`, body, shape: tried },
    ({ allowed, explanations }) => [
      allowed ? 'It would be allowed.' : 'It would not be allowed as a whole.',
      ...explanations.flatMap((leg) => [
        `${leg.dataset}: ${leg.allowed ? 'allowed' : 'refused'}`,
        ...outputLines(leg.output),
        ...outline(leg.compliance, '  '),
      ]),
    ],
    values,
    world,
  );
};

function outputLines(output: z.output<typeof tried>['explanations'][number]['output']): readonly string[] {
  if (output === null) return [];
  const { fields, maxRows, terms } = output;
  return [
    `  at most ${maxRows} records; terms: ${terms.length === 0 ? 'none' : terms.join(', ')}`,
    ...fields.map(({ field, treatment, rule }) => `  ${field}: ${treatment}${rule === null ? '' : ` by ${rule}`}`),
  ];
}

/** `five-safes rulebook replay`: begins it, and waits. */
export const replayOver: Run = async (args, world) => {
  const { values, positionals } = parseArguments(pages.RULEBOOK_REPLAY, args);
  const body = { use: required('use', values.use), reason: required('reason', values.reason) };
  let seen = await askRulebook(`${at(positionals[0] ?? '')}/replays`, body, replay, values, world);
  const progress = progressOf(world);
  while (!('exit' in seen) && seen.answer.state === 'running') {
    progress.tell(`${seen.answer.done} of ${seen.answer.total} entries`);
    await new Promise((done) => setTimeout(done, LOOK_AGAIN_MS));
    seen = await askRulebook(`/replays/${encodeURIComponent(seen.answer.replay)}`, null, replay, values, world);
  }
  progress.end();
  if ('exit' in seen) return seen.exit;
  const { answer } = seen;
  if (answer.state === 'failed' || answer.report === null) {
    say(world, 'The replay could not be ended. The log of the gateway says more.');
    return EXIT.fault;
  }
  tell(world, values.json, { json: seen.body, lines: [`Replay ${answer.replay}`, ...reportLines(answer.report)] });
  return EXIT.ok;
};
