/** A text as it is compared: letters without case, accents and invisible characters, each with its place in the original. */
export interface Folded {
  readonly text: string;
  /** Per UTF-16 unit of `text`: where the original character begins and ends, in UTF-16 units of the original. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** Whether none of the characters from `start` to `end` was a small letter. */
  isUpright(start: number, end: number): boolean;
}

/** Not seen, or seen on another letter: taken out, so that they hide nothing. */
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{Cf}\p{M}]/u;
const BLANK = /[\p{Zs}\t]/u;
const HYPHEN = /[\p{Pd}\u2212]/u;
const DIGIT = /\p{Nd}/u;

/** Letters of other scripts that look like Latin ones in small print, and Latin ones that Unicode does not take apart. */
const LOOK_ALIKES: ReadonlyMap<string, string> = new Map(
  [
    ['авсеԁһіјкӏмпорԛѕтуѡԝхѵг', 'abcedhijklmnopqstywwxvr'],
    ['αβεηικμνορτυχγω', 'abenikmvoptuxyw'],
    ['øłđħŧıŀɑɡɩ', 'oldhtilagi'],
  ].flatMap(([from = '', to = '']) => [...from].map((letter, i): [string, string] => [letter, to.charAt(i)])),
);
const WIDER: ReadonlyMap<string, string> = new Map([
  ['æ', 'ae'],
  ['œ', 'oe'],
  ['þ', 'th'],
  ['。', '.'],
  ['٫', '.'],
  ['·', '.'],
  ['⁄', '/'],
  ['∕', '/'],
]);

/**
 * Unicode compatibility form (NFKD, UAX #15) without marks, small letters, ASCII digits, one kind of blank and of hyphen.
 * One pass; each character is folded by itself, so that places can be kept.
 */
export function fold(original: string): Folded {
  return original.length <= PLAIN_MOST && PLAIN.test(original) ? foldPlainText(original) : foldEach(original);
}

/** Printable ASCII, as most texts are: each character stands for itself but for its case. */
const PLAIN = /^[\x20-\x7e]*$/;
const PLAIN_MOST = 4_096;
/** Every text of this kind has these places, read no further than it is long. */
const STARTS: readonly number[] = Array.from({ length: PLAIN_MOST }, (_, place) => place);
const ENDS: readonly number[] = Array.from({ length: PLAIN_MOST }, (_, place) => place + 1);

function foldPlainText(original: string): Folded {
  return {
    text: original.toLowerCase(),
    starts: STARTS,
    ends: ENDS,
    isUpright: (start, end) => {
      for (let at = start; at < end; at++) {
        const code = original.charCodeAt(at);
        if (code >= 97 && code <= 122) return false;
      }
      return true;
    },
  };
}

function foldEach(original: string): Folded {
  const parts: string[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  const upright: boolean[] = [];
  // Where plain characters began that are not yet among the parts.
  let plainFrom = 0;
  let at = 0;
  while (at < original.length) {
    const code = original.codePointAt(at) ?? 0;
    // Most characters stand for themselves.
    if (code >= 32 && code < 127) {
      starts.push(at);
      at += 1;
      ends.push(at);
      upright.push(code < 97 || code > 122);
      continue;
    }
    if (at > plainFrom) parts.push(original.slice(plainFrom, at).toLowerCase());
    const character = String.fromCodePoint(code);
    const end = at + character.length;
    const folded = foldedOnce(character);
    // What is taken out belongs to the character before it.
    if (folded === '' && ends.length > 0) ends[ends.length - 1] = end;
    if (folded !== '') {
      parts.push(folded);
      const standsUpright = character === character.toUpperCase();
      for (let i = 0; i < folded.length; i++) {
        starts.push(at);
        ends.push(end);
        upright.push(standsUpright);
      }
    }
    at = end;
    plainFrom = at;
  }
  if (at > plainFrom) parts.push(original.slice(plainFrom).toLowerCase());
  const isUpright = (start: number, end: number) => upright.slice(start, end).every((one) => one);
  return { text: parts.join(''), starts, ends, isUpright };
}

/** Texts of a partnership share an alphabet or two. Emptied when full, so that no text can take the place of theirs for good. */
const known = new Map<string, string>();
const MOST_KNOWN = 4_096;

function foldedOnce(character: string): string {
  let folded = known.get(character);
  if (folded === undefined) {
    folded = foldCharacter(character);
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(character, folded);
  }
  return folded;
}

function foldCharacter(character: string): string {
  if (UNSEEN.test(character)) return '';
  // By way of capitals, since ß and its like have none of their own.
  const plain = character.toUpperCase().toLowerCase().normalize('NFKD');
  return [...plain].map(foldPlain).join('');
}

function foldPlain(character: string): string {
  if (character >= '!' && character <= '~') return character.toLowerCase();
  if (UNSEEN.test(character)) return '';
  if (BLANK.test(character)) return ' ';
  if (HYPHEN.test(character)) return '-';
  if (DIGIT.test(character)) return asciiDigit(character);
  return LOOK_ALIKES.get(character) ?? WIDER.get(character) ?? character.toLowerCase();
}

/** Decimal digits stand in tens, zero first, with something else before them (Unicode Standard, 4.6). */
function asciiDigit(character: string): string {
  const codePoint = character.codePointAt(0) ?? 0;
  let value = 0;
  while (value < 9 && DIGIT.test(String.fromCodePoint(codePoint - value - 1))) value++;
  return String(value);
}
