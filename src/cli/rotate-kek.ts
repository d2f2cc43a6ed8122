import { existsSync } from 'node:fs';
import { keysIn } from '../adapters/sqlite/keys-file.ts';
import { rotateKek } from '../adapters/sqlite/rotate-kek.ts';
import { tell } from './output.ts';
import { parseArguments } from './page.ts';
import { KEYS_ROTATE } from './pages/keys.ts';
import { alone, stateDirectory } from './state.ts';
import { EXIT, type Run } from './world.ts';

/** `five-safes keys rotate-kek`. */
export const run: Run = async (args, world) => {
  const { values } = parseArguments(KEYS_ROTATE, args);
  const state = stateDirectory(world, values);
  // Before anything is made there: a directory that was mistyped stays as it was.
  if (!existsSync(keysIn(state)))
    throw new Error(`${keysIn(state)} does not exist: there are no keys of a log in ${state}`);
  const pages = alone(() => rotateKek(state, world.env));
  tell(world, values.json, {
    json: JSON.stringify({ rotated: true, pages }),
    lines: [
      `${pages} pages of data keys are wrapped under the new key-encryption key. Destroy all copies of the old one.`,
    ],
  });
  return EXIT.ok;
};
