import { setTimeout as sleep } from "node:timers/promises";
import type { IntegrationRefresh } from "../database/contract.generated.js";
import type { Database } from "../database/port.js";
import { serverCaller } from "../database/server-caller.js";
import { Plaintext } from "./crypto/plaintext.js";
import { conflict, DomainError, domainErrorOf } from "./errors.js";
import { createIntegrationAlerts, type IntegrationAlertParts } from "./integration-alerts.js";
import { createRevocation } from "./integration-revocation.js";
import type { OAuthClient, TokenSet } from "./outside/oauth-client.js";
import { OAuthFailure, type OAuthServices } from "./outside/oauth-service.js";

export interface IntegrationRefreshParts extends IntegrationAlertParts {
  readonly oauth: OAuthClient;
  readonly services: OAuthServices;
}

export type IntegrationRefreshes = ReturnType<typeof createIntegrationRefresh>;

const server = serverCaller();
const patienceMilliseconds = 25_000;
const longestPauseMilliseconds = 500;
/** Services that are slow must not keep the others waiting. */
const mostAtOnce = 8;

export const needsReconnect = () => conflict("The service has to be connected again: it no longer renews its token.");

/**
 * Replaces tokens, one refresh at a time over all replicas: the database hands the refresh token to one holder of a
 * lease. Whoever needs the result waits, in this process for the same promise, elsewhere by asking the database.
 */
export function createIntegrationRefresh(parts: IntegrationRefreshParts) {
  const { database, log } = parts;
  const underWay = new Map<string, Promise<void>>();
  const sendAlerts = createIntegrationAlerts(parts);
  const configured = [...parts.services].flatMap(([name, { clientId }]) => (clientId ? [name] : []));
  let isStopping = false;
  /**
   * Resolves when another token than that of `knownVersion` stands in the vault.
   * @throws CONFLICT where the user has to connect again, UPSTREAM_ERROR where the service does not renew it now,
   * NOT_FOUND where the integration is gone
   */
  const refresh = (integrationId: string, knownVersion: number | null): Promise<void> => {
    const running = underWay.get(integrationId);
    if (running) return running;
    const turn = { ...parts, sendAlerts, isStopping: () => isStopping };
    const attempt = refreshed(turn, integrationId, knownVersion).finally(() => underWay.delete(integrationId));
    underWay.set(integrationId, attempt);
    return attempt;
  };
  return {
    refresh,
    /**
     * Replaces what is due, a few at a time, and tells of what nobody was told of yet. Failures stay with the
     * integration; another replica may be at it.
     */
    async refreshDue(): Promise<void> {
      await sendAlerts();
      const due = await database.call("due_integrations", { services: configured }, server);
      const worker = async () => {
        for (let integrationId = due.shift(); integrationId && !isStopping; integrationId = due.shift())
          await refresh(integrationId, null).catch((error: unknown) => {
            if (!domainErrorOf(error)) throw error;
          });
      };
      await Promise.all(Array.from({ length: mostAtOnce }, worker));
    },
    /** Nothing more is begun, and what is under way has ended: no token that a service has just given out is lost. */
    async settled(): Promise<void> {
      isStopping = true;
      while (underWay.size > 0) await Promise.allSettled(underWay.values());
      log("integration refreshes ended");
    },
  };
}

async function refreshed(
  parts: IntegrationRefreshParts & { readonly sendAlerts: () => Promise<void>; readonly isStopping: () => boolean },
  integrationId: string,
  knownVersion: number | null,
): Promise<void> {
  const deadline = performance.now() + patienceMilliseconds;
  let known = knownVersion;
  let failure: OAuthFailure | null = null;
  for (let pause = 50; ; pause = Math.min(pause * 2, longestPauseMilliseconds)) {
    const args = { integrationId, knownVersion: known };
    const lease = await parts.database.call("begin_integration_refresh", args, server);
    known ??= lease.tokenVersion;
    if (lease.outcome === "fresh") return;
    if (lease.outcome === "refresh") {
      failure = await replaceTokens(parts, integrationId, lease);
      if (failure === null) return;
      // What follows from it stands in the database by now: until when nobody asks, or that nobody need ever ask.
      continue;
    }
    if (lease.outcome === "needs_reconnect") {
      await parts.sendAlerts();
      throw needsReconnect();
    }
    if (lease.outcome === "cooling") throw notNow(lease.retryAfter, failure?.status);
    if (performance.now() + pause > deadline) throw notNow(5);
    await sleep(pause);
    if (parts.isStopping()) throw notNow(5);
  }
}

export const notNow = (retryAfter: number | null, status: number | null = null) =>
  new DomainError("UPSTREAM_ERROR", "The service does not renew its token at the moment.", {
    ...(status !== null && { status }),
    ...(retryAfter !== null && { retryAfter }),
  });

/** @returns null once other tokens stand in the vault, else what went wrong, noted in the database */
async function replaceTokens(
  parts: IntegrationRefreshParts,
  integrationId: string,
  { service: name, leaseId, refreshToken, tokenVersion, organizationId }: IntegrationRefresh,
): Promise<OAuthFailure | null> {
  const { database, oauth, services, log } = parts;
  const service = services.get(name);
  let tokens: TokenSet;
  try {
    if (!service?.clientId) throw new OAuthFailure("unreachable");
    tokens = await oauth.refresh(service, new Plaintext(refreshToken ?? ""));
  } catch (error) {
    if (!(error instanceof OAuthFailure)) throw error;
    const { reason, status, retryAfter } = error;
    const args = { integrationId, leaseId: leaseId ?? "", permanent: reason === "refused", retryAfter };
    await database.call("fail_integration_refresh", args, server);
    log("integration not refreshed", { integrationId, service: name, reason, status });
    return error;
  }
  const stored = await storedAtLast(() =>
    database.call(
      "finish_integration_refresh",
      {
        integrationId,
        knownVersion: tokenVersion,
        accessToken: tokens.accessToken.reveal(),
        refreshToken: tokens.refreshToken?.reveal() ?? null,
        expiresIn: tokens.expiresIn,
        scopes: tokens.scopes && [...tokens.scopes],
      },
      server,
    ),
  );
  log("integration refreshed", { integrationId, service: name, stored });
  if (!stored && (await isGone(database, integrationId)))
    await createRevocation(parts)(service, tokens, { integrationId, organizationId });
  return null;
}

async function isGone(database: Database, integrationId: string): Promise<boolean> {
  const nothingNew = { integrationId, knownVersion: 0 };
  return database.call("begin_integration_refresh", nothingNew, server).then(
    () => false,
    (error: unknown) => domainErrorOf(error)?.code === "NOT_FOUND",
  );
}

const storingMilliseconds = 30_000;

/**
 * What a service gave out once must not be lost to a database that is away for a moment: stored again and again for half
 * a minute. Only a process that dies in between loses it.
 */
export async function storedAtLast<Result>(store: () => Promise<Result>): Promise<Result> {
  const deadline = performance.now() + storingMilliseconds;
  for (let pause = 100; ; pause = Math.min(pause * 2, 2_000)) {
    try {
      return await store();
    } catch (error) {
      if (domainErrorOf(error)?.code !== "UNAVAILABLE" || performance.now() + pause > deadline) throw error;
      await sleep(pause);
    }
  }
}
