import { styleText } from 'node:util';
import { z } from 'zod';
import { SAFES } from '../src/domain/safe.ts';
import type { Answered, Leg } from './ask.ts';
import type { Deed, Step } from './step.ts';

type Print = (line: string) => void;

/** Colours only where a person looks on. */
const coloured = process.stdout.isTTY === true;
const style = (format: Parameters<typeof styleText>[0], text: string) => (coloured ? styleText(format, text) : text);

/** Shows one step: the question, the answer with its reasons, and the entry that stands in the log. */
export function tellStep(
  print: Print,
  number: number,
  step: Step,
  answered: Answered,
  before: readonly { readonly deed: Deed; readonly said: unknown }[] = [],
): void {
  tellHeading(print, number, step);
  for (const { deed, said } of before) tellDeed(print, deed, said);
  tellQuestion(print, step, answered);
}

/** What comes next, and what it is about. */
export function tellHeading(print: Print, number: number, { name, told }: Pick<Step, 'name' | 'told'>): void {
  print('');
  print(style('bold', `${number}. ${name}`));
  for (const line of wrapped(told, 96)) print(`   ${line}`);
}

/** A line of a step, after a word that says of what kind it is. */
export function tellLine(print: Print, kind: string, line: string): void {
  print(`   ${style('cyan', kind.padEnd(9))} ${line}`);
}

/** A question, its answer and the entry of the log. */
export function tellQuestion(print: Print, step: Pick<Step, 'asker' | 'body' | 'viaProxy'>, answered: Answered): void {
  const { ask, project, purpose, justification } = step.body;
  const [[scheme, value] = ['', '']] = Object.entries(ask.by);
  print(
    `   ${style('cyan', 'question')}  ${step.asker}: ${ask.output} of ${ask.datasets.join(' and ')} by ${scheme} ${value}`,
  );
  print(`             project ${project}, purpose ${purpose}, case ${step.body.case ?? '(none)'}: "${justification}"`);
  if (step.viaProxy !== undefined) print(`             as GET ${step.viaProxy}`);
  const { answer } = answered;
  print(
    `   ${style('cyan', 'answer')}    ${answered.status} ${style('bold', answer?.outcome ?? answered.reason ?? (step.viaProxy === undefined ? 'refused' : ''))}`,
  );
  for (const leg of answer?.legs ?? []) tellLeg(print, leg);
  if (step.viaProxy !== undefined) {
    for (const line of JSON.stringify(JSON.parse(answered.text), null, 1).split('\n')) print(`             ${line}`);
  }
  if (answer === undefined) return;
  print(`   ${style('cyan', 'log')}       entry ${answer.receipt.index}: ${style('dim', answer.receipt.entry)}`);
}

/** Shows what somebody else, or the same person, does besides asking. */
export function tellDeed(print: Print, { told, who, path }: Deed, said: unknown): void {
  print(`   ${style('cyan', 'then')}      ${who}: ${told} (POST ${path})`);
  for (const line of explained(said)) print(`             ${line}`);
}

const safeSaid = z.object({ verdict: z.string(), change: z.array(z.string()) });
const explanation = z.object({
  explanations: z.array(z.object({ dataset: z.string(), caller: z.record(z.string(), safeSaid) })),
});

/** Of an explanation, what would have to be different. */
export function explained(said: unknown): string[] {
  const legs = explanation.safeParse(said).data?.explanations ?? [];
  return legs.flatMap(({ dataset, caller }) =>
    Object.entries(caller).flatMap(([safe, { change }]) => change.map((step) => `${dataset}, ${safe}: ${step}`)),
  );
}

function tellLeg(print: Print, leg: Leg): void {
  const code = leg.code === undefined ? '' : ` (${leg.code})`;
  print(`             ${leg.dataset}: ${leg.state}${code}${leg.hit === undefined ? '' : `, hit: ${leg.hit}`}`);
  const refused = SAFES.filter((safe) => leg.findings[safe].verdict !== 'allow');
  if (refused.length === 0) {
    print(`               allowed by ${SAFES.map((safe) => `${safe} ${leg.findings[safe].rule}`).join(', ')}`);
  }
  for (const safe of refused) {
    const { verdict, rule, say, remedy } = leg.findings[safe];
    print(`               ${safe} ${verdict}${rule === null ? '' : ` by ${rule}`}: ${say}`);
    if (remedy !== undefined) print(`               → ${remedy}`);
  }
  const treatments = new Map(leg.fields?.map((f) => [f.field, f.treatment]));
  for (const record of leg.records ?? []) {
    for (const [field, value] of flat(record)) {
      const treatment = treatments.get(field.replace(/\[\d+\]/g, '[]')) ?? '';
      print(`               ${field.padEnd(24)} ${String(value).padEnd(26)} ${style('dim', treatment)}`);
    }
  }
  const withheld =
    leg.fields?.filter((f) => f.treatment === 'withheld' || f.treatment === 'drop').map((f) => f.field) ?? [];
  if (leg.records !== undefined && leg.records.length > 0 && withheld.length > 0)
    print(`               withheld: ${withheld.join(', ')}`);
  if (leg.terms !== undefined && leg.terms.length > 0) print(`               terms: ${leg.terms.join(', ')}`);
}

/** `{buyer: {name}}` → `buyer.name`; arrays with their places. */
function flat(value: unknown, path = ''): [string, unknown][] {
  if (Array.isArray(value)) return value.flatMap((element, i) => flat(element, `${path}[${i}]`));
  if (typeof value !== 'object' || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => flat(inner, path === '' ? key : `${path}.${key}`));
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length + 1 > width) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}
