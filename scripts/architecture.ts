/**
 * The plan of the house, as a pure function over a tree of sources: which room may import which, which package lives
 * where, who alone may make a branded type.
 */

/** Path from the root of the repository, such as `src/treat/treat.ts`, to the text of the file. */
export type Tree = ReadonlyMap<string, string>;

/** Lowest first. Rooms of one floor do not import each other. */
const FLOORS: readonly (readonly string[])[] = [
  ['domain'],
  ['safes', 'rulebook', 'treat', 'disclosure', 'ledger', 'registry', 'review'],
  ['exchange'],
  ['adapters'],
  ['gateway', 'console', 'witness'],
  ['config'],
  ['ruleset'],
  ['wiring'],
  ['main', 'cli'],
  ['start'],
];

/** Rooms that learn of the world by parameter alone. */
const PURE: ReadonlySet<string> = new Set(['domain', 'safes', 'treat', 'disclosure', 'ledger']);
const OUTSIDE = /^node:(fs|http|http2|https|net|tls|dgram|dns|child_process|worker_threads|process|os|timers)(\/|$)/;

/** One home per package: a prefix of the path. */
const HOMES: Readonly<Record<string, readonly string[]>> = {
  casbin: ['src/rulebook/'],
  jose: ['src/adapters/identity/'],
  'better-sqlite3': ['src/adapters/sqlite/'],
  'prom-client': ['src/adapters/metrics/'],
  express: ['src/gateway/', 'src/console/', 'src/witness/'],
  helmet: ['src/gateway/', 'src/console/', 'src/witness/'],
};

/** Who alone may cast to a branded type: a prefix of the path. */
const MAKERS: Readonly<Record<string, string>> = {
  Permit: 'src/safes/decide.ts',
  Raw: 'src/adapters/holders/',
  Treated: 'src/treat/treat.ts',
  Receipt: 'src/ledger/receipt.ts',
  Release: 'src/exchange.ts',
  ExchangeId: 'src/domain/ids.ts',
};

const LONGEST = 250;
const EMPTY_NAMES = /(^|\/)(utils?|helpers?|common|misc|shared|[a-z-]*manager)(\.ts|\/)/;

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}

/** Specifiers of static, type-only, dynamic and re-exporting imports, and of files loaded as `new URL('./x.ts', …)`. */
export function importsOf(text: string): readonly string[] {
  const source = withoutComments(text);
  const forms = [
    /\b(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/g,
    /\bimport\s*['"]([^'"]+)['"]/g,
    /\b(?:import|require|createRequire)\s*\(\s*['"`]([^'"`]+)['"`]/g,
    /\bnew\s+URL\(\s*['"`](\.[^'"`]+\.ts)['"`]/g,
  ];
  return forms.flatMap((form) => [...source.matchAll(form)].flatMap((match) => match[1] ?? []));
}

function resolved(from: string, specifier: string): string {
  const parts = from.split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}

function roomOf(path: string): string {
  return (path.split('/')[1] ?? '').replace(/\.ts$/, '');
}

/** An adapter is a folder or a file right under `adapters/`. */
function adapterOf(path: string): string {
  return path.split('/')[2] ?? '';
}

function floorOf(path: string): number {
  return FLOORS.findIndex((rooms) => rooms.includes(roomOf(path)));
}

function relativeProblem(path: string, target: string): string | undefined {
  const [room, other] = [roomOf(path), roomOf(target)];
  if (!target.startsWith('src/')) return `imports ${target}, which is not part of the product`;
  if (room === other) {
    return room === 'adapters' && adapterOf(path) !== adapterOf(target)
      ? `imports ${target}, an adapter beside it`
      : undefined;
  }
  if (floorOf(target) >= floorOf(path)) return `imports ${target}, which does not stand below it`;
  if (other === 'adapters' && ['gateway', 'console', 'witness'].includes(room)) return `imports ${target}, an adapter`;
  return undefined;
}

function packageProblem(path: string, specifier: string, dependencies: ReadonlySet<string>): string | undefined {
  if (specifier.startsWith('node:')) {
    return PURE.has(roomOf(path)) && OUTSIDE.test(specifier)
      ? `imports ${specifier}, though ${roomOf(path)}/ learns of the world by parameter`
      : undefined;
  }
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
  if (!dependencies.has(name)) return `imports ${name}, which is not among the dependencies`;
  const homes = Object.hasOwn(HOMES, name) ? HOMES[name] : undefined;
  return homes?.some((home) => path.startsWith(home)) === false
    ? `imports ${name}, whose home is ${homes.join(' or ')}`
    : undefined;
}

function textProblems(path: string, text: string): string[] {
  const problems: string[] = [];
  const source = withoutComments(text);
  for (const [brand, maker] of Object.entries(MAKERS)) {
    const casts = [
      ...source.matchAll(new RegExp(String.raw`\bas\s+(?:readonly\s+)?${brand}\b|[=(,:?]\s*<\s*${brand}\b`, 'g')),
    ].filter(
      // `import { Permit as P }` and `import { X as Permit }` are no casts.
      ({ index }) => !/(import|export)[^;]*\{[^}]*$/.test(source.slice(0, index)),
    );
    if (casts.length > 0 && !path.startsWith(maker)) problems.push(`makes a ${brand}, which only ${maker} may`);
  }
  // Spreading carries the brand along, so the compiler takes the altered copy for the real thing.
  if (/\.\.\.(\w+\.)*(permit|treated)\b(?!\??\.)/.test(source))
    problems.push('copies a Permit or Treated by spreading it');
  if (floorOf(path) <= 2 && /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bperformance\.now\(/.test(source)) {
    problems.push('asks for time or chance itself; they come in by parameter');
  }
  const lines = text.trimEnd().split('\n').length;
  if (lines > LONGEST) problems.push(`has ${lines} lines; past ${LONGEST} a file is two ideas`);
  if (EMPTY_NAMES.test(path)) problems.push('has a name that says nothing');
  return problems;
}

/**
 * @param tree every file under `src/`. @param dependencies names in `dependencies` of package.json.
 * @returns one sentence per violation: path, what it does, why it must not.
 */
export function violations(tree: Tree, dependencies: ReadonlySet<string>): string[] {
  return [...tree].flatMap(([path, text]) => {
    if (floorOf(path) === -1) return [`${path}: stands in no room of the plan`];
    const problems = importsOf(text).flatMap((specifier) => {
      const problem = specifier.startsWith('.')
        ? relativeProblem(path, resolved(path, specifier))
        : packageProblem(path, specifier, dependencies);
      return problem ?? [];
    });
    return [...problems, ...textProblems(path, text)].map((problem) => `${path}: ${problem}`);
  });
}
