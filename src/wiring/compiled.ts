import { fileURLToPath } from 'node:url';

/**
 * Where Node keeps what it has compiled, so that the next start takes half the time. Beside the packages, and never in a
 * directory that others of this machine may write to: what lies there is run.
 */
export const COMPILED = fileURLToPath(new URL('../../node_modules/.cache/compiled', import.meta.url));
