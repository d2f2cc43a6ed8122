import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { importsOf, violations } from '../scripts/architecture.ts';
import { manifestSchema } from '../scripts/lock-file.ts';

const manifest = manifestSchema.parse(JSON.parse(readFileSync('package.json', 'utf8')));
const dependencies = new Set(Object.keys(manifest.dependencies));

/** What the check says of one planted file. */
function planted(path: string, text: string): string[] {
  return violations(new Map([[path, text]]), dependencies);
}

describe('the house', () => {
  it('is built as planned', () => {
    const tree = new Map(globSync('src/**/*.ts').map((path) => [path, readFileSync(path, 'utf8')]));
    expect(tree.size).toBeGreaterThan(20);
    expect(violations(tree, dependencies)).toEqual([]);
  });

  it.each([
    ['upward', 'src/domain/x.ts', "import { a } from '../treat/treat.ts';"],
    ['upward, type only', 'src/domain/x.ts', "import type { A } from '../ledger/entry.ts';"],
    ['upward, dynamic', 'src/treat/x.ts', "const m = await import('../exchange.ts');"],
    ['upward, re-exported', 'src/exchange.ts', "export { a } from './adapters/clock.ts';"],
    ['upward, over several lines', 'src/exchange.ts', "import {\n  a,\n  b,\n} from './gateway/app.ts';"],
    ['for its effect', 'src/ledger/x.ts', "import '../config.ts';"],
    ['as a worker', 'src/ledger/x.ts', "new Worker(new URL('../adapters/sqlite/writer.ts', import.meta.url));"],
    ['on the same floor', 'src/treat/x.ts', "import { a } from '../safes/decide.ts';"],
    ['a sibling adapter', 'src/adapters/sqlite/x.ts', "import { a } from '../identity/token.ts';"],
    ['a sibling adapter that is a file', 'src/adapters/sqlite/x.ts', "import { a } from '../clock.ts';"],
    ['an adapter from the gateway', 'src/gateway/x.ts', "import { a } from '../adapters/clock.ts';"],
    ['the console from the gateway', 'src/gateway/x.ts', "import { a } from '../console/app.ts';"],
    ['main from config', 'src/config.ts', "import { a } from './main.ts';"],
    ['test code', 'src/main.ts', "import { a } from '../test/builders.ts';"],
    ['casbin outside the rulebook', 'src/safes/x.ts', "import { newEnforcer } from 'casbin';"],
    ['jose outside identity', 'src/gateway/x.ts', "import { jwtVerify } from 'jose';"],
    ['a path of jose', 'src/adapters/sqlite/x.ts', "import type { JWK } from 'jose/key/import';"],
    ['better-sqlite3 outside sqlite', 'src/main.ts', "const Database = await import('better-sqlite3');"],
    ['express outside gateway', 'src/main.ts', "import express from 'express';"],
    ['helmet outside gateway', 'src/adapters/x.ts', "import helmet from 'helmet';"],
    ['a development dependency', 'src/main.ts', "import fc from 'fast-check';"],
    ['the file system in a pure room', 'src/treat/x.ts', "import { readFileSync } from 'node:fs';"],
  ])('finds an import %s', (_, path, text) => {
    expect(planted(path, text)).toHaveLength(1);
  });

  it.each([
    ['src/gateway/x.ts', 'return { plan } as Permit;'],
    ['src/safes/people.ts', 'const p = (plan as unknown) as Permit;'],
    ['src/exchange.ts', 'const p = <Permit>plan;'],
    ['src/treat/treatments.ts', 'return { rows, records } as Treated;'],
    ['src/adapters/sqlite/x.ts', 'const raw = x as Raw'],
    ['src/exchange.ts', 'release(x as Receipt, treated)'],
    ['src/gateway/x.ts', 'const all = x as readonly Receipt[];'],
    ['src/gateway/x.ts', 'find(text as ExchangeId)'],
    ['src/gateway/x.ts', 'send(x as Release)'],
    ['src/exchange.ts', 'fetch({ ...leg.permit, maxRows: 1_000 })'],
  ])('finds a branded type made in %s', (path, text) => {
    expect(planted(path, text)).toHaveLength(1);
  });

  it.each([
    ['src/safes/decide.ts', 'return { plan } as Permit;'],
    ['src/adapters/holders/connect.ts', 'return { records } as Raw;'],
    ['src/exchange.ts', "// as Permit, see safes/decide.ts\nimport type { Permit } from './domain/permit.ts';"],
    ['src/exchange.ts', "/* import { x } from './main.ts' */\nimport { type Permit as P } from './domain/permit.ts';"],
    ['src/rulebook/x.ts', "import { newEnforcer } from 'casbin';\nimport { readFile } from 'node:fs/promises';"],
    ['src/exchange.ts', 'const terms = [...permit.terms, ...leg.permit?.plan];'],
    ['src/ledger/x.ts', "import { createHash } from 'node:crypto';"],
    ['src/main.ts', "import { a } from './adapters/clock.ts';\nimport { b } from './config.ts';"],
    ['src/adapters/sqlite/x.ts', "import { a } from './store.ts';\nimport type { B } from '../../exchange.ts';"],
  ])('lets %s be', (path, text) => {
    expect(planted(path, text)).toEqual([]);
  });

  it('finds files that are too long, badly named, in no room, or that look at the clock', () => {
    expect(planted('src/treat/x.ts', 'a;\n'.repeat(250))).toEqual([]);
    expect(planted('src/treat/x.ts', 'a;\n'.repeat(251))).toHaveLength(1);
    expect(planted('src/treat/utils.ts', '')).toHaveLength(1);
    expect(planted('src/domain/common/x.ts', '')).toHaveLength(1);
    expect(planted('src/attic/x.ts', '')).toHaveLength(1);
    expect(planted('src/safes/x.ts', 'const now = Date.now();')).toHaveLength(1);
    expect(planted('src/adapters/clock.ts', 'const now = Date.now();')).toEqual([]);
  });

  it('reads every form of import', () => {
    const text = `import a from 'a';\nimport 'b';\nexport * from "c";\nimport type { D } from 'd';\nawait import(\`e\`);`;
    expect([...importsOf(text)].sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
  });
});
