import { defineConfig } from 'vitest/config';
import { COMPILED } from './src/wiring/compiled.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // Many tests wait for processes and clocks: on two cores two files at a time are right, one is half the speed.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // For the processes that tests start: they compile what the first of them has compiled already.
    env: { NODE_COMPILE_CACHE: COMPILED },
  },
});
