import type { Logger } from "pino";
import type { Config } from "./config.js";
import { createContextOf } from "./context.js";
import type { Database } from "./database/port.js";
import { buildCloakroomSchema } from "./schema.js";
import { createHttpServer, type HttpServer } from "./server.js";
import { createAccessTokens } from "./services/access-token.js";
import type { SmsSender } from "./services/outside/sms.js";
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
  const accessTokens = createAccessTokens({
    secret: config.supabaseJwtSecret,
    signingKey: config.supabaseJwtPrivateKey,
    issuer: config.jwtIssuer,
    keySetUrl: config.supabaseUrl === null ? null : new URL(`${config.jwtIssuer}/.well-known/jwks.json`),
  });
  const services = createServices({
    database,
    sms,
    accessTokens,
    databaseSalt: config.databaseSalt,
    log: (message, fields = {}) => log.info(fields, message),
  });
  const server = { role: "service_role", claims: null, accessToken: null, clientAddress: null } as const;
  await services.verification.configureLimits(server, config);
  services.tables.finishConversions(server).catch((error: Error) => {
    log.error({ msg: "column conversion stopped", error: error.name });
  });
  return createHttpServer({
    config,
    schema: await buildCloakroomSchema(),
    createContext: createContextOf({ config, services, accessTokens }),
    isReady: () => database.isReady(),
    log,
  });
}
