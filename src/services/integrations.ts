import type { Integration } from "../database/contract.generated.js";
import type { Caller } from "../database/port.js";
import { badInput } from "./errors.js";
import { createIntegrationConnection } from "./integration-connection.js";
import { createIntegrationDeletion } from "./integration-deletion.js";
import { createIntegrationRefresh, type IntegrationRefreshParts } from "./integration-refresh.js";
import { createIntegrationUse } from "./integration-use.js";

export type { CallbackParameters, ConnectionOutcome, Returning } from "./integration-connection.js";

export const integrationStatuses = ["ACTIVE", "NEEDS_RECONNECT"] as const;

export interface IntegrationRecord extends Omit<Integration, "status"> {
  readonly status: (typeof integrationStatuses)[number];
}

export interface NewIntegration {
  readonly organizationId: string;
  readonly service: string;
  readonly account?: string | null;
  readonly accessToken: string;
  readonly refreshToken?: string | null;
  readonly scopes?: readonly string[] | null;
  readonly expiresAt?: string | null;
}

export interface IntegrationParts extends IntegrationRefreshParts {
  /** This server as browsers see it, known once it listens. */
  readonly publicUrl: () => string;
}

export type Integrations = ReturnType<typeof createIntegrations>;

/** Connecting services and ending that asks for ADMIN: FORBIDDEN below, NOT_FOUND for strangers. No token comes back. */
export function createIntegrations(parts: IntegrationParts) {
  const { database, oauth, services, publicUrl } = parts;
  const redirectUri = () => `${publicUrl()}/integrations/callback`;
  const refreshes = createIntegrationRefresh(parts);
  return {
    refreshes,
    uses: createIntegrationUse({ database, services, refreshes }),
    /** Oldest first. */
    async integrations(caller: Caller, organizationId: string): Promise<IntegrationRecord[]> {
      return (await database.call("integrations", { organizationId }, caller)) as IntegrationRecord[];
    },
    /** @throws BAD_USER_INPUT `input.service`, `input.accessToken`, `input.refreshToken`, `input.account`, `input.scopes` */
    async addIntegration(caller: Caller, input: NewIntegration): Promise<IntegrationRecord> {
      const { organizationId, service, accessToken, scopes } = input;
      const { account = null, refreshToken = null, expiresAt = null } = input;
      const tokens = { accessToken, refreshToken, expiresAt, scopes: [...(scopes ?? [])] };
      const args = { organizationId, service, account, ...tokens };
      return (await database.call("insert_integration", args, caller)) as IntegrationRecord;
    },
    /**
     * @param byCookie whether the caller is known by a cookie alone: then only the browser that has it ends this
     * @throws BAD_USER_INPUT `input.service` for one that this server is no client of, `input.scopes`
     */
    async beginIntegration(
      caller: Caller,
      input: { organizationId: string; service: string; scopes?: readonly string[] | null | undefined },
      byCookie: boolean,
    ): Promise<{ authorizationUrl: string; expiresAt: string }> {
      const service = services.get(input.service);
      if (!service?.clientId) throw badInput("input.service", "This server is not set up to connect this service.");
      const scopes = [...(input.scopes ?? service.scopes)];
      const args = { organizationId: input.organizationId, service: service.name, scopes, byCookie };
      const { state, verifier, expiresAt } = await database.call("begin_integration_flow", args, caller);
      const request = { state, verifier, scopes, redirectUri: redirectUri() };
      return { authorizationUrl: await oauth.authorizationUrl(service, request), expiresAt };
    },
    /** The way back. Never throws for what came along. */
    completeIntegration: createIntegrationConnection({ ...parts, redirectUri }),
    deleteIntegration: createIntegrationDeletion(parts),
  };
}
