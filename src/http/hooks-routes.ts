import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Config } from "../config.js";
import { DomainError, rateLimited } from "../services/errors.js";
import type { WebhookDelivery, WebhookReceipt } from "../services/webhooks.js";
import { HttpFault } from "./answers.js";
import { createClientAddress } from "./client-address.js";
import { refuseMethods } from "./front-door.js";
import { createHooksAdmission, type HookEntry } from "./hooks-admission.js";

/** @returns null for a wrong signature and for no such endpoint alike */
export type ReceiveWebhook = (
  delivery: WebhookDelivery,
  clientAddress: string | null,
) => Promise<WebhookReceipt | null>;

export interface HookRouteParts {
  readonly config: Pick<Config, "requestsPerMinute" | "trustProxy">;
  readonly receive: ReceiveWebhook;
  /** Told of each delivery that did not verify. */
  readonly note: (kind: "webhook_signature") => void;
}

const largestBody = 1024 * 1024;

/**
 * `POST /hooks/:endpointId`: JSON, whose bytes are handed on as they came. 200 with the event's id; 401 in one sentence
 * for whatever does not verify, so that nobody learns which endpoints there are; 409, 413, 415, 429, 503.
 */
export function addHookRoutes(server: FastifyInstance, { config, receive, note }: HookRouteParts): void {
  const admission = createHooksAdmission(config.requestsPerMinute);
  const addressOf = createClientAddress(config.trustProxy);
  const url = "/hooks/:endpointId";
  type Request = FastifyRequest<{ Params: { endpointId: string } }>;
  const entries = new WeakMap<Request, HookEntry>();
  const clientOf = ({ socket, headers }: Request) => addressOf(socket.remoteAddress, headers["x-forwarded-for"]);

  const onRequest = async (request: Request) => {
    const entry = admission.enter(clientOf(request), request.params.endpointId);
    if (entry.wait > 0) throw rateLimited(entry.wait);
    entries.set(request, entry);
    refuseOtherTypes(request.headers["content-type"]);
  };
  server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", { parseAs: "buffer" }, async (_: FastifyRequest, body: Buffer) => body);
    scope.post(url, { bodyLimit: largestBody, onRequest, errorHandler: nameTheLimit }, async (request: Request) => {
      const { params, headers } = request;
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const delivery = { endpointId: params.endpointId, headers, body };
      const receipt = await receive(delivery, clientOf(request));
      if (!receipt) {
        note("webhook_signature");
        throw new DomainError("UNAUTHENTICATED", "This delivery could not be verified.");
      }
      // Whoever has seen one delivery can send it again and again: only what is new costs its sender nothing.
      if (receipt.isNew) entries.get(request)?.stored();
      return { eventId: receipt.eventId };
    });
  });
  refuseMethods(server, url, "POST", ["GET", "PUT", "PATCH", "DELETE"]);
}

function refuseOtherTypes(contentType = ""): void {
  const [type = ""] = contentType.toLowerCase().split(";");
  if (/^application\/([\w.-]+\+)?json$/.test(type.trim())) return;
  throw new HttpFault(415, "A delivery must be JSON: choose application/json as the sender's content type.");
}

function nameTheLimit(error: unknown): never {
  if ((error as { statusCode?: unknown }).statusCode === 413)
    throw new HttpFault(413, "A delivery may hold 1 MiB at most.");
  throw error;
}
