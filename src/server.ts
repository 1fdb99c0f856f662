import type { AddressInfo } from "node:net";
import type { FastifyInstance } from "fastify";
import type { GraphQLSchema } from "graphql";
import type { Logger } from "pino";
import type { Config } from "./config.js";
import { createFormatError } from "./format-error.js";
import { type CreateContext, createAdmission } from "./http/admission.js";
import type { ArrivalLimits } from "./http/arrival.js";
import { createDrain } from "./http/drain.js";
import { createFrontDoor } from "./http/front-door.js";
import { builtGraphiql, serveGraphiqlAssets } from "./http/graphiql.js";
import { createGraphqlEngine } from "./http/graphql-engine.js";
import { addGraphqlRoutes } from "./http/graphql-routes.js";
import { addHealthRoutes } from "./http/health-routes.js";
import { addHookRoutes, type HookRouteParts } from "./http/hooks-routes.js";
import { addIntegrationRoutes, type IntegrationRouteParts } from "./http/integration-routes.js";
import { acceptJsonBodies } from "./http/json-body.js";
import { addMetricsRoute } from "./http/metrics-routes.js";
import { addOpenaiRoutes } from "./http/openai-routes.js";
import type { Metrics } from "./metrics.js";
import type { Chat } from "./services/chat.js";

export interface HttpServerParts {
  readonly config: Config;
  readonly schema: GraphQLSchema;
  /** @throws DomainError to refuse the request as a whole */
  readonly createContext: CreateContext;
  readonly isReady: () => Promise<boolean>;
  readonly metrics: Metrics;
  readonly chat: Chat;
  readonly hooks: Pick<HookRouteParts, "receive" | "note">;
  readonly integrations: Pick<IntegrationRouteParts, "integrations" | "proxy">;
  readonly log: Logger;
  /** How long bodies may take. */
  readonly arrivalLimits?: ArrivalLimits;
  /** Where GraphiQL's built files are. */
  readonly graphiqlDirectory?: string;
}

export interface HttpServer {
  /** @returns the address with the port that was bound */
  listen(): Promise<{ readonly url: string }>;
  /** Refuses what comes, lets what is being answered finish for ten seconds, and ends. */
  close(): Promise<void>;
}

const drainMilliseconds = 10_000;

/** Everything that is served over HTTP: the API, GraphiQL and health. */
export function createHttpServer(parts: HttpServerParts): HttpServer {
  const { config, schema, createContext, isReady, metrics, log, graphiqlDirectory = builtGraphiql } = parts;
  const formatError = createFormatError(log);
  const engine = createGraphqlEngine({ config, schema, formatError, log });
  const server = createFrontDoor(formatError, parts.arrivalLimits);
  const drain = createDrain(server);

  logRequests(server, log);
  measureRequests(server, metrics);
  acceptJsonBodies(server);
  addHealthRoutes(server, { isReady, isDraining: drain.isDraining });
  addMetricsRoute(server, { config, metrics });
  const admit = createAdmission({ config, createContext });
  addGraphqlRoutes(server, { config, engine, admit, graphiqlDirectory });
  addOpenaiRoutes(server, { config, admit, chat: parts.chat, formatError });
  addHookRoutes(server, { config, ...parts.hooks });
  addIntegrationRoutes(server, { config, admit, formatError, ...parts.integrations });
  return {
    async listen() {
      await engine.start();
      if (config.graphiql) await serveGraphiqlAssets(server, graphiqlDirectory);
      await server.listen({ host: config.host, port: config.port });
      return { url: urlOf(config.host, (server.server.address() as AddressInfo).port) };
    },
    async close() {
      await drain.begin(drainMilliseconds);
      const closed = server.close();
      server.server.closeAllConnections();
      await closed;
      await engine.stop();
    },
  };
}

const urlOf = (host: string, port: number) => `http://${host.includes(":") ? `[${host}]` : host}:${port}`;

function measureRequests(server: FastifyInstance, metrics: Metrics): void {
  server.addHook("onResponse", async ({ method, routeOptions }, { statusCode, elapsedTime }) => {
    metrics.countRequest(routeOptions.url ? method : "any", routeOptions.url ?? "none", statusCode, elapsedTime / 1000);
  });
}

/** At `debug` alone, and nothing of the request but its method and route. */
function logRequests(server: FastifyInstance, log: Logger): void {
  if (!log.isLevelEnabled("debug")) return;
  server.addHook("onResponse", async ({ method, routeOptions }, { statusCode, elapsedTime }) => {
    log.debug({
      msg: "request",
      method,
      route: routeOptions.url ?? null,
      status: statusCode,
      ms: Math.round(elapsedTime),
    });
  });
}
