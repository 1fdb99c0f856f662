import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Config } from "../config.js";
import type { Admit } from "./admission.js";
import { httpFault } from "./answers.js";
import { createCors } from "./cors.js";
import { refuseMethods } from "./front-door.js";
import { sendGraphiqlPage } from "./graphiql.js";
import type { GraphqlEngine } from "./graphql-engine.js";

export interface GraphqlRouteParts {
  readonly config: Pick<Config, "corsOrigins" | "graphiql">;
  readonly engine: GraphqlEngine;
  readonly admit: Admit;
  readonly graphiqlDirectory: string;
}

/** `/graphql`: the API by POST, GraphiQL for browsers by GET, preflights; any other way is 405. */
export function addGraphqlRoutes(server: FastifyInstance, parts: GraphqlRouteParts): void {
  const { config, engine, admit, graphiqlDirectory } = parts;
  const cors = createCors(config.corsOrigins);
  const url = "/graphql";
  const onRequest = async (request: FastifyRequest, reply: FastifyReply) => cors(request, reply);

  server.post(url, { onRequest }, async (request, reply) => {
    const context = await admit(request, reply);
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
