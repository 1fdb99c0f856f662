import type { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Config } from "../config.js";
import { serverCaller } from "../database/server-caller.js";
import type { FormatError } from "../format-error.js";
import { badInput, type ErrorCode, unauthenticated } from "../services/errors.js";
import type { Integrations } from "../services/integrations.js";
import { staysBelow } from "../services/outside/oauth-address.js";
import type { ForwardedAnswer } from "../services/outside/oauth-forwarded-answer.js";
import { requestHeaders, type ServiceProxy } from "../services/outside/oauth-proxy.js";
import type { Admit } from "./admission.js";
import { HttpFault, httpFault } from "./answers.js";
import { createClientAddress } from "./client-address.js";
import { type CorsWays, createCors } from "./cors.js";
import { refuseMethods } from "./front-door.js";
import { goneSignal } from "./gone-signal.js";
import { sendAnswer } from "./integration-answer.js";
import { failurePageOf, pageOf } from "./integration-pages.js";
import { readerPatienceMilliseconds as longestPatience } from "./patient-write.js";

export interface IntegrationRouteParts {
  readonly config: Pick<Config, "trustProxy" | "publicUrl" | "corsOrigins" | "oauthServices">;
  readonly admit: Admit;
  readonly formatError: FormatError;
  readonly integrations: Pick<Integrations, "completeIntegration" | "uses">;
  readonly proxy: ServiceProxy;
  /** How long an answer waits for a reader that takes nothing; two minutes. */
  readonly readerPatienceMilliseconds?: number;
}

/**
 * `GET /integrations/callback`: where a service sends people back to, answered by a page in plain words without scripts.
 * `ANY /integrations/:id/proxy/*`: a request to the service's API, in MEMBERs' names, with the stored token.
 */
export function addIntegrationRoutes(server: FastifyInstance, parts: IntegrationRouteParts): void {
  addCallback(server, parts);
  addProxy(server, parts);
}

function addCallback(server: FastifyInstance, parts: IntegrationRouteParts): void {
  const { config, admit, integrations, formatError } = parts;
  const url = "/integrations/callback";
  // A person is looking: what programs get as JSON is a page too.
  const errorHandler = (error: unknown, _: FastifyRequest, reply: FastifyReply) => {
    if (error instanceof HttpFault) throw error;
    const told = formatError({ message: "" }, error).extensions as { code: ErrorCode; retryAfter?: number };
    if (told.retryAfter) reply.header("retry-after", told.retryAfter);
    const { status, headers, body } = failurePageOf(told);
    return reply.code(status).headers(headers).send(body);
  };
  const addressOf = createClientAddress(config.trustProxy);
  server.get(url, { exposeHeadRoute: false, errorHandler }, async (request, reply) => {
    const { user, browser } = await admit(request, reply);
    const clientAddress = addressOf(request.socket.remoteAddress, request.headers["x-forwarded-for"]);
    const returning = { user, cookieSessionId: browser?.sessionId ?? null };
    const outcome = await integrations.completeIntegration(
      serverCaller(clientAddress),
      returning,
      parametersOf(request.query),
    );
    const { status, headers, body } = pageOf(outcome);
    return reply.code(status).headers(headers).send(body);
  });
  refuseMethods(server, url, "GET", ["POST", "PUT", "PATCH", "DELETE"]);
}

/** A parameter that comes twice counts as none: two readers would read it differently. */
function parametersOf(query: unknown) {
  const one = (name: string) => {
    const value = (query as Record<string, unknown>)[name];
    return typeof value === "string" && value.length <= 8192 ? value : null;
  };
  return { state: one("state"), code: one("code"), error: one("error"), issuer: one("iss") };
}

const forwarded = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

