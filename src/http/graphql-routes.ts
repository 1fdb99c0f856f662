import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Config } from "../config.js";
import type { IncomingRequest } from "../context.js";
import type { Caller } from "../database/port.js";
import { rateLimited } from "../services/errors.js";
import { addressKey, createRequestLimit } from "../services/request-limit.js";
import { httpFault } from "./answers.js";
import { createClientAddress } from "./client-address.js";
import { createCors } from "./cors.js";
import { refuseMethods } from "./front-door.js";
import { sendGraphiqlPage } from "./graphiql.js";
import type { GraphqlEngine } from "./graphql-engine.js";

/** What the server itself reads of a request's context. */
export interface CallerContext {
  /** The bearer of a verified access token. */
  readonly user: Caller | null;
  /** `Set-Cookie` headers of the answer, put together while it is made. */
  readonly answerCookies?: readonly string[];
}

export type CreateContext = (request: IncomingRequest) => CallerContext | Promise<CallerContext>;

export interface GraphqlRouteParts {
  readonly config: Pick<Config, "corsOrigins" | "graphiql" | "requestsPerMinute" | "trustProxy">;
  readonly engine: GraphqlEngine;
  /** @throws DomainError to refuse the request as a whole */
  readonly createContext: CreateContext;
  readonly graphiqlDirectory: string;
}

/** `/graphql`: the API by POST, GraphiQL for browsers by GET, preflights; any other way is 405. */
export function addGraphqlRoutes(server: FastifyInstance, parts: GraphqlRouteParts): void {
  const { config, engine, graphiqlDirectory } = parts;
  const admit = createAdmission(parts);
  const cors = createCors(config.corsOrigins);
  const url = "/graphql";
  const onRequest = async (request: FastifyRequest, reply: FastifyReply) => cors(request, reply);

  server.post(url, { onRequest }, async (request, reply) => {
    const context = await admit(request);
    const answer = await engine.answer({ body: request.body, accept: request.headers.accept, context });
    if (context.answerCookies?.length) reply.header("set-cookie", [...context.answerCookies]);
    // As bytes: a string would be encoded twice, once for its length alone.
    return reply.code(answer.status).type(answer.contentType).send(Buffer.from(answer.body));
  });
  server.get(url, { onRequest }, async (request, reply) => {
    if (!request.headers.accept?.includes("text/html")) throw httpFault(405, { allow: "POST" });
    if (!config.graphiql) throw httpFault(404);
    return sendGraphiqlPage(reply, graphiqlDirectory);
  });
  server.options(url, { onRequest }, async (_request, reply) => reply.code(204).header("allow", "POST").send());
  refuseMethods(server, url, "POST", ["PUT", "PATCH", "DELETE"]);
}

const noBody = Buffer.alloc(0);

/**
 * Request → its context, counted against whom it is from: the person behind a verified token, else the address. (A
 * thread session proves nothing here: everyone can make one up, and with it a way round the limit.)
 */
function createAdmission({ config, createContext }: GraphqlRouteParts) {
  const limit = createRequestLimit({ perMinute: config.requestsPerMinute });
  const addressOf = createClientAddress(config.trustProxy);
  return async ({ headers, rawBody, socket }: FastifyRequest): Promise<CallerContext> => {
    const clientAddress = addressOf(socket.remoteAddress, headers["x-forwarded-for"]);
    const made = async () => createContext({ headers, rawBody: rawBody ?? noBody, clientAddress });
    const [result] = await Promise.allSettled([made()]);
    const caller = result.status === "fulfilled" ? result.value.user?.claims?.sub : undefined;
    const wait = limit.take(typeof caller === "string" ? `user:${caller}` : addressKey(clientAddress));
    if (wait > 0) throw rateLimited(wait);
    if (result.status === "rejected") throw result.reason;
    return result.value;
  };
}
