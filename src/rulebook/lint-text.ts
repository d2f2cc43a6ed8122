import { type Flaw, flaw } from './flaw.ts';

/**
 * Control characters other than tab and line ends, soft hyphens, marks of width nought and of direction, halves of characters: a
 * page that has them is not what it looks like (Unicode Technical Report 36).
 */
const UNSEEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\p{Cs}/u;

/** The first character of a file that cannot be seen, comments included: they are read by people too. */
export function unseenCharacters(file: string, source: string): readonly Flaw[] {
  const text = source.startsWith('\uFEFF') ? source.slice(1) : source;
  const at = UNSEEN.exec(text)?.index;
  if (at === undefined) return [];
  const before = text.slice(0, at);
  const line = (before.match(/\r\n|\r|\n/g)?.length ?? 0) + 1;
  const column = at - Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r'));
  const code = (text.codePointAt(at) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return [flaw({ file, line, column }, 'text/unseen', `only characters that can be seen, not U+${code}`)];
}
