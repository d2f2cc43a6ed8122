import { SAFES } from '../domain/safe.ts';
import type { ExplainedLegs, ExplainedRow, ExplainedSafes, Explanation, Recorded } from './explanation-shape.ts';
import { table } from './output.ts';

/** An explanation of the gateway, for people. Everything in it came over the network. */
export function explanationLines(explanation: Explanation): readonly string[] {
  const { exchange, allowed, person, explanations, versions, recorded } = explanation;
  if (recorded !== undefined) {
    return [...recordedLines(recorded, explanations), '', `That this was explained is recorded as ${exchange}.`];
  }
  return [
    `The question${person === undefined ? '' : ` of ${person}`} would be ${allowed ? 'asked' : 'refused'}.`,
    ...legsLines(explanations, 'would be'),
    ...(versions === undefined ? [] : ['', 'Decided by', ...table(Object.entries(versions), '  ')]),
    '',
    `No holder was asked. That this was explained is recorded as ${exchange}.`,
  ];
}

/** A decision of the past, explained. */
export function recordedLines(recorded: Recorded, explanations: ExplainedLegs): readonly string[] {
  const { exchange, time, result, rulebook, say } = recorded;
  return [
    `Exchange ${exchange}${time === null ? '' : ` of ${time}`}${result === null ? '' : `: ${result}`}`,
    `Decided by rulebook ${rulebook}.`,
    say,
    ...legsLines(explanations, 'was'),
  ];
}

function legsLines(explanations: ExplainedLegs, tense: 'would be' | 'was'): readonly string[] {
  return explanations.flatMap((leg) => [
    '',
    `${leg.dataset} of ${leg.holder}: ${tense} ${leg.allowed ? 'asked' : 'refused'}`,
    ...safesLines(leg.caller),
    ...(leg.compliance === undefined ? [] : ['', '  For a compliance officer', ...safesLines(leg.compliance)]),
    ...(leg.auditor === undefined ? [] : ['', '  For an auditor', ...safesLines(leg.auditor.safes)]),
  ]);
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
