import type { IncomingHttpHeaders } from "node:http";
import type { Config } from "./config.js";
import type { Caller } from "./database/port.js";
import type { AccessTokens } from "./services/access-token.js";
import { isThreadSession } from "./services/crypto/thread-key.js";
import { badInput } from "./services/errors.js";
import { createLoaders, type Loaders } from "./services/loaders.js";
import { checkRelay, type RelayCredential } from "./services/relay-signature.js";
import type { RequestContext } from "./services/request.js";
import type { Services } from "./services/services.js";

/** One GraphQL request as the HTTP server hands it over. */
export interface IncomingRequest {
  readonly headers: IncomingHttpHeaders;
  /** The body's bytes as they came: what the relay signed. */
  readonly rawBody: Buffer;
  readonly clientAddress: string | null;
}

export interface ContextParts {
  readonly config: Pick<Config, "relayWebhookSecrets" | "relayAuth">;
  readonly services: Services;
  readonly accessTokens: AccessTokens;
}

/** The only reader of request headers: request → who calls, and what can be done for them. */
export function createContextOf({ config, services, accessTokens }: ContextParts) {
  return async (request: IncomingRequest): Promise<RequestContext> => {
    const user = await userOf(request, accessTokens);
    const server: Caller = {
      role: "service_role",
      claims: null,
      accessToken: null,
      clientAddress: request.clientAddress,
    };
    let relay: RelayCredential | null | undefined;
    let loaders: Loaders | undefined;
    return {
      user,
      server,
      // Read by thread and relay operations alone, so that other requests do not pay for a hash of their body.
      get threadSession() {
        return threadSessionOf(request.headers["x-thread-session"]);
      },
      get relay() {
        if (relay === undefined) relay = relayOf(request, config);
        return relay;
      },
      userAgent: request.headers["user-agent"] ?? null,
      services,
      get loaders() {
        loaders ??= createLoaders(services, user ?? server);
        return loaders;
      },
    };
  };
}

async function userOf({ headers, clientAddress }: IncomingRequest, accessTokens: AccessTokens): Promise<Caller | null> {
  const [, token] = /^Bearer ([^\s]+)$/i.exec(headers.authorization ?? "") ?? [];
  const claims = token ? await accessTokens.verify(token) : null;
  return token && claims ? { role: "authenticated", claims: { ...claims }, accessToken: token, clientAddress } : null;
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
