import type { Login } from 'oidc-provider';
import { z } from 'zod';

/** Somebody who can sign in. */
export const PERSON = z.strictObject({
  subject: z.string().min(1),
  name: z.string().min(1),
  /** Whether a second factor is used. */
  mfa: z.boolean(),
  /** How long ago the person typed the password: shows what becomes of old sign-ins. */
  signedInMinutesAgo: z.int().min(0).default(0),
});
export type Person = Readonly<z.infer<typeof PERSON>>;

/** `acr` by the REFEDS profiles, `amr` by RFC 8176. @param now epoch ms */
export function loginOf(person: Person, now: number): Login {
  return {
    accountId: person.subject,
    acr: person.mfa ? 'https://refeds.org/profile/mfa' : 'https://refeds.org/profile/sfa',
    amr: person.mfa ? ['pwd', 'otp', 'mfa'] : ['pwd'],
    ts: Math.floor(now / 1_000) - person.signedInMinutesAgo * 60,
  };
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** A page with one form and one button for each person. No password: the demo's people have none to lose. */
export function loginPage(action: string, people: readonly Person[]): string {
  const buttons = people.map(
    ({ subject, name }) => `<p><button name="subject" value="${escaped(subject)}">${escaped(name)}</button></p>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Sign in (demonstration)</title></head>
<body><main><h1>Sign in as</h1>
<form method="post" action="${escaped(action)}">
${buttons.join('\n')}
</form></main></body></html>
`;
}
