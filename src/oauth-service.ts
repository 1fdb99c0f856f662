/** An outside service that organizations connect by OAuth: where to send whom, and what the server sends along. */
export interface OAuthService {
  /** `gmail`, `google-calendar`, … */
  readonly name: string;
  readonly authorizationUrl: string;
  readonly tokenUrl: string;
  /** Where tokens are ended; null where the service has no such address. */
  readonly revocationUrl: string | null;
  /** How: by a form or JSON (RFC 7009), or as GitHub has it. */
  readonly revocationRequests: "form" | "json" | "github";
  /** Request headers that go there beside those that always do. Names in lower case. */
  readonly revocationHeaders: Readonly<Record<string, string>>;
  /** Below it, and nowhere else, requests are forwarded. Without a slash at its end. */
  readonly apiBaseUrl: string;
  /** Asked for where nobody names others. */
  readonly scopes: readonly string[];
  readonly scopeSeparator: " " | ",";
  /** How the server proves itself at the token address; `none` for a client without a secret. */
  readonly clientAuthentication: "basic" | "post" | "none";
  /** In which form requests go to the token address. */
  readonly tokenRequests: "form" | "json";
  /** What `iss` must be where the service sends one along with the code; null: not looked at. */
  readonly issuer: string | null;
  /** Whether it must come (RFC 9207). Null issuer: false. */
  readonly requiresIssuer: boolean;
  /** More parameters of the address to which people are sent. */
  readonly authorizationParameters: Readonly<Record<string, string>>;
  /** Request headers that the service's API knows beside those that every HTTP server knows. Lower case. */
  readonly requestHeaders: readonly string[];
  /** Where in a token answer the account is named: `team.name`. */
  readonly accountField: string | null;
  /** As the operator registered this server there; null where they did not. */
  readonly clientId: string | null;
  readonly clientSecret: string | null;
}

export type OAuthServices = ReadonlyMap<string, OAuthService>;

/** What is the same for every operator. */
export type OAuthServiceDescription = Omit<OAuthService, "name" | "clientId" | "clientSecret">;
