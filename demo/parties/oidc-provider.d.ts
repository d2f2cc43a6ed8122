/** What the demo uses of oidc-provider 9, which ships no types. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  export interface Grant {
    addOIDCScope(scope: string): void;
    addResourceScope(resource: string, scope: string): void;
    save(): Promise<string>;
  }
  export interface Context {
    readonly oidc: {
      readonly provider: Provider;
      readonly client: { readonly clientId: string };
      readonly session: { readonly accountId: string };
      readonly entities: {
        readonly AuthorizationCode?: {
          readonly acr?: string;
          readonly amr?: readonly string[];
          readonly authTime?: number;
        };
      };
    };
  }
  export interface Login {
    readonly accountId: string;
    readonly acr: string;
    readonly amr: readonly string[];
    /** Seconds since the epoch. */
    readonly ts: number;
  }
  export default class Provider {
    constructor(issuer: string, configuration: Readonly<Record<string, unknown>>);
    readonly Grant: new (of: {
      readonly accountId: string;
      readonly clientId: string;
    }) => Grant;
    callback(): (request: IncomingMessage, response: ServerResponse) => void;
    interactionDetails(request: IncomingMessage, response: ServerResponse): Promise<{ readonly uid: string }>;
    interactionFinished(
      request: IncomingMessage,
      response: ServerResponse,
      result: { readonly login: Login; readonly consent: object },
      options: { readonly mergeWithLastSubmission: boolean },
    ): Promise<void>;
  }
}
