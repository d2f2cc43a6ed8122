import type { z } from 'zod';

/** `people[2].roles[0].until` */
export function keyPath(path: readonly PropertyKey[]): string {
  let text = '';
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`;
    else text += text === '' ? String(key) : `.${String(key)}`;
  }
  return text;
}

/** `partners.yaml: people[2].roles[0].until: expected …` */
export function problemAt(file: string, path: readonly PropertyKey[], message: string): string {
  const place = keyPath(path);
  return place === '' ? `${file}: ${message}` : `${file}: ${place}: ${message}`;
}

/** One sentence for each thing a schema found wrong: file, key path, what was expected. */
export function schemaProblems(file: string, error: z.ZodError): string[] {
  return error.issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') return [problemAt(file, issue.path, issue.message)];
    return issue.keys.map((key) => problemAt(file, [...issue.path, key], 'unknown key'));
  });
}
