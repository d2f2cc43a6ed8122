/** Texts that are remembered: some kilobytes each with what they say. */
const MOST = 1_000;
/** And their characters in all. */
const MOST_CHARACTERS = 1_300_000;
/** A longer one is read each time: it would drive out many that come again. */
const LONGEST = 65_536;

/** @returns `read` that reads each text once, as long as not too many others come in between. What throws is not remembered. */
export function remembering<T>(read: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  let characters = 0;
  let last: { readonly text: string; readonly told: T } | null = null;
  return (text) => {
    // Neighbours often say the same, and to compare two texts costs less than to look one up.
    if (last?.text === text) return last.told;
    if (text.length > LONGEST) return read(text);
    let told = known.get(text);
    if (told === undefined) {
      told = read(text);
      if (known.size >= MOST || characters + text.length > MOST_CHARACTERS) {
        known.clear();
        characters = 0;
      }
      known.set(text, told);
      characters += text.length;
    }
    last = { text, told };
    return told;
  };
}
