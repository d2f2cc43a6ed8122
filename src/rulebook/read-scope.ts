import { OUTPUT_LEVELS } from '../domain/enquiry.ts';
import type { What, Who } from '../domain/rule.ts';
import type { Cell } from './cells.ts';
import { type Flaw, type FlawCode, flaw } from './flaw.ts';
import type { Roles } from './roles.ts';
import type { Vocabulary } from './vocabulary.ts';

/** What a row is read against, and where its flaws go. */
export interface Reading {
  readonly file: string;
  readonly kind: 'agreement' | 'everywhere' | 'holder';
  /** Agreement id, `everywhere`, or `holder-<partner>`. */
  readonly name: string;
  readonly roles: Roles;
  readonly vocabulary: Vocabulary;
  readonly flaws: Flaw[];
}

/** The parts of a cell between `&`, each with the column where it begins. `-` has none. */
export function splitItems(cell: Cell): { text: string; column: number }[] {
  if (cell.text === '-') return [];
  let column = cell.column;
  return cell.text.split('&').map((part) => {
    const item = { text: part.trim(), column: column + (part.length - part.trimStart().length) };
    column += part.length + 1;
    return item;
  });
}

/** Reads the column "who". All parts must cover the caller. */
export function readWho({ file, roles, vocabulary, flaws, kind, name }: Reading, cell: Cell): Who[] {
  const who: Who[] = [];
  const parties = kind === 'agreement' ? (vocabulary.agreements.get(name)?.parties ?? new Set()) : vocabulary.partners;
  for (const { text, column } of splitItems(cell)) {
    const [, role] = /^role:(.+)$/.exec(text) ?? [];
    const [, partner] = /^partner:(.+)$/.exec(text) ?? [];
    const place = { file, line: cell.line, column };
    if (text === 'anyone') who.push({ kind: 'anyone' });
    else if (role !== undefined && roles.has(role)) who.push({ kind: 'role', role });
    else if (partner !== undefined && parties.has(partner)) who.push({ kind: 'partner', partner });
    else if (role !== undefined)
      flaws.push(flaw(place, 'who/unknown', `a role of roles.csv (${[...roles.keys()].join(', ')})`));
    else if (partner !== undefined)
      flaws.push(flaw(place, 'who/unknown', `a party of the agreement (${[...parties].join(', ')})`));
    else flaws.push(flaw(place, 'who/unknown', 'anyone, role:… or partner:…, joined by &'));
  }
  if (who.length === 0) flaws.push(flaw({ file, ...cell }, 'who/unknown', 'anyone, role:… or partner:…, joined by &'));
  return who;
}

const WHAT = /^(any dataset|[a-z][a-z0-9-]*)(?:\/([^\s()]+))?(?: \(([a-z]+)\))?$/;

/** Reads the column "what"; null where it is not understood. */
export function readWhat({ file, kind, name, vocabulary, flaws }: Reading, cell: Cell): What | null {
  const [matched, dataset = '', field, level] = WHAT.exec(cell.text) ?? [];
  const say = (code: FlawCode, expected: string) => {
    flaws.push(flaw({ file, ...cell }, code, expected));
    return null;
  };
  if (matched === undefined)
    return say('what/unknown', 'any dataset, dataset, dataset (hit), dataset (records) or dataset/field');
  const offered = [...vocabulary.datasets].filter(([id, d]) => {
    if (kind === 'agreement') return vocabulary.agreements.get(name)?.datasets.includes(id) ?? false;
    return kind === 'everywhere' || d.holder === name.slice('holder-'.length);
  });
  const declared = offered.find(([id]) => id === dataset)?.[1];
  if (dataset !== 'any dataset' && declared === undefined) {
    return say('what/unknown', `any dataset or one of ${offered.map(([id]) => id).join(', ')}`);
  }
  if (field !== undefined && !declared?.fields.has(field)) {
    const fields = declared
      ? [...declared.fields.keys()].join(', ')
      : 'none: name the dataset, since fields have no wildcard';
    return say('what/field', `a field of ${dataset} (${fields})`);
  }
  if (level !== undefined && !(OUTPUT_LEVELS as readonly string[]).includes(level))
    return say('what/level', `(${OUTPUT_LEVELS.join(') or (')})`);
  const output = OUTPUT_LEVELS.find((l) => l === level);
  return {
    dataset: dataset === 'any dataset' ? null : dataset,
    ...(field === undefined ? {} : { field }),
    ...(output === undefined ? {} : { level: output }),
  };
}
