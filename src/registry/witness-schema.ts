import { z } from 'zod';
import { DAY, HOUR, MINUTE, SECOND } from '../domain/time.ts';
import { isSafeUrl, SAFE_URL, word } from './words.ts';

const UNITS: Readonly<Record<string, number>> = { s: SECOND, m: MINUTE, h: HOUR, d: DAY };
const SHORTEST_MS = 10 * SECOND;

/** `ledger` of `gateway.yaml`. Whether the keys are keys is checked where the configuration is loaded. */
export const ledgerSchema = z
  .strictObject({
    // C2SP signed-note: a key's name has neither blanks nor plus signs.
    origin: z.string().regex(/^[A-Za-z0-9._~/-]{1,200}$/, 'expected a name such as gateway.example.org/log'),
    witnesses: z
      .array(z.strictObject({ name: word, url: z.string().refine(isSafeUrl, SAFE_URL), key: z.string().max(400) }))
      .max(32)
      .default([]),
    quorum: z.int().min(0).max(32).default(0),
    stopAfter: z
      .string()
      .refine(
        (text) => (durationMs(text) ?? 0) >= SHORTEST_MS,
        'expected a duration such as 30s, 15m, 2h or 1d; at least 10s',
      )
      .exactOptional(),
  })
  .superRefine(({ witnesses, quorum, stopAfter }, context) => {
    const say = (path: PropertyKey[], message: string) => context.addIssue({ code: 'custom', path, message });
    if (witnesses.length > 0 && quorum === 0)
      say(['quorum'], 'expected how many of the witnesses are enough: at least 1');
    if (quorum > witnesses.length) say(['quorum'], `expected at most ${witnesses.length}, the number of witnesses`);
    if (stopAfter !== undefined && witnesses.length === 0) say(['stopAfter'], 'expected witnesses too');
    const names = witnesses.map(({ name }) => name);
    for (const [i, name] of names.entries()) {
      if (names.indexOf(name) !== i) say(['witnesses', i, 'name'], 'expected a name that no other witness has');
    }
  });

/** Undefined for what is no duration. */
export function durationMs(text: string): number | undefined {
  const [, count = '', unit = ''] = /^([1-9]\d{0,5})([smhd])$/.exec(text) ?? [];
  const factor = UNITS[unit];
  return factor === undefined ? undefined : Number(count) * factor;
}
