import { TERMS } from '../domain/catalogue.ts';
import { SAFES } from '../domain/safe.ts';
import type { Answer, AnsweredLeg } from './answer-shape.ts';
import { checkpointSize } from './checkpoint-size.ts';
import { outline, table } from './output.ts';

/** An answer, refusal or fault of the gateway, for people. Everything in it came over the network. */
export function answerLines(answer: Answer): readonly string[] {
  const { exchange, outcome, code, title, detail, reason, errors = [], legs = [], receipt } = answer;
  const told = code === undefined ? [] : [`${title ?? 'The gateway did not answer.'} (${code})`];
  // A refusal's detail repeats what the findings say.
  if (detail !== undefined && detail !== title && legs.length === 0) told.push(`  ${detail}`);
  if (reason !== undefined) told.push(`  Reason: ${reason}`);
  return [
    ...told,
    ...table(
      errors.map((error) => [error.path || 'body', `expected: ${error.expected}`, `(${error.code})`]),
      '  ',
    ),
    ...(exchange === undefined ? [] : [`Exchange ${exchange}${outcome === undefined ? '' : `: ${outcome}`}`]),
    ...legs.flatMap((leg) => ['', ...legLines(leg)]),
    ...(receipt === undefined ? [] : ['', receiptLine(receipt)]),
  ];
}

function legLines(leg: AnsweredLeg): readonly string[] {
  const { dataset, holder, state, code, fields = [], terms = [] } = leg;
  return [
    `${dataset} of ${holder}: ${state}${code === undefined ? '' : ` (${code})`}`,
    ...findingLines(leg),
    ...recordLines(leg),
    ...fieldLines(fields),
    ...(terms.length === 0
      ? []
      : [
          '  Terms you take on:',
          ...table(
            terms.map((term) => [term, meaning(term)]),
            '    ',
          ),
        ]),
  ];
}

function findingLines({ findings }: AnsweredLeg): readonly string[] {
  if (findings === undefined) return [];
  const known = SAFES.flatMap((safe) => {
    const finding = findings[safe];
    return finding === undefined ? [] : [{ safe, ...finding }];
  });
  const rows = known.map(({ safe, verdict, rule, say }) => [safe, verdict, rule ?? '-', say]);
  const remedies = known.flatMap(({ safe, verdict, remedy }) =>
    verdict === 'allow' || remedy === undefined ? [] : [[safe, remedy]],
  );
  return [
    ...table([['Safe', 'Verdict', 'Rule', 'Why'], ...rows], '  '),
    ...(remedies.length === 0 ? [] : ['  What would change it:', ...table(remedies, '    ')]),
  ];
}

function recordLines({ hit, records }: AnsweredLeg): readonly string[] {
  if (records === undefined || records.length === 0) {
    return hit === undefined
      ? []
      : [hit ? '  Hit: there is a record.' : '  No hit: there is nothing that may be told.'];
  }
  return records.flatMap((record, i) => [`  Record ${i + 1} of ${records.length}`, ...outline(record, '    ')]);
}

function fieldLines(fields: NonNullable<AnsweredLeg['fields']>): readonly string[] {
  const withheld = fields.filter((field) => field.treatment === 'withheld');
  const treated = fields.filter((field) => field.treatment !== 'withheld' && field.treatment !== 'keep');
  return [
    ...(treated.length === 0 ? [] : ['  Treated fields:']),
    ...table(
      treated.map(({ field, treatment, rule }) => [field, treatment, rule ?? '-']),
      '    ',
    ),
    ...(withheld.length === 0 ? [] : [`  Withheld fields: ${withheld.map(({ field }) => field).join(', ')}`]),
  ];
}

/** `keep<=30d`: what the catalogue says of it. */
function meaning(term: string): string {
  const [name = ''] = term.split('<=');
  return Object.entries(TERMS).find(([known]) => known === name)?.[1].means ?? '';
}

function receiptLine({ index, checkpoint, witnessed }: NonNullable<Answer['receipt']>): string {
  const size = checkpointSize(checkpoint);
  const log = size === null ? '' : `, under a checkpoint over ${size} entries`;
  return `Receipt: entry ${index} of the log${log}, ${witnessed ? 'witnessed' : 'not witnessed yet'}.`;
}
