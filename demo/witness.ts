import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createWitness } from '../src/adapters/sqlite/witness-key.ts';
import { startWitness } from '../src/wiring/witness.ts';

/** A witness that runs, and what the gateway's settings say of it: texts of the example, and what stands for them. */
export interface DemoWitness {
  readonly key: string;
  readonly settings: readonly (readonly [string, string])[];
  stop(): Promise<void>;
}

/** Makes a witness of Harbour Police, or finds the one of an earlier run, and lets it serve. @param log keys of the log. */
export async function layOutWitness(
  state: string,
  port: number,
  log: { readonly verifierKey: string },
): Promise<DemoWitness> {
  const home = join(state, 'witness');
  if (!existsSync(home)) createWitness(home, 'witness.example/harbour');
  const file = join(state, 'witness.yaml');
  writeFileSync(file, `listen: {host: 127.0.0.1, port: ${port}}\nstate: witness\nlogs:\n  - ${log.verifierKey}\n`);
  const { url, key, stop } = await startWitness(file, () => undefined);
  return {
    key,
    settings: [
      [
        "  # witnesses: [{name: kestrel, url: 'https://witness.example', key: '…'}]",
        `  witnesses: [{name: harbour, url: '${url}', key: '${key}'}]`,
      ],
      ['  # quorum: 1', '  quorum: 1'],
    ],
    stop,
  };
}
