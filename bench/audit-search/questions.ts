import type { Attribute } from '../../src/ledger/audit/terms.ts';

export interface Question {
  readonly name: string;
  readonly all: Readonly<Partial<Record<Attribute, string>>>;
  /** Places: first inclusive, end exclusive. */
  readonly first?: number;
  readonly end?: number;
}

/** One exchange as both sides index it; generated, the same for the same number. */
export function generated(n: number): Readonly<Partial<Record<Attribute, string>>> {
  const partner = `partner-${mixed(n, 1) % 12}`;
  const refused = mixed(n, 2) % 9 === 0;
  return {
    partner,
    person: `${partner}-person-${mixed(n, 3) % 150}`,
    holder: `holder-${mixed(n, 4) % 20}`,
    dataset: `dataset-${mixed(n, 4) % 20}`,
    agreement: `agreement-${mixed(n, 5) % 5}`,
    project: `project-${mixed(n, 6) % 400}`,
    case: `KP-${mixed(n, 7) % 60_000}`,
    purpose: ['SuspectedCrimeInvestigation', 'CrimeDetection', 'CrimeProsecution'][mixed(n, 8) % 3] ?? '',
    output: mixed(n, 9) % 3 === 0 ? 'hit' : 'records',
    scheme: 'vin',
    identifier: `vin=${mixed(n, 10) % 700_000}`,
    result: refused ? 'refused' : (['released', 'none', 'partial'][mixed(n, 11) % 3] ?? ''),
    'refused-by': refused ? (['people', 'projects', 'settings', 'data', 'outputs'][mixed(n, 12) % 5] ?? '') : '-',
    code: refused ? `code-${mixed(n, 13) % 40}` : '-',
    rule: `page/P${mixed(n, 14) % 60}`,
    rulebook: `version-${Math.floor(n / 50_000)}`,
  };
}

/** What auditors ask: for one vehicle, one person, one case; reviews; with times; and what has nothing in common. */
export function questions(exchanges: number): readonly Question[] {
  const at = (part: number) => generated(Math.floor(exchanges * part));
  const [a, b, c] = [at(0.3), at(0.6), at(0.9)];
  const period = { first: Math.floor(exchanges * 1.8), end: Math.floor(exchanges * 1.85) };
  return [
    { name: 'vehicle', all: pick(a, ['identifier']) },
    { name: 'vehicle of a partner', all: pick(b, ['identifier', 'partner']) },
    { name: 'case', all: pick(b, ['case']) },
    { name: 'person', all: pick(c, ['person']) },
    { name: 'person and holder', all: pick(c, ['person', 'holder']) },
    { name: 'person, project, result', all: pick(a, ['person', 'project', 'result']) },
    { name: 'partner and result', all: pick(b, ['partner', 'result']) },
    { name: 'refusals by Safe', all: { 'refused-by': 'settings' } },
    { name: 'refusals by Safe and partner', all: { 'refused-by': 'data', ...pick(a, ['partner']) } },
    { name: 'rule in a period', all: pick(a, ['rule']), ...period },
    { name: 'partner and purpose in a period', all: pick(c, ['partner', 'purpose']), ...period },
    { name: 'rulebook version and code', all: { ...pick(b, ['rulebook']), code: 'code-7' } },
    { name: 'nothing has both', all: { result: 'none', 'refused-by': 'people', ...pick(a, ['project']) } },
    { name: 'everything newest first', all: {} },
  ];
}

function pick(from: Question['all'], attributes: readonly Attribute[]): Question['all'] {
  return Object.fromEntries(attributes.map((attribute) => [attribute, from[attribute] ?? '']));
}

/** A number that looks random and is not. */
function mixed(n: number, salt: number): number {
  let x = (n ^ Math.imul(salt, 0x9e3779b1)) >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b) >>> 0;
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35) >>> 0;
  return (x ^ (x >>> 16)) >>> 0;
}
