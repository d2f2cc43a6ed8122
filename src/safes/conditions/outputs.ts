import { type Meaning, met } from './meaning.ts';

/** The identifier searched by. `(full)` demands a complete one, so that fragments cannot be used to fish. */
export const by: Meaning = ({ argument, full }, facts) =>
  met(facts['enquiry.scheme'], (scheme) => {
    if (scheme !== argument) return false;
    return full === true ? met(facts['enquiry.full'], (complete) => complete) : true;
  });
