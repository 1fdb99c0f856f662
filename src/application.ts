import type { Logger } from "pino";
import type { Config } from "./config.js";
import { createContextOf } from "./context.js";
import type { Database } from "./database/port.js";
import { buildCloakroomSchema } from "./schema.js";
import { createHttpServer, type HttpServer } from "./server.js";
import { createAccessTokens } from "./services/access-token.js";
import { createChatProviders } from "./services/outside/model-providers/model-providers.js";
import { createOAuthClient } from "./services/outside/oauth-client.js";
import { createServiceProxy } from "./services/outside/oauth-proxy.js";
import type { SmsSender } from "./services/outside/sms.js";
import { createUpstreamFetch } from "./services/outside/upstream-fetch.js";
import { createServices } from "./services/services.js";

export interface ApplicationParts {
  readonly config: Config;
  /** Reached and migrated. */
  readonly database: Database;
  readonly sms: SmsSender;
  readonly log: Logger;
}

/**
 * Puts services, schema and HTTP together over a database. Before it answers, the database is told this server's limits;
 * column conversions that a crash cut off go on beside the requests, which see masks meanwhile.
 */
export async function createApplication({ config, database, sms, log }: ApplicationParts): Promise<HttpServer> {
  const accessTokens = createAccessTokens({ secret: config.supabaseJwtSecret, issuer: config.jwtIssuer });
  const upstreamFetch = createUpstreamFetch({ allowPrivate: config.allowPrivateUpstreams });
  let publicUrl = config.publicUrl;
  const services = createServices({
    database,
    sms,
    modelProviders: createChatProviders(createUpstreamFetch({ allowPrivate: config.allowPrivateUpstreams })),
    integrations: {
      oauth: createOAuthClient({ upstreamFetch }),
      services: config.oauthServices,
      publicUrl: () => publicUrl ?? `http://${config.host}:${config.port}`,
      alert: (alert) => log.warn({ ...alert }, "alert"),
    },
    accessTokens,
    databaseSalt: config.databaseSalt,
    log: (message, fields = {}) => log.info(fields, message),
  });
  const server = { role: "service_role", claims: null, clientAddress: null } as const;
  await services.verification.configureLimits(server, config);
  services.tables.finishConversions(server).catch((error: Error) => {
    log.error({ msg: "column conversion stopped", error: error.name });
  });
  const renewing = setInterval(() => {
    services.integrations.refreshes.refreshDue().catch((error: Error) => {
      log.warn({ msg: "integrations are not renewed", error: error.name });
    });
  }, renewEveryMilliseconds).unref();
  const http = createHttpServer({
    config,
    schema: await buildCloakroomSchema(),
    createContext: createContextOf({ config, services, accessTokens }),
    isReady: () => database.isReady(),
    chat: services.chat,
    hooks: {
      receive: (delivery, clientAddress) => services.webhooks.receive({ ...server, clientAddress }, delivery),
      note: () => undefined,
    },
    integrations: {
      integrations: services.integrations,
      proxy: createServiceProxy({ upstreamFetch }),
      isMeant: () => false,
    },
    log,
  });
  return {
    async listen() {
      const bound = await http.listen();
      publicUrl ??= bound.url;
      return bound;
    },
    async close() {
      clearInterval(renewing);
      await http.close();
      await services.integrations.refreshes.settled();
      await upstreamFetch.close();
    },
  };
}

/** How often tokens are looked for that are about to end: they are due up to five minutes before. */
const renewEveryMilliseconds = 30_000;
