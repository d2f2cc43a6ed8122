import { SAFES } from '../domain/safe.ts';
import type { ExplainedRow, ExplainedSafes, Explanation } from './explanation-shape.ts';
import { table } from './output.ts';

/** An explanation of the gateway, for people. Everything in it came over the network. */
export function explanationLines(explanation: Explanation): readonly string[] {
  const { exchange, allowed, person, explanations, versions } = explanation;
  return [
    `The question${person === undefined ? '' : ` of ${person}`} would be ${allowed ? 'asked' : 'refused'}.`,
    ...explanations.flatMap((leg) => [
      '',
      `${leg.dataset} of ${leg.holder}: would be ${leg.allowed ? 'asked' : 'refused'}`,
      ...safesLines(leg.caller),
      ...(leg.compliance === undefined ? [] : ['', '  For a compliance officer', ...safesLines(leg.compliance)]),
      ...(leg.auditor === undefined ? [] : ['', '  For an auditor', ...safesLines(leg.auditor.safes)]),
    ]),
    ...(versions === undefined ? [] : ['', 'Decided by', ...table(Object.entries(versions), '  ')]),
    '',
    `No holder was asked. That this was explained is recorded as ${exchange}.`,
  ];
}

function safesLines(safes: ExplainedSafes): readonly string[] {
  const changes = SAFES.flatMap((safe) => safes[safe].change.map((step) => [safe, step]));
  return [
    ...table(
      [
        ['Safe', 'Verdict', 'Rule', 'Why'],
        ...SAFES.map((safe) => [safe, safes[safe].verdict, safes[safe].rule ?? '-', safes[safe].say]),
      ],
      '  ',
    ),
    ...(changes.length === 0 ? [] : ['  What would have to be different:', ...table(changes, '    ')]),
    ...SAFES.flatMap((safe) => rowsLines(safes[safe])),
  ];
}

function rowsLines({ verdict, decided, denies, nearest }: ExplainedSafes['people']): readonly string[] {
  const title = verdict === 'allow' ? 'Rule' : 'Rule that decided or came nearest';
  return [
    ...(decided === null ? [] : rowLines(title, decided)),
    ...denies.flatMap((row) => rowLines('Rule that refuses as well', row)),
    ...nearest.flatMap((row) => rowLines('Rule that came near', row)),
  ];
}

function rowLines(title: string, { text, level, place, conditions }: ExplainedRow): readonly string[] {
  const about = [level === undefined ? [] : [`output level ${level}`], place === undefined ? [] : [place]].flat();
  return [
    `  ${title}${about.length === 0 ? '' : ` (${about.join(', ')})`}: ${text}`,
    ...table(
      conditions.map(({ condition, met, say }) => [met, condition, say]),
      '    ',
    ),
  ];
}
