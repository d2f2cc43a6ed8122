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
  /** Partners that rows may name. */
  readonly parties: ReadonlySet<string>;
  /** Datasets that rows may name. */
  readonly datasets: ReadonlySet<string>;
  readonly flaws: Flaw[];
}

/** Whom and what rows of a page may name: worked out once for the page. */
export function offered(
  kind: Reading['kind'],
  name: string,
  vocabulary: Vocabulary,
): Pick<Reading, 'parties' | 'datasets'> {
  const signed = vocabulary.agreements.get(name);
  if (kind === 'agreement') return { parties: signed?.parties ?? new Set(), datasets: new Set(signed?.datasets) };
  const held = [...vocabulary.datasets].filter(([, d]) => kind === 'everywhere' || `holder-${d.holder}` === name);
  return { parties: vocabulary.partners, datasets: new Set(held.map(([id]) => id)) };
}

/** Names to choose from, as many as anybody reads. */
function some(names: Iterable<string>): string {
  const all = [...names];
  return all.length <= 20 ? all.join(', ') : `${all.slice(0, 20).join(', ')} and ${all.length - 20} more`;
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
export function readWho({ file, roles, flaws, parties }: Reading, cell: Cell): Who[] {
  const who: Who[] = [];
  for (const { text, column } of splitItems(cell)) {
    const [, role] = /^role:(.+)$/.exec(text) ?? [];
    const [, partner] = /^partner:(.+)$/.exec(text) ?? [];
    const place = { file, line: cell.line, column };
    if (text === 'anyone') who.push({ kind: 'anyone' });
    else if (role !== undefined && roles.has(role)) who.push({ kind: 'role', role });
    else if (partner !== undefined && parties.has(partner)) who.push({ kind: 'partner', partner });
    else if (role !== undefined) flaws.push(flaw(place, 'who/unknown', `a role of roles.csv (${some(roles.keys())})`));
    else if (partner !== undefined)
      flaws.push(flaw(place, 'who/unknown', `a party of the agreement (${some(parties)})`));
    else flaws.push(flaw(place, 'who/unknown', 'anyone, role:… or partner:…, joined by &'));
  }
  if (who.length === 0) flaws.push(flaw({ file, ...cell }, 'who/unknown', 'anyone, role:… or partner:…, joined by &'));
  return who;
}

const WHAT = /^(any dataset|[a-z][a-z0-9-]*)(?:\/([^\s()]+))?(?: \(([a-z]+)\))?$/;

/** Reads the column "what"; null where it is not understood. */
export function readWhat({ file, vocabulary, datasets, flaws }: Reading, cell: Cell): What | null {
  const [matched, dataset = '', field, level] = WHAT.exec(cell.text) ?? [];
  const say = (code: FlawCode, expected: string) => {
    flaws.push(flaw({ file, ...cell }, code, expected));
    return null;
  };
  if (matched === undefined)
    return say('what/unknown', 'any dataset, dataset, dataset (hit), dataset (records) or dataset/field');
  const declared = datasets.has(dataset) ? vocabulary.datasets.get(dataset) : undefined;
  if (dataset !== 'any dataset' && declared === undefined) {
    return say('what/unknown', `any dataset or one of ${some(datasets)}`);
  }
  if (field !== undefined && !declared?.fields.has(field)) {
    const fields = declared ? some(declared.fields.keys()) : 'none: name the dataset, since fields have no wildcard';
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
