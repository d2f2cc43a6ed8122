import { describe, expect, it } from 'vitest';
import { NOTHING_KNOWN } from '../../src/treat/free-text/known-values.ts';
import { scrub } from '../../src/treat/free-text/scrub.ts';
import { permitFor, planOf, rawOf, treat } from './builders.ts';

/** Texts that are known to make matchers go back over what they have read. */
const HOSTILE: Readonly<Record<string, (length: number) => string>> = {
  'one letter': (n) => 'a'.repeat(n),
  'one digit': (n) => '1'.repeat(n),
  blanks: (n) => ' '.repeat(n),
  'at signs': (n) => 'a@'.repeat(n / 2),
  'dots behind an at sign': (n) => `a@${'a.'.repeat(n / 2)}`,
  'at signs behind dots': (n) => 'a.a@'.repeat(n / 4),
  'written at signs': (n) => '(at)'.repeat(n / 4),
  'plus signs': (n) => '+'.repeat(n),
  'groups of a telephone number': (n) => '01 '.repeat(n / 3),
  'parentheses around digits': (n) => '(0)'.repeat(n / 3),
  'card digits': (n) => '4111 '.repeat(n / 5),
  'account heads': (n) => 'gb82 '.repeat(n / 5),
  'account groups': (n) => `gb82${' west'.repeat(n / 5)}`,
  'letters and digits in turn': (n) => 'A1'.repeat(n / 2),
  'short words': (n) => 'A 1 '.repeat(n / 4),
  'dates that never end': (n) => '1.'.repeat(n / 2),
  months: (n) => 'may '.repeat(n / 4),
  'marks on one letter': (n) => `a${'\u0301'.repeat(n)}`,
  'invisible characters': (n) => '\u200b'.repeat(n),
  'letters that fold to many': (n) => '\ufdfa'.repeat(n / 18),
  'half a pair': (n) => '\ud83d'.repeat(n),
};
/** Time in proportion to length gives a factor of four; in proportion to its square, sixteen. */
const [SHORT, LONG] = [60_000, 240_000];
const MOST = 10;

/** Time of the processor in ms, since others use this machine too: the least of three, as collecting garbage only adds. */
function duration(work: () => void): number {
  const times = Array.from({ length: 3 }, () => {
    const from = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(from);
    return (user + system) / 1_000;
  });
  return Math.min(...times);
}

describe('a hostile text of 240,000 characters takes about four times as long as one of a quarter', () => {
  it.each(Object.entries(HOSTILE))(
    '%s',
    (_, made) => {
      const [short, long] = [made(SHORT), made(LONG)];
      const before = Math.max(
        5,
        duration(() => scrub(short, NOTHING_KNOWN)),
      );
      expect(duration(() => scrub(long, NOTHING_KNOWN)) / before).toBeLessThan(MOST);
    },
    60_000,
  );

  it('also where the record knows a hostile value', () => {
    const plan = planOf({ 'buyer.name': null, notes: 'scrub' });
    const of = (n: number) => rawOf({ buyer: { name: 'ab '.repeat(n / 30) }, notes: 'ab abc '.repeat(n / 70) });
    const [short, long] = [of(SHORT), of(LONG)];
    const before = Math.max(
      5,
      duration(() => treat(permitFor(plan), short)),
    );
    expect(duration(() => treat(permitFor(plan), long)) / before).toBeLessThan(MOST);
  });

  it('also where the record knows many values, and the text many of them', () => {
    const plan = planOf({ 'owners[].name': null, notes: 'scrub' });
    const of = (n: number) => {
      const names = Array.from({ length: n / 20 }, (_, i) => `owner${i} x y${i}`);
      return rawOf({ owners: names.map((name) => ({ name })), notes: names.join(' ') });
    };
    const [short, long] = [of(SHORT), of(LONG)];
    const before = Math.max(
      5,
      duration(() => treat(permitFor(plan), short)),
    );
    expect(duration(() => treat(permitFor(plan), long)) / before).toBeLessThan(MOST);
  });

  it('no longer for further values of the record, where each run of words is a value', () => {
    const plan = planOf({ 'owners[].name': null, notes: 'scrub' });
    const runs = Array.from({ length: 16 }, (_, i) => 'abc'.repeat(i + 1));
    const notes = 'abc '.repeat(LONG / 8);
    const of = (names: readonly string[]) => rawOf({ owners: names.map((name) => ({ name })), notes });
    const [few, more] = [of(runs), of([...runs, ...Array.from({ length: 230 }, (_, i) => `zzz${i}`)])];
    const before = Math.max(
      5,
      duration(() => treat(permitFor(plan), few)),
    );
    expect(duration(() => treat(permitFor(plan), more)) / before).toBeLessThan(2);
  });

  // Shorter, so that time in proportion to the square is still found out within seconds.
  it.each([
    ['one long value', 1],
    ['twenty long values that are alike', 20],
  ])('also where each word of the text is a word and the whole of %s', (_, count) => {
    const plan = planOf({ 'owners[].name': null, notes: 'scrub' });
    const of = (n: number) => {
      const owners = Array.from({ length: count }, () => ({ name: `abc${'.'.repeat(n / 10 / count)}` }));
      return rawOf({ owners, notes: 'abc '.repeat(n / 80) });
    };
    const [short, long] = [of(SHORT), of(LONG)];
    const before = Math.max(
      5,
      duration(() => treat(permitFor(plan), short)),
    );
    expect(duration(() => treat(permitFor(plan), long)) / before).toBeLessThan(MOST);
  });
});
