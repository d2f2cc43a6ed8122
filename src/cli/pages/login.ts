import { JSON_OPTION, type Page } from '../page.ts';

export const LOGIN = {
  name: 'login',
  summary: 'sign in at your identity provider, for questions with ask',
  synopsis: [
    'five-safes login --issuer URL [--client-id ID] [--gateway URL] [--scope S] [--resource URI]',
    '  [--timeout SECONDS] [--print | --json]',
  ],
  says: [
    'Prints an address to be opened in a browser on this machine, and waits until you have signed in there. The token that',
    'comes back is bound to a new key (RFC 9449): whoever finds the token cannot ask with it. Token and key are kept where',
    'only you can read them, and five-safes ask uses them. The provider must know the client as a native application with a',
    'redirect to http://127.0.0.1/callback, any port (RFC 8252).',
    '',
    'JSON: {"login": "ok", issuer, gateway, file, expires}.',
  ],
  options: {
    issuer: { type: 'string', value: 'URL', says: 'your identity provider; https, or http on this machine' },
    'client-id': { type: 'string', value: 'ID', says: 'what the provider calls this client (default: five-safes)' },
    gateway: { type: 'string', value: 'URL', says: 'the gateway that ask is to use from now on' },
    scope: { type: 'string', value: 'S', says: 'scope to ask for (default: openid)' },
    resource: {
      type: 'string',
      value: 'URI',
      says: "the gateway's name at the provider, where it wants one (RFC 8707)",
    },
    timeout: { type: 'string', value: 'SECONDS', says: 'how long to wait for the sign-in (default: 300)' },
    print: { type: 'boolean', says: 'print export lines for a shell instead of saving anything' },
    json: JSON_OPTION,
  },
  positionals: [],
  environment: [['XDG_STATE_HOME', 'token and key are in five-safes/login.json there (default: ~/.local/state)']],
  examples: [
    'five-safes login --issuer https://id.kestrel.example --gateway https://gateway.example',
    'eval "$(five-safes login --issuer https://id.kestrel.example --print)"',
  ],
  exits: [
    ['0', 'signed in'],
    ['2', 'the command line is wrong'],
    ['3', 'a fault: the provider cannot be reached or refused, or nobody signed in in time'],
  ],
} as const satisfies Page;
