import { makeProof, newProofKey } from '../adapters/identity/make-proof.ts';
import { fetchMetadata } from '../adapters/identity/metadata.ts';
import { isoTime, SECOND } from '../domain/time.ts';
import { isSafeUrl } from '../registry/words.ts';
import { authorizationRequest, exchangeCode } from './authorization-code.ts';
import { type Login, loginFile, saveLogin } from './login-file.ts';
import { say, tell } from './output.ts';
import { parseArguments, required, wholeNumber } from './page.ts';
import { LOGIN } from './pages/login.ts';
import { listenForRedirect } from './redirect.ts';
import { EXIT, type Exit, UsageError, type World } from './world.ts';

const DEFAULT_CLIENT = 'five-safes';
const DEFAULT_SCOPE = 'openid';
const DEFAULT_TIMEOUT_S = 300;

/** `five-safes login`: a token bound to a key that this machine alone holds. */
export async function run(args: readonly string[], world: World): Promise<Exit> {
  const { values } = parseArguments(LOGIN, args);
  const issuer = safe('issuer', required('issuer', values.issuer));
  const gateway = values.gateway === undefined ? undefined : safe('gateway', values.gateway);
  const client = values['client-id'] ?? DEFAULT_CLIENT;
  const seconds = values.timeout === undefined ? DEFAULT_TIMEOUT_S : wholeNumber('timeout', values.timeout, 1, 3_600);

  const key = await newProofKey();
  const provider = await fetchMetadata(issuer);
  const redirect = await listenForRedirect(seconds * SECOND);
  try {
    const request = await authorizationRequest(provider, key, {
      client,
      redirect: redirect.url,
      scope: values.scope ?? DEFAULT_SCOPE,
      ...(values.resource === undefined ? {} : { resource: values.resource }),
    });
    say(world, 'Open this address in a browser on this machine, and sign in:', '', request.url.href, '');
    const code = await redirect.code(request.expected);
    const prove = (url: string, nonce?: string) =>
      makeProof(key, { method: 'POST', url, ...(nonce === undefined ? {} : { nonce }) }, Date.now());
    const { token, lifetime } = await exchangeCode(request, code, prove);
    const expires = lifetime === undefined ? undefined : Date.now() + lifetime;
    return finish(world, values, {
      issuer,
      token,
      key,
      ...(gateway === undefined ? {} : { gateway }),
      ...(expires === undefined ? {} : { expires }),
    });
  } finally {
    redirect.close();
  }
}

function finish(world: World, values: { readonly print?: boolean; readonly json?: boolean }, login: Login): Exit {
  const until = login.expires === undefined ? '' : ` until ${isoTime(login.expires)}`;
  if (values.print === true) {
    // Neither can hold a quotation mark: the token was looked at when it came, the key is our own.
    world.out(`export FIVE_SAFES_TOKEN='${login.token}'\nexport FIVE_SAFES_DPOP_KEY='${JSON.stringify(login.key)}'\n`);
    say(world, `Signed in at ${login.issuer}${until}. Nothing was saved.`);
    return EXIT.ok;
  }
  const file = loginFile(world);
  saveLogin(file, login);
  const { issuer, gateway = null, expires } = login;
  tell(world, values.json, {
    json: JSON.stringify({
      login: 'ok',
      issuer,
      gateway,
      file,
      expires: expires === undefined ? null : isoTime(expires),
    }),
    lines: [`Signed in at ${issuer}${until}. Token and key are in ${file}, and five-safes ask uses them.`],
  });
  return EXIT.ok;
}

function safe(option: string, url: string): string {
  if (isSafeUrl(url)) return url;
  throw new UsageError(`--${option}: expected https://…, or http:// on this very machine`);
}
