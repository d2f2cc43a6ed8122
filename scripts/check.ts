/** `npm run check`: everything that can be said of the sources without running them. Exit code 1 if something is wrong. */
import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openApiText } from '../src/gateway/openapi.ts';
import { violations } from './architecture.ts';
import { documentProblems } from './catalogue.ts';
import { lockProblems, manifestSchema } from './lock-file.ts';
import { rejectionProblems, rejections } from './rejected-types.ts';

const root = resolve(import.meta.dirname, '..');

function json(name: string): unknown {
  return JSON.parse(readFileSync(join(root, name), 'utf8'));
}

/** What a command wrote if it failed; nothing if it did not. */
function failure(command: string, ...args: string[]): string[] {
  try {
    execFileSync(join(root, 'node_modules/.bin', command), args, { cwd: root, encoding: 'utf8', stdio: 'pipe' });
    return [];
  } catch (error) {
    if (!(error instanceof Error) || !('stdout' in error) || !('stderr' in error)) throw error;
    return [`${error.stdout}${error.stderr}`.trim()];
  }
}

function houseProblems(): string[] {
  const tree = new Map(
    globSync('src/**/*.ts', { cwd: root }).map((path) => [path, readFileSync(join(root, path), 'utf8')]),
  );
  const { dependencies } = manifestSchema.parse(json('package.json'));
  return violations(tree, new Set(Object.keys(dependencies)));
}

function openApiProblems(): string[] {
  const committed = readFileSync(join(root, 'docs/openapi.json'), 'utf8');
  return committed === openApiText() ? [] : ['docs/openapi.json is not what the schemas say; run npm run openapi'];
}

const checks: readonly (readonly [string, () => string[]])[] = [
  ['types', () => failure('tsc', '--noEmit', '--pretty', 'false')],
  ['types that must not compile', () => rejectionProblems(rejections(root))],
  ['style', () => failure('biome', 'check', '--error-on-warnings', '.')],
  ['floors, homes and makers', houseProblems],
  ['generated documents', () => documentProblems(root)],
  ['OpenAPI document', openApiProblems],
  ['lock file', () => lockProblems(json('package.json'), json('package-lock.json'))],
];

let wrong = 0;
for (const [name, problemsOf] of checks) {
  const problems = problemsOf();
  console.log(`${problems.length === 0 ? 'ok    ' : 'WRONG '} ${name}`);
  for (const problem of problems) console.log(`  ${problem.replaceAll('\n', '\n  ')}`);
  wrong += problems.length === 0 ? 0 : 1;
}
process.exitCode = wrong === 0 ? 0 : 1;
