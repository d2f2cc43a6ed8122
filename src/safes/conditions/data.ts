import { type Meaning, met } from './meaning.ts';

/** The holder has paused the dataset. */
export const paused: Meaning = (_, facts) => met(facts['dataset.paused'], (is) => is);
