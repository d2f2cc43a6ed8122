/** Whether the UTF-16 unit at a place of a text is of a kind. */
export type CharacterTest = (text: string, at: number) => boolean;

const ASCII = 128;

/** @param pattern for one character. Its answers for ASCII are worked out beforehand, as most characters are. */
export function characterTest(pattern: RegExp): CharacterTest {
  const known = Array.from({ length: ASCII }, (_, code) => pattern.test(String.fromCharCode(code)));
  return (text, at) => {
    const code = text.charCodeAt(at);
    return code < ASCII ? known[code] === true : pattern.test(text.charAt(at));
  };
}
