import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';

const CLI = new URL('../src/cli.ts', import.meta.url).pathname;
const verification = z.object({ verified: z.boolean(), entries: z.int(), open: z.int(), size: z.int() });

export type Verified = z.infer<typeof verification>;

/**
 * Checks the log with the command any partner would use, in a process of its own.
 * @param receipt file with an answer, whose receipt is checked against the log.
 */
export async function verifyLog(ledger: string, key: string, receipt?: string): Promise<Verified> {
  const args = [
    CLI,
    'verify',
    ledger,
    '--key',
    key,
    '--json',
    ...(receipt === undefined ? [] : ['--receipt', receipt]),
  ];
  const stdout = await promisify(execFile)(process.execPath, args, { maxBuffer: 1_000_000 }).then(
    (done) => done.stdout,
    // A log that does not verify ends with 1 and says why in its JSON.
    (failed: { stdout?: string; stderr?: string }) =>
      failed.stdout || Promise.reject(new Error(failed.stderr ?? 'verify did not run')),
  );
  return verification.parse(JSON.parse(stdout));
}
