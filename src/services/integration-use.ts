import type { Caller, Database } from "../database/port.js";
import { serverCaller } from "../database/server-caller.js";
import { Plaintext } from "./crypto/plaintext.js";
import { badInput } from "./errors.js";
import { type IntegrationRefreshes, needsReconnect, notNow } from "./integration-refresh.js";
import type { OAuthService, OAuthServices } from "./outside/oauth-service.js";

/** A token for the one request that a member was given leave to send. */
export interface LentToken {
  readonly service: OAuthService;
  /**
   * The token, once the request can go out at once: whoever asked is asked for again, since they may have been removed
   * while it arrived. @throws as `lend`
   */
  open(): Promise<Plaintext>;
  /** Another token, after the service refused this one; null where none can be had. */
  another(): Promise<Plaintext | null>;
  /** The request is over. */
  end(): void;
}

export interface IntegrationUseParts {
  readonly database: Database;
  readonly services: OAuthServices;
  readonly refreshes: IntegrationRefreshes;
}

/** A leave is good for a minute; an older one is asked for anew before its token is. */
const freshMilliseconds = 20_000;
/** Refreshes that one use waits for at most, before a service that gives out nothing but ended tokens is given up. */
const mostRefreshes = 2;

/**
 * Lends tokens to members' requests: the member's call asks for leave, the server's reads the token, in the same
 * transaction as INTEGRATION_USED. A token about to end is replaced beside the request, one that has ended before it.
 */
export function createIntegrationUse({ database, services, refreshes }: IntegrationUseParts) {
  return {
    /**
     * @throws NOT_FOUND, FORBIDDEN below MEMBER, CONFLICT where the service has to be connected again, UPSTREAM_ERROR
     * where it does not renew its token now, BAD_USER_INPUT for a service that this server does not know
     */
    async lend(user: Caller, integrationId: string, method: string): Promise<LentToken> {
      const server = serverCaller(user.clientAddress);
      const begin = () => database.call("begin_integration_use", { integrationId, method }, user);
      let begunAt = performance.now();
      let { useId, service: name } = await begin();
      let version: number | null = null;
      const service = services.get(name);
      if (!service) throw badInput("id", "This server does not know the service of this integration.");
      return {
        service,
        async open() {
          if (performance.now() - begunAt > freshMilliseconds) {
            begunAt = performance.now();
            ({ useId } = await begin());
          }
          const accessToken = await opened(null);
          if (!accessToken) throw needsReconnect();
          return accessToken;
        },
        another: () => opened(version),
        end: () => void database.call("end_integration_use", { useId }, server).catch(() => undefined),
      };

      async function opened(refusedVersion: number | null): Promise<Plaintext | null> {
        for (let refreshed = 0; ; refreshed++) {
          const answer = await database.call("open_integration_use", { useId, refusedVersion }, server);
          const { outcome, accessToken, tokenVersion } = answer;
          if (outcome === "ready" && accessToken !== null) {
            // Nobody waits for this one, and whoever comes next hears of its failure.
            if (answer.refreshDue) refreshes.refresh(integrationId, tokenVersion).catch(() => undefined);
            version = tokenVersion;
            return new Plaintext(accessToken);
          }
          if (outcome === "refused") return null;
          if (outcome === "needs_reconnect") throw needsReconnect();
          if (refreshed === mostRefreshes) throw notNow(null);
          await refreshes.refresh(integrationId, tokenVersion);
        }
      }
    },
  };
}
