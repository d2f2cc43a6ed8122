import { keysIn, loadKeys } from '../adapters/sqlite/keys-file.ts';
import { prepareNextKey, rotateSigningKey, settleRotation } from '../adapters/sqlite/rotate-signing-key.ts';
import { tell } from './output.ts';
import { parseArguments } from './page.ts';
import { LOG_ROTATE_KEY } from './pages/rotate-key.ts';
import { alone, stateDirectory } from './state.ts';
import { EXIT, type Exit, type World } from './world.ts';

/** `five-safes log rotate-key`: a new key signs the log from here on. */
export async function run(args: readonly string[], world: World): Promise<Exit> {
  const { values } = parseArguments(LOG_ROTATE_KEY, args);
  const { prepare, json, ...place } = values;
  const state = stateDirectory(world, place);
  alone(() => settleRotation(state, () => loadKeys(keysIn(state), world.env, true).kek));
  const keys = loadKeys(keysIn(state), world.env);
  if (prepare === true) {
    const next = prepareNextKey(state, keys);
    tell(world, json, {
      json: JSON.stringify({ next }),
      lines: ['The next key of the log, not in use yet:', `  ${next}`],
    });
    return EXIT.ok;
  }
  const rotated = alone(() => rotateSigningKey(state, keys, Date.now));
  tell(world, json, {
    json: JSON.stringify(rotated),
    lines: [
      `Entry ${rotated.index} of the log records the change. It is signed from here on by:`,
      `  ${rotated.after}`,
      'Hand this key to the partners as you did the first. Whoever keeps the old one can still check the whole log.',
    ],
  });
  return EXIT.ok;
}
