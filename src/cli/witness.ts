import { resolve } from 'node:path';
import { createWitness } from '../adapters/sqlite/witness-key.ts';
import { ConfigurationError } from '../domain/configuration-error.ts';
import { startWitness } from '../wiring/witness.ts';
import { say, tell } from './output.ts';
import { parseArguments, required } from './page.ts';
import { WITNESS } from './pages/witness.ts';
import { shownPath } from './place.ts';
import { EXIT, type Exit, UsageError, type World } from './world.ts';

/** As a note's signature line can carry it, and as our own settings accept it. */
const NAME = /^[A-Za-z0-9._~/-]{1,200}$/;

/** `five-safes witness`: makes a witness, or runs it until it is told to stop. */
export async function run(args: readonly string[], world: World): Promise<Exit> {
  const { values } = parseArguments(WITNESS, args);
  if ((values.init === true) === (values.run !== undefined)) throw new UsageError('give either --init or --run FILE');
  if (values.run === undefined)
    return init(required('name', values.name), required('state', values.state), values.json);
  if (values.name !== undefined || values.state !== undefined)
    throw new UsageError('--name and --state go with --init; --run takes both from FILE and the key');
  return serve(resolve(world.directory, values.run), world);

  function init(name: string, directory: string, json: boolean | undefined): Exit {
    if (!NAME.test(name)) throw new UsageError('--name: expected a name such as witness.example/kestrel');
    const state = resolve(world.directory, directory);
    const verifierKey = createWitness(state, name);
    tell(world, json, {
      json: JSON.stringify({ state, verifierKey }),
      lines: [
        `A witness was made in ${shownPath(world, state)}.`,
        '',
        'Its verifier key, for operators of gateways; hand it to them by another way than the log:',
        `  ${verifierKey}`,
        '',
        'Next: write its settings, with the verifier keys of the logs it is to watch, then',
        '  five-safes witness --run FILE',
      ],
    });
    return EXIT.ok;
  }
}

async function serve(file: string, world: World): Promise<Exit> {
  const told = new Promise<void>((stop) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop());
  });
  try {
    const witness = await startWitness(file, world.err);
    await told;
    await witness.stop();
    return EXIT.ok;
  } catch (error) {
    // The dispatcher would point to `five-safes check`, which knows nothing of these settings.
    if (!(error instanceof ConfigurationError)) throw error;
    say(world, ...error.problems);
    return EXIT.refused;
  }
}
