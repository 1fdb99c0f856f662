import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { FormatError } from "../format-error.js";
import type { ErrorCode } from "../services/errors.js";
import {
  baseHeaders,
  errorBody,
  errorType,
  faultBody,
  HttpFault,
  httpFault,
  httpFaultOf,
  rawAnswer,
  statusOf,
} from "./answers.js";
import { type ArrivalLimits, limitArrival } from "./arrival.js";

const largestBody = 4 * 1024 * 1024;
const arrivalLimits: ArrivalLimits = { wholeMilliseconds: 30_000, pauseMilliseconds: 30_000 };

/**
 * An HTTP server without routes that keeps the promises every answer makes, whoever gives it (a route, Fastify's
 * router, or Node before a request is whole): the headers of `baseHeaders`, errors in GraphQL's shape, no name of any
 * software. A Host header that is empty or malformed is refused here, before anything builds an address from it.
 */
export function createFrontDoor(formatError: FormatError, limits = arrivalLimits): FastifyInstance {
  const server = Fastify({
    logger: false,
    bodyLimit: largestBody,
    // Node's own limit is one for all routes, and some take bodies that are long on their way.
    requestTimeout: 0,
    // While draining, readyz itself says so; others get their answers.
    return503OnClosing: false,
    http: { requireHostHeader: false, headersTimeout: limits.wholeMilliseconds },
    frameworkErrors: (error, request, reply) => void sendError(error, request, reply.headers(baseHeaders), formatError),
    clientErrorHandler: answerUnreadable,
  });
  limitArrival(server, limits, (socket) => answerInFull(408, socket));
  server.addHook("onRequest", async (request, reply) => {
    noteAnswer(request.raw.socket, reply.raw);
    reply.headers(baseHeaders);
    if (!isHost(request.headers.host)) throw new HttpFault(400, "The Host header is missing or malformed.");
  });
  server.setErrorHandler((error, request, reply) => sendError(error, request, reply, formatError));
  server.setNotFoundHandler((request, reply) => sendError(httpFault(404), request, reply, formatError));
  // Node would answer 417 itself, without our headers; an expectation may as well be ignored.
  server.server.on("checkExpectation", (request: IncomingMessage, response: ServerResponse) => {
    server.server.emit("request", request, response);
  });
  return server;
}

/** 405 before a body is read. */
export function refuseMethods(server: FastifyInstance, url: string, allow: string, method: string[]): void {
  const refuse = async () => {
    throw httpFault(405, { allow });
  };
  server.route({ method, url, onRequest: refuse, handler: refuse });
}

/** A name or IPv4 address, or an IPv6 address in brackets, with or without a port. */
const isHost = (host: string | undefined) => /^([\w.-]+|\[[\da-f:.]+\])(:\d{1,5})?$/i.test(host ?? "");

function sendError(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  formatError: FormatError,
): FastifyReply {
  reply.type(errorType(request.headers.accept));
  // The caller hung up before the body was there: nobody's failure, and nobody to answer.
  const isCutOff = !request.raw.complete && (error as { code?: unknown }).code === "ECONNRESET";
  const fault = isCutOff ? httpFault(400) : httpFaultOf(error);
  if (fault) return reply.code(fault.status).headers(fault.headers).send(faultBody(fault));
  const formatted = formatError({ message: "" }, error);
  const { code, retryAfter } = formatted.extensions as { code: ErrorCode; retryAfter?: number };
  if (retryAfter) reply.header("retry-after", retryAfter);
  return reply.code(statusOf[code]).send(errorBody(formatted));
}

/** The answers that are still to be given on a connection, in their order: requests may be sent behind each other. */
const unfinished = new WeakMap<Socket, Set<ServerResponse>>();

function noteAnswer(socket: Socket, answer: ServerResponse): void {
  const answers = unfinished.get(socket) ?? new Set();
  unfinished.set(socket, answers.add(answer));
  answer.once("close", () => answers.delete(answer));
}

/** Node could not even read a request. */
function answerUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET") return void socket.destroy();
  answerInFull({ HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 }[error.code ?? ""] ?? 400, socket);
}

/** The last words on a connection; none where they would be taken for another answer, or for the next bytes of one. */
function answerInFull(status: number, socket: Socket): void {
  const [answer, ...others] = unfinished.get(socket) ?? [];
  const isHalfSaid = answer?.headersSent && !answer.writableEnded;
  if (!socket.writable || isHalfSaid || others.length > 0) return void socket.destroy();
  socket.end(rawAnswer(status, STATUS_CODES[status] ?? ""));
}
