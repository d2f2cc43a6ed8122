/** Texts that are remembered: some kilobytes each with what they say. */
const MOST = 1_000;

/** @returns `read` that reads each text once, as long as not too many others come in between. What throws is not remembered. */
export function remembering<T>(read: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const told = known.get(text);
    if (told !== undefined) return told;
    const fresh = read(text);
    if (known.size >= MOST) known.clear();
    known.set(text, fresh);
    return fresh;
  };
}
