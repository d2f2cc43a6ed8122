/**
 * `npm run interop`: has our checkpoints, tiles and proofs judged by golang.org/x/mod/sumdb/{note,tlog}, which knows
 * nothing of this project, and altered ones too.
 *
 * Standard output is one line: {"interop":"ok"|"not-run","inclusion":n,"consistency":n,"tiles":n,"rejected":n}. Where Go or
 * the package is missing it is "not-run", with the reason on standard error and exit code 0; nothing is fetched from
 * anywhere. Exit code 1, and no line, where one thing is not judged as it should be.
 *
 * GOPATH: where the package is looked for; default /usr/share/gocode, where Debian's golang-golang-x-mod-dev puts it.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { exportLedger } from './interop/export.ts';

const EXCHANGES = 350;
const PROGRAM = resolve(import.meta.dirname, 'interop/verify.go');
const GOPATH = process.env['GOPATH'] || '/usr/share/gocode';
const PACKAGES = ['note', 'tlog'].map((name) => join(GOPATH, 'src/golang.org/x/mod/sumdb', name));

const counts = z.strictObject({
  inclusion: z.int().positive(),
  consistency: z.int().positive(),
  tiles: z.int().positive(),
  rejected: z.int().positive(),
});

function notRun(reason: string): void {
  console.error(`interop: not run: ${reason}`);
  console.log(JSON.stringify({ interop: 'not-run', inclusion: 0, consistency: 0, tiles: 0, rejected: 0 }));
}

function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env) {
  return spawnSync(program, args, { encoding: 'utf8', env, maxBuffer: 16 * 1024 * 1024 });
}

async function interop(): Promise<void> {
  const version = run('go', ['version']);
  if (version.status !== 0) return notRun('there is no go on the path');
  const missing = PACKAGES.find((path) => !existsSync(path));
  if (missing !== undefined) return notRun(`${missing} is missing (Debian: golang-golang-x-mod-dev)`);

  const work = mkdtempSync(join(tmpdir(), 'five-safes-interop-'));
  try {
    const binary = join(work, 'verify');
    // The sources as they lie there: no module proxy, no other version of anything.
    const env = { ...process.env, GOPATH, GO111MODULE: 'off', GOFLAGS: '', CGO_ENABLED: '0' };
    const built = run('go', ['build', '-o', binary, PROGRAM], env);
    if (built.status !== 0) throw new Error(`go build: ${built.stderr}`);

    const [state, out] = [join(work, 'state'), join(work, 'log')];
    mkdirSync(state);
    const { entries, checkpoints } = await exportLedger(state, out, EXCHANGES);
    console.error(`interop: ${version.stdout.trim()}; a ledger of ${entries} entries, ${checkpoints} checkpoints`);
    const judged = run(binary, [out]);
    if (judged.status !== 0) throw new Error(`not judged as it should be: ${judged.stderr}`);
    console.log(JSON.stringify({ interop: 'ok', ...counts.parse(JSON.parse(judged.stdout)) }));
  } finally {
    rmSync(work, { recursive: true });
  }
}

try {
  await interop();
} catch (error) {
  console.error(`interop: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
