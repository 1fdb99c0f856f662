import type { Integration } from "../database/contract.generated.js";
import type { Log } from "../database/log.js";
import type { Caller, Database } from "../database/port.js";
import { Plaintext } from "./crypto/plaintext.js";
import { badInput, domainErrorOf } from "./errors.js";
import { createIntegrationRefresh, type IntegrationAlert, storedAtLast } from "./integration-refresh.js";
import { createRevocation } from "./integration-revocation.js";
import { createIntegrationUse } from "./integration-use.js";
import type { OAuthClient, TokenSet } from "./outside/oauth-client.js";
import { OAuthFailure, type OAuthService, type OAuthServices } from "./outside/oauth-service.js";

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

/** What a person who comes back from a service is told. `invalid`: unknown, used or expired; the three are one. */
export type ConnectionOutcome = "connected" | "refused" | "invalid" | "forbidden" | "other_person" | "failed";

/** What came with them: each parameter once, or not at all. */
export interface CallbackParameters {
  readonly state: string | null;
  readonly code: string | null;
  readonly error: string | null;
  readonly issuer: string | null;
}

export interface IntegrationParts {
  readonly database: Database;
  readonly oauth: OAuthClient;
  readonly services: OAuthServices;
  /** This server as browsers see it, known once it listens. */
  readonly publicUrl: () => string;
  readonly log: Log;
  readonly alert: (alert: IntegrationAlert) => void;
}

export type Integrations = ReturnType<typeof createIntegrations>;

/** Connecting services and ending that asks for ADMIN: FORBIDDEN below, NOT_FOUND for strangers. No token comes back. */
export function createIntegrations(parts: IntegrationParts) {
  const { database, oauth, services, publicUrl, log } = parts;
  const redirectUri = () => `${publicUrl()}/integrations/callback`;
  const refreshes = createIntegrationRefresh(parts);
  const revoke = createRevocation(parts);
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
    /** @throws BAD_USER_INPUT `input.service` for one that this server is no client of, `input.scopes` */
    async beginIntegration(
      caller: Caller,
      input: { organizationId: string; service: string; scopes?: readonly string[] | null | undefined },
    ): Promise<{ authorizationUrl: string; expiresAt: string }> {
      const service = services.get(input.service);
      if (!service?.clientId) throw badInput("input.service", "This server is not set up to connect this service.");
      const scopes = [...(input.scopes ?? service.scopes)];
      const args = { organizationId: input.organizationId, service: service.name, scopes };
      const { state, verifier, expiresAt } = await database.call("begin_integration_flow", args, caller);
      const request = { state, verifier, scopes, redirectUri: redirectUri() };
      return { authorizationUrl: await oauth.authorizationUrl(service, request), expiresAt };
    },
    /** The way back. `viewer` is whoever came with a session of their own; it must be the one who began. Never throws for what came along. */
    async completeIntegration(
      server: Caller,
      viewer: Caller | null,
      { state, code, error, issuer }: CallbackParameters,
    ): Promise<ConnectionOutcome> {
      if (!state) return "invalid";
      const callerId = typeof viewer?.claims?.sub === "string" ? viewer.claims.sub : null;
      const flow = await database.call("take_integration_flow", { state, callerId }, server);
      if (flow.outcome === "forbidden" || flow.outcome === "other_person") return flow.outcome;
      const service = services.get(flow.service ?? "");
      if (flow.outcome !== "taken" || !flow.flowId || !service?.clientId) return "invalid";
      if (error !== null) return "refused";
      if (!code) return "failed";
      const answer = { code, state, issuer, verifier: flow.verifier ?? "", redirectUri: redirectUri() };
      const tokens = await oauth.exchange(service, answer).catch((failure: unknown) => {
        if (!(failure instanceof OAuthFailure)) throw failure;
        log("integration not connected", { service: service.name, reason: failure.reason, status: failure.status });
        return null;
      });
      return tokens ? keep(server, flow.flowId, service, tokens) : "failed";
    },
    /** Row and tokens go in any case; the service is told afterwards where it can be, and the log says how that went. */
    async deleteIntegration(caller: Caller, integrationId: string): Promise<boolean> {
      const use = await database.call("begin_integration_deletion", { integrationId }, caller);
      const service = services.get(use.service);
      const server: Caller = {
        role: "service_role",
        claims: null,
        accessToken: null,
        clientAddress: caller.clientAddress,
      };
      const tokens =
        service?.clientId && service.revocationUrl
          ? await database.call("open_integration_deletion", { useId: use.useId }, server)
          : null;
      const deleted = await database.call("delete_integration", { integrationId }, caller);
      if (tokens && service)
        await revoke(service, {
          accessToken: new Plaintext(tokens.accessToken),
          refreshToken: tokens.refreshToken === null ? null : new Plaintext(tokens.refreshToken),
        });
      else log("integration not revoked at its service: there is no address for that", { service: use.service });
      return deleted;
    },
  };

  /** Tokens that may not be kept after all end where they came from. */
  async function keep(
    server: Caller,
    flowId: string,
    service: OAuthService,
    { accessToken, refreshToken, account, scopes, expiresIn }: TokenSet,
  ): Promise<ConnectionOutcome> {
    const tokens = { accessToken: accessToken.reveal(), refreshToken: refreshToken?.reveal() ?? null };
    const args = { flowId, ...tokens, account, scopes: scopes && [...scopes], expiresIn };
    try {
      await storedAtLast(() => database.call("finish_integration_flow", args, server));
      return "connected";
    } catch (error) {
      await revoke(service, { accessToken, refreshToken });
      const code = domainErrorOf(error)?.code;
      if (code === "FORBIDDEN" || code === "NOT_FOUND" || code === "UNAUTHENTICATED") return "forbidden";
      throw error;
    }
  }
}
