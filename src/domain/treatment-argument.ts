/** What may stand in parentheses after a treatment's name, one grammar per kind: the page's lint and `treat/` agree on it. */
export type TreatmentArgument = 'none' | 'count?' | 'width' | 'format' | 'text';

interface ArgumentGrammar {
  /** @param argument what stands in parentheses, trimmed; undefined: no parentheses. */
  readonly fits: (argument: string | undefined) => boolean;
  /** For people: what would have been right. */
  readonly expected: string;
}

const COUNT = /^[1-9]\d?$/;
/** From 2: a band of one would show every whole number. */
const WIDTH = /^(?:[2-9]|[1-9]\d{1,8})$/;
/** `#` and `A` keep, `X` hides one character; `*` hides the rest. Blank, hyphen, dot, slash and colon stand for themselves. */
const FORMAT = /^[#AX .:/-]{0,39}\*?$/;
const HIDES = /[X*]/;
const KEEPS = /[#A]/;

export const TREATMENT_ARGUMENTS: Readonly<Record<TreatmentArgument, ArgumentGrammar>> = {
  none: { fits: (argument) => argument === undefined, expected: 'no parentheses' },
  'count?': {
    fits: (argument) => argument === undefined || COUNT.test(argument),
    expected: 'nothing or a number from 1 to 99 in parentheses',
  },
  width: {
    fits: (argument) => argument !== undefined && WIDTH.test(argument),
    expected: 'a whole number from 2 to 999999999 in parentheses',
  },
  format: {
    fits: (argument) => argument !== undefined && FORMAT.test(argument) && HIDES.test(argument) && KEEPS.test(argument),
    expected:
      'a format in parentheses, of # (a digit, kept), A (a letter, kept), X (a letter or digit, hidden), blanks, - . / : and at its end perhaps * (the rest, hidden), that keeps something and hides something',
  },
  text: {
    fits: (argument) => argument !== undefined && argument.trim() !== '',
    expected: 'a text in parentheses',
  },
};
