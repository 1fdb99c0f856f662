import type { IncomingHttpHeaders } from "node:http";
import type { Config } from "./config.js";
import type { Caller } from "./database/port.js";
import { serverCaller } from "./database/server-caller.js";
import { type BrowserParts, type BrowserSide, createBrowsers } from "./http/browser.js";
import type { AccessTokens } from "./services/access-token.js";
import { isThreadSession } from "./services/crypto/thread-key.js";
import { badInput, forbidden } from "./services/errors.js";
import type { Failures } from "./services/failures.js";
import { createLoaders, type Loaders } from "./services/loaders.js";
import { checkRelay, isRelayBearer, type RelayCredential } from "./services/relay-signature.js";
import type { RequestContext } from "./services/request.js";
import { createRequestShare } from "./services/request-share.js";
import type { Services } from "./services/services.js";

/** One GraphQL request as the HTTP server hands it over. */
export interface IncomingRequest {
  readonly headers: IncomingHttpHeaders;
  /** The body's bytes as they came: what the relay signed. */
  readonly rawBody: Buffer;
  readonly clientAddress: string | null;
  /** Makes a signal that aborts when the client hangs up before its answer is whole. */
  gone(): AbortSignal;
}

/** What resolvers know, and what the server itself reads beside it. */
export type Context = RequestContext & Pick<BrowserSide, "answerCookies"> & { readonly browser: BrowserSide };

export interface ContextParts {
  readonly config: Pick<Config, "relayWebhookSecrets" | "relayAuth"> & BrowserParts["config"];
  readonly services: Services;
  readonly accessTokens: AccessTokens;
  readonly failures: Failures;
}

/** The only reader of request headers: request → who calls, and what can be done for them. */
export function createContextOf({ config, services, accessTokens, failures }: ContextParts) {
  const browsers = createBrowsers({ config, services, failures });
  return async (request: IncomingRequest): Promise<Context> => {
    const sent = browsers.read(request.headers);
    const hasBearer = /^Bearer\b/i.test(request.headers.authorization ?? "");
    const server: Caller = { ...serverCaller(request.clientAddress), share: createRequestShare() };
    const userOf = async (token: string | undefined) => {
      const user = await verifiedUser(token, server, accessTokens);
      // One of ours that has ended is in every browser once an hour, and no attempt at anything.
      const isNobodys = token && !user && !(await accessTokens.sessionIdOf(token));
      if (isNobodys && !isRelayBearer(request.headers.authorization, config)) failures.note("access_token");
      return user;
    };
    const byBearer = await userOf(bearerOf(request));
    const byCookie = await userOf(sent.session);
    if (byBearer && byCookie && byBearer.claims?.sub !== byCookie.claims?.sub)
      throw forbidden("The bearer and the cookie are of two people: send one of them.");
    // Whoever sends a bearer, good or bad, asks as its holder: a cookie never stands in for it.
    const user = hasBearer ? byBearer : byCookie;
    const browser = browsers.of({
      headers: request.headers,
      sent,
      user: hasBearer ? null : byCookie,
      sessionId: sent.session === undefined ? null : await accessTokens.sessionIdOf(sent.session),
      hasBearer,
      server,
    });
    let relay: RelayCredential | null | undefined;
    let loaders: Loaders | undefined;
    let gone: AbortSignal | undefined;
    return {
      user,
      server,
      // Read by thread and relay operations alone, so that other requests do not pay for a hash of their body.
      get threadSession() {
        return threadSessionOf(request.headers["x-thread-session"]) ?? browser.threadSession();
      },
      get relay() {
        if (relay !== undefined) return relay;
        relay = relayOf(request, config);
        if (!relay) failures.note("relay_signature");
        return relay;
      },
      browser,
      answerCookies: browser.answerCookies,
      userAgent: request.headers["user-agent"] ?? null,
      services,
      answered: { fields: 0 },
      get gone() {
        gone ??= request.gone();
        return gone;
      },
      get loaders() {
        loaders ??= createLoaders(services, user ?? server);
        return loaders;
      },
    };
  };
}

const bearerOf = ({ headers }: IncomingRequest) => /^Bearer ([^\s]+)$/i.exec(headers.authorization ?? "")?.[1];

async function verifiedUser(
  token: string | undefined,
  server: Caller,
  accessTokens: AccessTokens,
): Promise<Caller | null> {
  const claims = token ? await accessTokens.verify(token) : null;
  return token && claims ? { ...server, role: "authenticated", claims: { ...claims }, accessToken: token } : null;
}

function threadSessionOf(header: string | string[] | undefined): string | null {
  if (header === undefined) return null;
  if (typeof header !== "string" || !isThreadSession(header))
    throw badInput("x-thread-session", "x-thread-session must be 43 base64url characters, as connect answered them.");
  return header;
}

function relayOf({ headers, rawBody }: IncomingRequest, config: ContextParts["config"]): RelayCredential | null {
  const single = (name: string) => (typeof headers[name] === "string" ? headers[name] : undefined);
  return checkRelay({
    headers: {
      authorization: headers.authorization,
      webhookId: single("webhook-id"),
      webhookTimestamp: single("webhook-timestamp"),
      webhookSignature: single("webhook-signature"),
    },
    rawBody,
    config,
    now: new Date(),
  });
}
