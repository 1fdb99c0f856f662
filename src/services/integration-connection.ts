import type { TakenFlow } from "../database/contract.generated.js";
import type { Log } from "../database/log.js";
import type { Caller, Database } from "../database/port.js";
import { domainErrorOf } from "./errors.js";
import { storedAtLast } from "./integration-refresh.js";
import { createRevocation, type IntegrationIds } from "./integration-revocation.js";
import type { OAuthClient, TokenSet } from "./outside/oauth-client.js";
import { OAuthFailure, type OAuthService, type OAuthServices } from "./outside/oauth-service.js";

/**
 * What a person who comes back from a service is told. `invalid`: unknown, used or expired; the three are one. Whoever
 * brought a connection to its end is told to which organization theirs went: they may have been sent by somebody else.
 */
export type ConnectionOutcome =
  | { readonly outcome: "connected"; readonly service: string; readonly organizationName: string }
  | { readonly outcome: "refused" | "invalid" | "forbidden" | "other_person" | "other_browser" | "failed" };

/** What came with them: each parameter once, or not at all. */
export interface CallbackParameters {
  readonly state: string | null;
  readonly code: string | null;
  readonly error: string | null;
  readonly issuer: string | null;
}

/** What a service may give as its reason (RFC 6749, 4.1.2.1). Anything else came from whoever made up the address. */
const reasons: ReadonlySet<string> = new Set([
  "invalid_request",
  "unauthorized_client",
  "access_denied",
  "unsupported_response_type",
  "invalid_scope",
  "server_error",
  "temporarily_unavailable",
]);

/** Who came, where they brought a session of their own. */
export interface Returning {
  readonly user: Caller | null;
  /** Of the session cookie, also where its token has ended while they were away. */
  readonly cookieSessionId: string | null;
}

export interface IntegrationConnectionParts {
  readonly database: Database;
  readonly oauth: OAuthClient;
  readonly services: OAuthServices;
  readonly log: Log;
  readonly redirectUri: () => string;
}

/** The way back: tokens for the code, stored for the one who began. Never throws for what came along. */
export function createIntegrationConnection(parts: IntegrationConnectionParts) {
  const { database, oauth, services, log, redirectUri } = parts;
  const revoke = createRevocation(parts);
  return async (
    server: Caller,
    returning: Returning,
    { state, code, error, issuer }: CallbackParameters,
  ): Promise<ConnectionOutcome> => {
    // Postgres takes no NUL, and no state of ours has one.
    if (!state || state.includes("\0")) return { outcome: "invalid" };
    const flow = await database.call("take_integration_flow", { state, ...idsOf(returning) }, server);
    const refusal = refusalOf(flow);
    if (refusal) return { outcome: refusal };
    const service = services.get(flow.service ?? "");
    if (!flow.flowId || !service?.clientId) return { outcome: "invalid" };
    if (error !== null) {
      log("integration refused by its service", { service: service.name, error: reasons.has(error) ? error : "other" });
      return { outcome: "refused" };
    }
    if (!code) return { outcome: "failed" };
    const answer = { code, state, issuer, verifier: flow.verifier ?? "", redirectUri: redirectUri() };
    const tokens = await oauth.exchange(service, answer).catch((failure: unknown) => {
      if (!(failure instanceof OAuthFailure)) throw failure;
      log("integration not connected", { service: service.name, reason: failure.reason, status: failure.status });
      return null;
    });
    if (!tokens) return { outcome: "failed" };
    // The flow's id becomes the integration's.
    const ids = { integrationId: flow.flowId, organizationId: flow.organizationId };
    if (!(await isKept(server, ids, service, tokens))) return { outcome: "forbidden" };
    return { outcome: "connected", service: service.name, organizationName: flow.organizationName ?? "" };
  };

  /** Tokens that may not be kept after all end where they came from. */
  async function isKept(
    server: Caller,
    ids: IntegrationIds,
    service: OAuthService,
    { accessToken, refreshToken, account, scopes, expiresIn }: TokenSet,
  ): Promise<boolean> {
    const tokens = { accessToken: accessToken.reveal(), refreshToken: refreshToken?.reveal() ?? null };
    const args = { flowId: ids.integrationId, ...tokens, account, scopes: scopes && [...scopes], expiresIn };
    try {
      await storedAtLast(() => database.call("finish_integration_flow", args, server));
      return true;
    } catch (error) {
      await revoke(service, { accessToken, refreshToken }, ids);
      const code = domainErrorOf(error)?.code;
      if (code === "FORBIDDEN" || code === "NOT_FOUND" || code === "UNAUTHENTICATED") return false;
      throw error;
    }
  }
}

function refusalOf({ outcome }: TakenFlow) {
  if (outcome === "forbidden" || outcome === "other_person" || outcome === "other_browser") return outcome;
  return outcome === "taken" ? null : "invalid";
}

function idsOf({ user, cookieSessionId }: Returning) {
  const callerId = typeof user?.claims?.sub === "string" ? user.claims.sub : null;
  return { callerId, sessionId: cookieSessionId };
}
