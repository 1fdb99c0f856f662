import type { Log } from "../database/log.js";
import type { Database } from "../database/port.js";
import { serverCaller } from "../database/server-caller.js";
import type { Plaintext } from "./crypto/plaintext.js";
import type { OAuthClient, TokenSet } from "./outside/oauth-client.js";
import type { OAuthService } from "./outside/oauth-service.js";

/** Which integration tokens are or were of: for the log. */
export interface IntegrationIds {
  readonly integrationId: string;
  readonly organizationId: string | null;
}

export interface RevocationParts {
  readonly database: Database;
  readonly oauth: OAuthClient;
  readonly log: Log;
}

/**
 * Ends tokens where they came from, as far as the service has an address for that, and no other integration holds them:
 * some services give each connection of a workspace the same. Best effort, and on the log either way: a service that is
 * away must not keep anybody from deleting.
 */
export function createRevocation({ database, oauth, log }: RevocationParts) {
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
    const tokens = { accessToken: accessToken.reveal(), refreshToken: refreshToken?.reveal() ?? null };
    // Where the database does not say: tokens that live on for a while are the smaller harm.
    if (await database.call("is_integration_token_held", tokens, serverCaller()).catch(() => true)) {
      log("integration not revoked at its service: another may hold the same token", named);
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
