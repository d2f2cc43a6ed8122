import { type ParseArgsConfig, parseArgs } from 'node:util';

/** What a script was given. A wrong option ends the process with exit code 2 and a sentence instead of a stack. */
export function givenOptions<const T extends NonNullable<ParseArgsConfig['options']>>(options: T, usage: string) {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    process.stderr.write(`${error.message}\nusage: ${usage}\n`);
    return process.exit(2);
  }
}
