import { startWitness } from '../../src/wiring/witness.ts';

/** A witness that is killed once it has written down what it signed, and before it answers. Arguments: settings file. */
const [, , file = ''] = process.argv;
await startWitness(file, (line) => {
  process.stdout.write(line);
  if (line.includes('"event":"cosigned"')) process.kill(process.pid, 'SIGKILL');
});
