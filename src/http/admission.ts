import type { FastifyReply, FastifyRequest } from "fastify";
import type { Config } from "../config.js";
import type { IncomingRequest } from "../context.js";
import type { Caller } from "../database/port.js";
import { rateLimited } from "../services/errors.js";
import { addressKey, createRequestLimit } from "../services/request-limit.js";
import type { BrowserSide } from "./browser.js";
import { createClientAddress } from "./client-address.js";
import { goneSignal } from "./gone-signal.js";

/** What the server itself reads of a request's context. */
export interface CallerContext {
  /** The bearer of a verified access token. */
  readonly user: Caller | null;
  /** Lets go on what a caller asks for who is known by a cookie. */
  readonly browser?: Pick<BrowserSide, "admitMutation" | "admitReading" | "sessionId">;
  /** `Set-Cookie` headers of the answer, put together while it is made. */
  readonly answerCookies?: readonly string[];
}

export type CreateContext = (request: IncomingRequest) => CallerContext | Promise<CallerContext>;

export interface AdmissionParts {
  readonly config: Pick<Config, "requestsPerMinute" | "trustProxy">;
  /** @throws DomainError to refuse the request as a whole */
  readonly createContext: CreateContext;
}

/** Request → its context. @throws DomainError RATE_LIMITED, or what refuses the request as a whole */
export type Admit = (request: FastifyRequest, reply: FastifyReply) => Promise<CallerContext>;

const noBody = Buffer.alloc(0);

/**
 * Request → its context, counted against whom it is from: the person behind a verified token, else the address. (A
 * thread session proves nothing here: everyone can make one up, and with it a way round the limit.) One for all routes
 * that people call, so that no route is a way round it.
 */
export function createAdmission({ config, createContext }: AdmissionParts): Admit {
  const limit = createRequestLimit({ perMinute: config.requestsPerMinute });
  const addressOf = createClientAddress(config.trustProxy);
  return async ({ headers, rawBody, socket }, { raw }) => {
    const clientAddress = addressOf(socket.remoteAddress, headers["x-forwarded-for"]);
    const gone = () => goneSignal(raw);
    const made = async () => createContext({ headers, rawBody: rawBody ?? noBody, clientAddress, gone });
    const [result] = await Promise.allSettled([made()]);
    const caller = result.status === "fulfilled" ? result.value.user?.claims?.sub : undefined;
    const wait = limit.take(typeof caller === "string" ? `user:${caller}` : addressKey(clientAddress));
    if (wait > 0) throw rateLimited(wait);
    if (result.status === "rejected") throw result.reason;
    return result.value;
  };
}
