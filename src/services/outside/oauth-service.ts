export type { OAuthService, OAuthServices } from "../../oauth-service.js";

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
