/** An outside service that organizations connect by OAuth, as the operator described it. */
export interface OAuthService {
  readonly name: string;
  readonly authorizationUrl: string;
  readonly tokenUrl: string;
  /** Where tokens are ended; null where the service has no such address. */
  readonly revocationUrl: string | null;
  /** How: by a form or JSON (RFC 7009), or as GitHub has it. */
  readonly revocationRequests: "form" | "json" | "github";
  /** Request headers that go there beside those that always do. Names in lower case. */
  readonly revocationHeaders: Readonly<Record<string, string>>;
  /** Requests are forwarded below it and nowhere else. Without a slash at its end. */
  readonly apiBaseUrl: string;
  readonly scopes: readonly string[];
  readonly scopeSeparator: " " | ",";
  readonly clientAuthentication: "basic" | "post" | "none";
  readonly tokenRequests: "form" | "json";
  /** What `iss` must be where it comes with the code; null: not looked at. */
  readonly issuer: string | null;
  /** Whether it must come. */
  readonly requiresIssuer: boolean;
  readonly authorizationParameters: Readonly<Record<string, string>>;
  /** Lower case. */
  readonly requestHeaders: readonly string[];
  /** Where in a token answer the account is named: `team.name`. */
  readonly accountField: string | null;
  /** This server as a client there; null where the operator has not registered it. */
  readonly clientId: string | null;
  readonly clientSecret: string | null;
}

export type OAuthServices = ReadonlyMap<string, OAuthService>;

/** What went wrong with a token address. Holds nothing that the service said but its status. */
export class OAuthFailure extends Error {
  override readonly name = "OAuthFailure";
  constructor(
    /**
     * `refused`: the code or refresh token is worth nothing, now or later. `rejected`: any other error of the service,
     * such as for a wrong client secret. `rubbish`: no token answer at all. `unreachable`: down, too slow, or private.
     * `issuer`: the code is not known to be this service's.
     */
    readonly reason: "refused" | "rejected" | "rubbish" | "unreachable" | "issuer",
    readonly status: number | null = null,
    /** As the service asked, in seconds. */
    readonly retryAfter: number | null = null,
  ) {
    super(`The service's token address: ${reason}.`);
  }
}
