import type { Instant } from '../../domain/time.ts';
import { HOUR } from '../../domain/time.ts';
import { type Meaning, met } from './meaning.ts';

/** RFC 8176: `mfa`, or two methods of different kinds would do, but only `mfa` is a provider's plain word for it. */
export const mfa: Meaning = (_, facts) => met(facts['token.amr'], (methods) => methods.includes('mfa'));

/** A sign-in that lies in the future is no proof of a recent one. */
export const authAge: Meaning = ({ bound = 0 }, facts) =>
  met(facts['clock.now'], (now) => met(facts['token.auth-time'], (at) => at <= now && now - at <= bound * HOUR));

export const network: Meaning = ({ argument = '' }, facts) =>
  met(facts['channel.networks'], (networks) => networks.includes(argument));

export const boundToken: Meaning = (_, facts) => met(facts['token.bound'], (bound) => bound);

/** `07:00-19:00` in the agreement's zone; the end is exclusive. */
export const hours: Meaning = ({ argument = '' }, facts) =>
  met(facts['clock.now'], (now) =>
    met(facts['agreement.time-zone'], (zone) => {
      const [from = '', to = ''] = argument.split('-');
      const minute = minuteOfDay(now, zone);
      return minutes(from) <= minute && minute < minutes(to);
    }),
  );

const formats = new Map<string, Intl.DateTimeFormat>();

function minuteOfDay(at: Instant, timeZone: string): number {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
    formats.set(timeZone, format);
  }
  return minutes(format.format(at));
}

function minutes(clock: string): number {
  const [hour, minute] = clock.split(':');
  return Number(hour) * 60 + Number(minute);
}
