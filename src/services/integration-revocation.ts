import type { Log } from "../database/log.js";
import type { Plaintext } from "./crypto/plaintext.js";
import type { OAuthClient, TokenSet } from "./outside/oauth-client.js";
import type { OAuthService } from "./outside/oauth-service.js";

export type Revocation = ReturnType<typeof createRevocation>;

/** Which integration tokens are or were of: for the log. */
export interface IntegrationIds {
  readonly integrationId: string;
  readonly organizationId: string | null;
}

/**
 * Ends tokens where they came from, as far as the service has an address for that. Best effort, and on the log either
 * way: a service that is away must not keep anybody from deleting.
 */
export function createRevocation({ oauth, log }: { readonly oauth: OAuthClient; readonly log: Log }) {
  return async (
    service: OAuthService,
    { accessToken, refreshToken }: Pick<TokenSet, "accessToken" | "refreshToken">,
    { integrationId, organizationId }: IntegrationIds,
  ): Promise<void> => {
    const named = { integrationId, organizationId, service: service.name };
    if (!service.revocationUrl || !service.clientId) {
      log("integration not revoked at its service: there is no address for that", named);
      return;
    }
    const isEnded = (token: Plaintext, kind: "access_token" | "refresh_token") =>
      oauth.revoke(service, token, kind).then(
        () => true,
        () => false,
      );
    // One after the other, the one that gives out others first: many services end both with it.
    const isRefreshEnded = refreshToken === null || (await isEnded(refreshToken, "refresh_token"));
    const isAccessEnded = await isEnded(accessToken, "access_token");
    log("integration revoked at its service", { ...named, complete: isRefreshEnded && isAccessEnded });
  };
}
