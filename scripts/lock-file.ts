import { z } from 'zod';

const versions = z.record(z.string(), z.string());

/** As much of package.json as the checks read. */
export const manifestSchema = z.looseObject({
  dependencies: versions,
  devDependencies: versions,
  allowScripts: z.record(z.string(), z.boolean()).optional(),
});

/** As much of package-lock.json as the checks read. */
export const lockSchema = z.looseObject({
  lockfileVersion: z.number(),
  packages: z.record(z.string(), z.looseObject({ resolved: z.string().optional(), gypfile: z.boolean().optional() })),
});

const EXACT = /^\d+\.\d+\.\d+$/;

/**
 * What stands between these two files and an `npm ci` that works on a bare machine.
 * @param manifest package.json, parsed. @param lock package-lock.json, parsed.
 * @returns one sentence per problem; empty: none.
 */
export function lockProblems(manifest: unknown, lock: unknown): string[] {
  const problems: string[] = [];
  const { dependencies, devDependencies, allowScripts } = manifestSchema.parse(manifest);
  const { packages } = lockSchema.parse(lock);
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
    if (!EXACT.test(version)) problems.push(`package.json: ${name} is "${version}", expected one exact version`);
  }
  if (allowScripts?.['node'] !== true || allowScripts['better-sqlite3'] !== false) {
    problems.push('package.json: allowScripts, expected {"node": true, "better-sqlite3": false}');
  }
  for (const [place, entry] of Object.entries(packages)) {
    if (entry.resolved !== undefined) problems.push(`package-lock.json: ${place} has "resolved"; run npm run lock`);
  }
  if (packages['node_modules/better-sqlite3']?.gypfile !== false) {
    problems.push('package-lock.json: node_modules/better-sqlite3 lacks "gypfile": false; run npm run lock');
  }
  return problems;
}
