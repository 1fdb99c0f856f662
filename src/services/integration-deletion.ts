import type { Log } from "../database/log.js";
import type { Caller, Database } from "../database/port.js";
import { serverCaller } from "../database/server-caller.js";
import { Plaintext } from "./crypto/plaintext.js";
import { createRevocation } from "./integration-revocation.js";
import type { OAuthClient } from "./outside/oauth-client.js";
import type { OAuthServices } from "./outside/oauth-service.js";

export interface IntegrationDeletionParts {
  readonly database: Database;
  readonly oauth: OAuthClient;
  readonly services: OAuthServices;
  readonly log: Log;
}

/**
 * Row and tokens go in any case; the service is told afterwards where it can be, and the log says how that went. What it is
 * told to end is what stood in the row when that went: the database answers it in the transaction that deletes it.
 */
export function createIntegrationDeletion(parts: IntegrationDeletionParts) {
  const { database, services, log } = parts;
  const revoke = createRevocation(parts);
  return async (caller: Caller, integrationId: string): Promise<boolean> => {
    const {
      useId,
      organizationId,
      service: name,
    } = await database.call("begin_integration_deletion", { integrationId }, caller);
    const ids = { integrationId, organizationId };
    const service = services.get(name);
    if (!service?.clientId || !service.revocationUrl) {
      const deleted = await database.call("delete_integration", { integrationId }, caller);
      log("integration not revoked at its service: there is no address for that", { ...ids, service: name });
      return deleted;
    }
    const server = serverCaller(caller.clientAddress);
    const tokens = await database.call("finish_integration_deletion", { useId }, server);
    const accessToken = new Plaintext(tokens.accessToken ?? "");
    const refreshToken = tokens.refreshToken === null ? null : new Plaintext(tokens.refreshToken);
    await revoke(service, { accessToken, refreshToken }, ids);
    return true;
  };
}
