import { SAFES } from '../domain/safe.ts';
import { type Flaw, flaw } from './flaw.ts';

/** Casbin's suffix of each Safe's sections: r, r2, … r5. */
export const SUFFIXES = SAFES.map((_, i) => (i === 0 ? '' : String(i + 1)));

/** What `model.conf` must say, section by section, comments and blanks aside. */
function required(): Map<string, string[]> {
  const lines = (build: (n: string) => string) => SUFFIXES.map((n) => build(n).replace(/\s+/g, ' '));
  return new Map([
    ['request_definition', lines((n) => `r${n} = ask, facts, heard`)],
    ['policy_definition', lines((n) => `p${n} = id, who, what, conditions, eft`)],
    // Casbin compares the text of an effect literally, always with `p.eft`, whatever the section is called.
    ['policy_effect', lines((n) => `e${n} = some(where (p.eft == allow)) && !some(where (p.eft == deny))`)],
    [
      'matchers',
      lines(
        (n) => `m${n} = covers(r${n}.facts, p${n}.who, p${n}.eft) && concerns(r${n}.ask, p${n}.what) &&
          meets(r${n}.facts, p${n}.id, p${n}.conditions, p${n}.eft, r${n}.heard)`,
      ),
    ],
  ]);
}

const MAX_CHARACTERS = 50_000;

/**
 * Checks that the model is the one whose behaviour is proven: Casbin reads a typing error in a matcher as `undefined`
 * and a misspelt effect as an allow, so a model that differs in one character is refused.
 */
export function modelFlaws(file: string, source: string): readonly Flaw[] {
  const want = required();
  if (source.length > MAX_CHARACTERS) {
    return [flaw({ file, line: 1, column: 1 }, 'csv/size', `at most ${MAX_CHARACTERS} characters`)];
  }
  const flaws: Flaw[] = [];
  const seen = new Set<string>();
  let section = '';
  source.split(/\r?\n/).forEach((raw, i) => {
    const text = raw.replace(/#.*$/, '').trim().replace(/\s+/g, ' ');
    const place = { file, line: i + 1, column: 1 };
    const [, heading] = /^\[(\w+)\]$/.exec(text) ?? [];
    if (text === '') return;
    if (heading !== undefined) {
      section = heading;
      if (!want.has(heading)) flaws.push(flaw(place, 'model/unknown', `a section of ${[...want.keys()].join(', ')}`));
      // Casbin takes no section twice, and throws.
      if (seen.has(heading)) flaws.push(flaw(place, 'model/unknown', `the section ${heading} once`));
      seen.add(heading);
      return;
    }
    const open = want.get(section) ?? [];
    const expected = open.shift();
    if (text !== expected)
      flaws.push(
        flaw(place, 'model/unknown', expected === undefined ? 'nothing more in this section' : `"${expected}"`),
      );
  });
  for (const [name, open] of want) {
    if (open.length > 0) flaws.push(flaw({ file, line: 1, column: 1 }, 'model/unknown', `"${open[0]}" in [${name}]`));
  }
  return flaws;
}
