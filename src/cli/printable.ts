/** Controls (C0, DEL, C1), invisible format characters such as bidirectional overrides, line separators, lone surrogates. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/**
 * Text that a terminal shows and does not obey. What comes from the network or a file could otherwise move the cursor,
 * change what was printed before or be typed back as input.
 * @returns one line; what is not printable stands as `\u{1b}`.
 */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/**
 * The same for JSON text, which stays JSON of the same value: such characters stand in strings only, and are escaped
 * there. @param text well-formed JSON.
 */
export function printableJson(text: string): string {
  return text.replace(UNPRINTABLE, (character) => {
    if (character === '\n' || character === '\t') return character;
    if (character === '\r') return ' ';
    return [...Array(character.length).keys()]
      .map((i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`)
      .join('');
  });
}
