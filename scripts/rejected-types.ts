import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const MARK = /\/\/ rejected: (TS\d+)\s*$/;
const ERROR = /^(?:.*\/)?([^/(]+\.ts)\((\d+),\d+\): error (TS\d+):/;

/** Output of the compiler over `test/types`, which fails as it must. */
function compile(root: string): string {
  try {
    return execFileSync(
      join(root, 'node_modules/.bin/tsc'),
      ['-p', join(root, 'test/types'), '--noEmit', '--pretty', 'false'],
      {
        encoding: 'utf8',
        stdio: 'pipe',
      },
    );
  } catch (error) {
    if (error instanceof Error && 'stdout' in error && typeof error.stdout === 'string') return error.stdout;
    throw error;
  }
}

/** Marks and errors, each as `permit.ts:18 TS2322`. */
export interface Rejections {
  readonly marked: readonly string[];
  readonly rejected: readonly string[];
}

/**
 * Runs the compiler over `test/types`, whose lines marked `// rejected: TS2322` must fail with that error.
 * @param root of the repository.
 */
export function rejections(root: string): Rejections {
  const marked = globSync('*.ts', { cwd: join(root, 'test/types') }).flatMap((file) =>
    readFileSync(join(root, 'test/types', file), 'utf8')
      .split('\n')
      .flatMap((line, i) => {
        const code = MARK.exec(line)?.[1];
        return code === undefined ? [] : [`${file}:${i + 1} ${code}`];
      }),
  );
  const rejected = compile(root)
    .split('\n')
    .flatMap((line) => {
      const [, file, at, code] = ERROR.exec(line) ?? [];
      return file === undefined ? [] : [`${file}:${at} ${code}`];
    });
  return { marked: marked.sort(), rejected: rejected.sort() };
}

/** One sentence for each line that the compiler should have refused and did not, or the other way round. */
export function rejectionProblems({ marked, rejected }: Rejections): string[] {
  return [
    ...marked.filter((line) => !rejected.includes(line)).map((line) => `test/types/${line}: expected, and compiles`),
    ...rejected.filter((line) => !marked.includes(line)).map((line) => `test/types/${line}: an error nobody expected`),
  ];
}
