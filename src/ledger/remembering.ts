/** Texts that are remembered: some kilobytes each with what they say. */
const MOST = 1_000;

/** @returns `read` that reads each text once, as long as not too many others come in between. What throws is not remembered. */
export function remembering<T>(read: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  let last: { readonly text: string; readonly told: T } | null = null;
  return (text) => {
    // Neighbours often say the same, and to compare two texts costs less than to look one up.
    if (last?.text === text) return last.told;
    let told = known.get(text);
    if (told === undefined) {
      told = read(text);
      if (known.size >= MOST) known.clear();
      known.set(text, told);
    }
    last = { text, told };
    return told;
  };
}