function addProxy(server: FastifyInstance, parts: IntegrationRouteParts): void {
  const url = "/integrations/:id/proxy/*";
  const cors = createCors(parts.config.corsOrigins, waysOf(parts.config));
  // Before Fastify looks at the body: it goes through as it comes, whatever it is.
  const onRequest = (request: FastifyRequest, reply: FastifyReply) => {
    cors(request, reply);
    return forward(request, reply, parts);
  };
  const handler = async () => undefined;
  server.route({ method: forwarded, url, exposeHeadRoute: false, config: { streamsBody: true }, onRequest, handler });
  const answerPreflight = async (request: FastifyRequest, reply: FastifyReply) => cors(request, reply);
  server.options(url, { onRequest: answerPreflight }, async (_request, reply) =>
    reply.code(204).header("allow", forwarded.join(", ")).send(),
  );
}

/** What pages of CORS_ORIGINS may send: what passes, and what says who asks. */
function waysOf({ oauthServices }: IntegrationRouteParts["config"]): CorsWays {
  const ofServices = [...oauthServices.values()].flatMap(({ requestHeaders }) => requestHeaders);
  const names = new Set(["authorization", "x-csrf-token", ...requestHeaders, ...ofServices]);
  return { methods: forwarded.join(", "), headers: [...names].join(", ") };
}

/** What a service answers is shown on our origin: nothing in it may run, load or be framed there. */
const sandboxed = {
  "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
};

async function forward(request: FastifyRequest, reply: FastifyReply, parts: IntegrationRouteParts) {
  const signal = goneSignal(reply.raw);
  const { user, browser } = await parts.admit(request, reply);
  if (!user) throw unauthenticated();
  // Lax cookies come along when another site sends its visitor here, and all of them from a sibling domain.
  if (isReading(request.method)) browser?.admitReading();
  else await browser?.admitMutation({ isSignIn: false, wantsCookies: false });
  const { id, rest } = pathOf(request);
  const body = bodyOf(request);
  const token = await parts.integrations.uses.lend(user, id, request.method);
  const answer = await parts.proxy
    .forward(token, {
      method: request.method,
      rest,
      headers: request.headers,
      body,
      signal,
      ownPath: `${publicPathOf(parts.config)}/integrations/${id}/proxy`,
    })
    .finally(() => token.end());
  const { readerPatienceMilliseconds = longestPatience } = parts;
  const headers = { ...answer.headers, ...exposed(reply, answer), ...sandboxed };
  return sendAnswer(reply, { ...answer, headers }, readerPatienceMilliseconds);
}

/** A page that may read the answer may read all of what passes. With cookies, `*` would be a header of that name. */
function exposed(reply: FastifyReply, { headers }: ForwardedAnswer): Record<string, string> {
  if (!reply.hasHeader("access-control-allow-origin")) return {};
  return { "access-control-expose-headers": [...new Set([...Object.keys(headers), "retry-after"])].join(", ") };
}

/** As `publicUrl` of the redirect address: a proxy in front of this server may serve it below a path. */
const publicPathOf = ({ publicUrl }: Pick<Config, "publicUrl">) =>
  publicUrl === null ? "" : new URL(publicUrl).pathname.replace(/\/$/, "");

const isReading = (method: string) => method === "GET" || method === "HEAD";

/** As it came: the router's own reading is decoded. */
function pathOf(request: FastifyRequest): { id: string; rest: string } {
  const [, id, rest] = /^\/integrations\/([\w-]{1,64})\/proxy\/(.*)$/s.exec(request.raw.url ?? "") ?? [];
  if (id === undefined || rest === undefined) throw httpFault(404);
  if (!staysBelow(rest)) throw badInput("path", "This path does not stay below the service's address.");
  return { id, rest };
}

function bodyOf({ raw, method }: FastifyRequest): Readable | null {
  const { "content-length": length, "transfer-encoding": encoding } = raw.headers;
  if (encoding === undefined && (length === undefined || length === "0")) return null;
  if (isReading(method)) throw new HttpFault(400, "A request by this method has no body.");
  return raw;
}
