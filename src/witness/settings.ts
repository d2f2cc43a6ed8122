import { z } from 'zod';
import { ConfigurationError } from '../domain/configuration-error.ts';
import { type NoteVerifier, parseVerifierKey } from '../ledger/note.ts';
import { portSchema } from '../registry/gateway-schema.ts';
import { problemAt, schemaProblems } from '../registry/problems.ts';
import { parseYaml } from '../registry/yaml-document.ts';

const shape = z.strictObject({
  listen: z.strictObject({
    host: z.string().regex(/^[A-Za-z0-9.:-]+$/, 'expected a host or address'),
    port: portSchema,
  }),
  state: z.string().min(1),
  logs: z.array(z.string()).min(1),
});

export interface WitnessSettings {
  readonly listen: { readonly host: string; readonly port: number };
  /** As written: relative to the file. */
  readonly state: string;
  /** By origin; more than one where a log changes its key. */
  readonly logs: ReadonlyMap<string, readonly NoteVerifier[]>;
}

/** @param file name for messages. @throws ConfigurationError with everything that is doubtful. */
export function parseWitnessSettings(file: string, text: string): WitnessSettings {
  const parsed = shape.safeParse(parseYaml(file, text));
  if (!parsed.success) throw new ConfigurationError(schemaProblems(file, parsed.error));
  const { listen, state, logs } = parsed.data;
  const problems: string[] = [];
  const known = new Map<string, readonly NoteVerifier[]>();
  for (const [i, key] of logs.entries()) {
    const verifier = parseVerifierKey(key);
    if (verifier === undefined) {
      problems.push(problemAt(file, ['logs', i], 'expected the verifier key of a log: name+id+key'));
    } else if (logs.indexOf(key) !== i) {
      problems.push(problemAt(file, ['logs', i], 'expected each key only once'));
    } else {
      known.set(verifier.name, [...(known.get(verifier.name) ?? []), verifier]);
    }
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
  return { listen, state, logs: known };
}
