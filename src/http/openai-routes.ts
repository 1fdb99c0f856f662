import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Config } from "../config.js";
import { serverCaller } from "../database/server-caller.js";
import type { FormatError } from "../format-error.js";
import type { Chat } from "../services/chat.js";
import type { ChatCaller } from "../services/chat-input.js";
import { badInput, DomainError, unauthenticated } from "../services/errors.js";
import type { Admit } from "./admission.js";
import { httpFault } from "./answers.js";
import { createCors } from "./cors.js";
import { refuseMethods } from "./front-door.js";
import { goneSignal } from "./gone-signal.js";
import { sendOpenaiError } from "./openai-errors.js";
import { sendStream } from "./openai-stream.js";
import { readerPatienceMilliseconds as longestPatience } from "./patient-write.js";

export interface OpenaiRouteParts {
  readonly config: Pick<Config, "corsOrigins">;
  readonly admit: Admit;
  readonly chat: Chat;
  readonly formatError: FormatError;
  /** How long a stream waits for a reader that takes nothing; two minutes. */
  readonly readerPatienceMilliseconds?: number;
}

interface ChatCall {
  readonly caller: ChatCaller;
  /** Aborts when the caller hangs up. */
  readonly signal: AbortSignal;
}

declare module "fastify" {
  interface FastifyRequest {
    /** Who asks at `/v1`; null elsewhere. */
    chatCall: ChatCall | null;
  }
}

const largestBody = 10 * 1024 * 1024;

/**
 * `/v1`: chat completions and models for any client of OpenAI's API, with an access token as its API key and the
 * organization in `x-organization-id`. Errors are in OpenAI's shape. Who asks is known, and counted, before a body is read.
 */
export function addOpenaiRoutes(server: FastifyInstance, parts: OpenaiRouteParts): void {
  const {
    config,
    admit,
    chat,
    formatError,
    readerPatienceMilliseconds: patienceMilliseconds = longestPatience,
  } = parts;
  const cors = createCors(config.corsOrigins, browserClients);
  const onRequest = async (request: FastifyRequest, reply: FastifyReply) => {
    // Who hangs up while we look who it is has hung up all the same.
    const signal = goneSignal(reply.raw);
    request.chatCall = { caller: await callerOf(request, reply, admit), signal };
  };
  server.register(
    async (scope) => {
      scope.decorateRequest("chatCall", null);
      scope.addHook("onRequest", async (request, reply) => {
        cors(request, reply);
        if (request.is404) throw httpFault(404);
      });
      scope.setErrorHandler((error, request, reply) => sendOpenaiError(error, request, reply, formatError));
      scope.setNotFoundHandler((request, reply) => sendOpenaiError(httpFault(404), request, reply, formatError));
      scope.post("/chat/completions", { onRequest, bodyLimit: largestBody }, async (request, reply) => {
        const { caller, signal } = callOf(request);
        if (!isStreamWanted(request.body)) return chat.complete(caller, request.body, signal);
        const events = chat.stream(caller, request.body, signal);
        return sendStream(reply, { events, formatError, patienceMilliseconds });
      });
      scope.get("/models", { onRequest }, async (request) => {
        const { caller, signal } = callOf(request);
        return { object: "list", data: await chat.models(caller, signal) };
      });
      scope.get("/models/*", { onRequest }, async (request) => {
        const { caller, signal } = callOf(request);
        const name = (request.params as { "*": string })["*"];
        const model = (await chat.models(caller, signal)).find(({ id }) => id === name);
        if (!model) throw new DomainError("NOT_FOUND", "Not found.");
        return model;
      });
      scope.options("/*", async (_request, reply) => reply.code(204).send());
      refuseMethods(scope, "/chat/completions", "POST", ["GET", "PUT", "PATCH", "DELETE"]);
      for (const url of ["/models", "/models/*"]) refuseMethods(scope, url, "GET", ["POST", "PUT", "PATCH", "DELETE"]);
    },
    { prefix: "/v1" },
  );
}

/** What OpenAI's own client sends from a page. */
const browserClients = {
  methods: "GET, POST",
  headers:
    "authorization, content-type, x-organization-id, x-provider-key-id, openai-organization, openai-project, " +
    ["arch", "async", "custom-poll-interval", "helper-method", "lang", "os", "package-version", "poll-helper"]
      .concat("retry-count", "runtime", "runtime-version", "timeout")
      .map((name) => `x-stainless-${name}`)
      .join(", "),
};

function callOf({ chatCall }: FastifyRequest): ChatCall {
  if (!chatCall) throw unauthenticated();
  return chatCall;
}

async function callerOf(request: FastifyRequest, reply: FastifyReply, admit: Admit): Promise<ChatCaller> {
  const { user } = await admit(request, reply);
  // A browser's cookie is no API key: without a bearer, a foreign page could ask in its user's name.
  if (!user || !/^Bearer\s/i.test(request.headers.authorization ?? "")) throw unauthenticated();
  const server = serverCaller(user.clientAddress);
  const organizationId = headerOf(request, "x-organization-id");
  if (!organizationId) throw badInput("x-organization-id", "Name your organization in the header x-organization-id.");
  return { user, server, organizationId, providerKeyId: headerOf(request, "x-provider-key-id") || null };
}

const headerOf = ({ headers }: FastifyRequest, name: string) => String(headers[name] ?? "").trim();

const isStreamWanted = (body: unknown) => (body as { stream?: unknown } | null)?.stream === true;
