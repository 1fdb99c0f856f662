import type { Logger } from "pino";
import { ownOnboarding } from "./config/onboarding-file.js";
import type { Config } from "./config.js";
import { createContextOf } from "./context.js";
import { withCircuitBreaker } from "./database/circuit-breaker.js";
import type { Database } from "./database/port.js";
import { serverCaller } from "./database/server-caller.js";
import { createMetrics } from "./metrics.js";
import { buildCloakroomSchema } from "./schema.js";
import { createHttpServer, type HttpServer } from "./server.js";
import { createAccessTokens } from "./services/access-token.js";
import { createAlarm } from "./services/alarm.js";
import { createFailures } from "./services/failures.js";
import { createAlertWebhook } from "./services/outside/alert-webhook.js";
import { createChatProviders } from "./services/outside/model-providers/model-providers.js";
import { createOAuthClient } from "./services/outside/oauth-client.js";
import { createServiceProxy } from "./services/outside/oauth-proxy.js";
import type { ProgressFile } from "./services/outside/progress-file.js";
import type { SmsSender } from "./services/outside/sms.js";
import { createUpstreamFetch } from "./services/outside/upstream-fetch.js";
import { withRequestShares } from "./services/request-share.js";
import { createServices } from "./services/services.js";
import { createThreadFallback } from "./services/thread-fallback.js";

export interface ApplicationParts {
  readonly config: Config;
  /** Reached and migrated. */
  readonly database: Database;
  readonly sms: SmsSender;
  /** Null where this server may write nowhere: then progress cannot be saved while the database is away. */
  readonly progressFile: ProgressFile | null;
  readonly log: Logger;
}

/**
 * Puts services, schema and HTTP together over a database. Before it answers, the database is told this server's limits and questions;
 * column conversions that a crash cut off go on beside the requests, which see masks meanwhile.
 */
export async function createApplication({
  config,
  database,
  sms,
  progressFile,
  log,
}: ApplicationParts): Promise<HttpServer> {
  const accessTokens = createAccessTokens({
    secret: config.supabaseJwtSecret,
    signingKey: config.supabaseJwtPrivateKey,
    issuer: config.jwtIssuer,
    keySetUrl: config.supabaseUrl === null ? null : new URL(`${config.jwtIssuer}/.well-known/jwks.json`),
  });
  const metrics = createMetrics();
  const alarm = createAlarm({
    log: (message, fields = {}) => log.warn(fields, message),
    count: metrics.countAlert,
    receiver: alertReceiverOf(config),
    quietSeconds: config.alertWindowSeconds,
  });
  const failures = createFailures({
    alarm,
    count: metrics.countFailure,
    threshold: config.alertFailures,
    windowSeconds: config.alertWindowSeconds,
  });
  const guarded = withCircuitBreaker(metrics.measured(database), {
    onOpen: () => alarm.raise({ alert: "database_away" }),
    onClose: () => log.info("the database is back"),
  });
  const fallback = await createThreadFallback(progressFile, config.databaseSalt);
  const upstreamFetch = createUpstreamFetch({ allowPrivate: config.allowPrivateUpstreams });
  let publicUrl = config.publicUrl;
  const services = createServices({
    database: withRequestShares(guarded),
    sms,
    testNumbers: config.otpTestNumbers,
    modelProviders: createChatProviders(upstreamFetch.request),
    integrations: {
      oauth: createOAuthClient({ upstreamFetch }),
      services: config.oauthServices,
      publicUrl: () => publicUrl ?? `http://${config.host}:${config.port}`,
      alert: alarm.raiseKept,
    },
    accessTokens,
    databaseSalt: config.databaseSalt,
    fallback,
    failures,
    alarm,
    log: (message, fields = {}) => log.info(fields, message),
  });
  const server = serverCaller();
  await services.verification.configureLimits(server, config);
  await services.onboarding.configureOnboarding(server, config.onboarding ?? ownOnboarding());
  services.tables.finishConversions(server).catch((error: Error) => {
    log.error({ msg: "column conversion stopped", error: error.name });
  });
  const settling = setInterval(() => {
    services.threads.settleProgress(server).catch(() => undefined);
  }, settleEveryMilliseconds).unref();
  const renewing = setInterval(() => {
    services.integrations.refreshes.refreshDue().catch((error: Error) => {
      log.warn({ msg: "integrations are not renewed", error: error.name });
    });
  }, renewEveryMilliseconds).unref();
  const http = createHttpServer({
    config,
    schema: await buildCloakroomSchema(),
    createContext: createContextOf({ config, services, accessTokens, failures }),
    isReady: () => guarded.isReady(),
    chat: services.chat,
    hooks: {
      receive: (delivery, clientAddress) => services.webhooks.receive(serverCaller(clientAddress), delivery),
      note: () => failures.note("webhook_signature"),
    },
    integrations: {
      integrations: services.integrations,
      proxy: createServiceProxy({ upstreamFetch }),
    },
    metrics,
    log,
  });
  return {
    async listen() {
      const bound = await http.listen();
      publicUrl ??= bound.url;
      return bound;
    },
    async close() {
      clearInterval(settling);
      clearInterval(renewing);
      await http.close();
      await services.integrations.refreshes.settled();
      await alarm.settled();
      await upstreamFetch.close();
    },
  };
}

/** How soon after the database is back progress that was kept beside it goes there. */
const settleEveryMilliseconds = 1_000;
/** How often tokens are looked for that are about to end: they are due up to five minutes before. */
const renewEveryMilliseconds = 30_000;

const alertReceiverOf = ({ alertWebhookUrl: url, alertWebhookSecret: secret }: Config) =>
  url && secret ? createAlertWebhook({ url, secret }) : null;
