import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo, Server } from "node:net";
import { pathToFileURL } from "node:url";

/** What of npm `oidc-provider` is used here; it brings no types. */
interface ProviderClass {
  new (issuer: string, configuration: object): Provider;
}
interface Provider {
  callback(): RequestListener;
  interactionFinished(request: IncomingMessage, response: ServerResponse, result: object): Promise<void>;
  readonly AccessToken: { find(token: string): Promise<{ scope?: string } | undefined> };
  readonly Grant: new (of: object) => { addOIDCScope(scope: string): void; save(): Promise<string> };
  on(event: string, listener: (...args: unknown[]) => void): void;
}
interface ProviderContext {
  readonly oidc: {
    readonly provider: Provider;
    readonly client: { clientId: string };
    readonly session: { accountId: string };
    readonly params: { scope: string };
  };
}

const fromPeers = createRequire(new URL("../peers/package.json", import.meta.url));

export const client = { id: "cloakroom", secret: "canary-client-secret-of-cloakroom-0123456789" };

export type OAuthProvider = Awaited<ReturnType<typeof startOAuthProvider>>;

/**
 * npm `oidc-provider` on loopback, where everybody signs in and consents at once, refresh tokens are rotated and one used
 * twice ends all of its grant; with an API of its own that takes its access tokens.
 */
export async function startOAuthProvider({ api = whoever as RequestListener } = {}) {
  const { default: Provider } = (await import(pathToFileURL(fromPeers.resolve("oidc-provider")).href)) as {
    default: ProviderClass;
  };
  let handle: RequestListener = () => undefined;
  const tokenRequests: URLSearchParams[] = [];
  const server = createServer((request, response) => handle(request, response));
  const url = await listening(server);
  const provider = new Provider(url, configuration);
  const callback = provider.callback();
  handle = async (request, response) => {
    if (request.url?.startsWith("/interaction/"))
      return provider.interactionFinished(request, response, { login: { accountId: "somebody" }, consent: {} });
    if (request.url?.startsWith("/api/")) {
      const token = await provider.AccessToken.find(request.headers.authorization?.replace(/^Bearer /, "") ?? "");
      return token ? api(request, response) : void response.writeHead(401).end("who is that?");
    }
    if (request.url === "/token") void bodyOf(request).then((body) => tokenRequests.push(new URLSearchParams(body)));
    return callback(request, response);
  };
  return {
    url,
    /** Bodies of requests to the token address, as they came. */
    tokenRequests,
    refreshes: () => tokenRequests.filter((body) => body.get("grant_type") === "refresh_token").length,
    isLive: async (token: string) => (await provider.AccessToken.find(token)) !== undefined,
    /** For the environment of a server that is its client. */
    settings: {
      OAUTH_SERVICES: JSON.stringify({
        local: {
          authorizationUrl: `${url}/auth`,
          tokenUrl: `${url}/token`,
          revocationUrl: `${url}/token/revocation`,
          apiBaseUrl: `${url}/api`,
          issuer: url,
          scopes: ["openid"],
          clientAuthentication: "basic",
        },
      }),
      OAUTH_LOCAL_CLIENT_ID: client.id,
      OAUTH_LOCAL_CLIENT_SECRET: client.secret,
    },
    /** Goes where the person is sent, and comes back with the address to which they are sent afterwards. */
    visit: (authorizationUrl: string) => visited(authorizationUrl, url),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const whoever: RequestListener = (_request, response) => void response.end("hello");

const configuration = {
  clients: [
    {
      client_id: client.id,
      client_secret: client.secret,
      application_type: "native",
      redirect_uris: ["http://127.0.0.1/integrations/callback"],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "client_secret_basic",
    },
  ],
  features: { devInteractions: { enabled: false }, revocation: { enabled: true } },
  interactions: { url: (_: unknown, interaction: { uid: string }) => `/interaction/${interaction.uid}` },
  pkce: { required: () => true },
  issueRefreshToken: async () => true,
  rotateRefreshToken: () => true,
  ttl: { AccessToken: 3600, RefreshToken: 86_400, Session: 3600, Interaction: 600, Grant: 86_400, IdToken: 600 },
  cookies: { keys: ["a key of this test alone"] },
  async loadExistingGrant({ oidc }: ProviderContext) {
    const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
    grant.addOIDCScope(oidc.params.scope);
    await grant.save();
    return grant;
  },
};

async function visited(authorizationUrl: string, issuer: string): Promise<URL> {
  const cookies = new Map<string, string>();
  let url = authorizationUrl;
  for (let redirects = 0; redirects < 10; redirects++) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(url, { redirect: "manual", headers: { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    const location = response.headers.get("location");
    if (!location) throw new Error(`The provider answered ${response.status}: ${await response.text()}`);
    const next = new URL(location, url);
    if (next.origin !== issuer) return next;
    url = next.href;
  }
  throw new Error("The provider sends people round in circles.");
}

/** Listens beside whoever else reads the body. */
function bodyOf(request: IncomingMessage): Promise<string> {
  return new Promise((resolve) => {
    let body = "";
    request.on("data", (piece: Buffer) => {
      body += piece;
    });
    request.on("end", () => resolve(body));
  });
}

export async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A service whose token address and API answer whatever the test says at the time. */
export async function startScriptedService() {
  const script: { token: RequestListener; api: RequestListener } = { token: whoever, api: whoever };
  const requests: { url: string; method: string; headers: IncomingMessage["headers"] }[] = [];
  const server = createServer((request, response) => {
    requests.push({ url: request.url ?? "", method: request.method ?? "", headers: request.headers });
    const isToken = request.url === "/token" || request.url === "/revoke";
    script[isToken ? "token" : "api"](request, response);
  });
  const url = await listening(server);
  return {
    url,
    requests,
    script,
    settings: {
      OAUTH_SERVICES: JSON.stringify({
        scripted: {
          authorizationUrl: `${url}/authorize`,
          tokenUrl: `${url}/token`,
          revocationUrl: `${url}/revoke`,
          apiBaseUrl: `${url}/api/v1`,
          scopes: ["read"],
          clientAuthentication: "post",
          requestHeaders: ["x-api-version"],
          accountField: "team.name",
        },
      }),
      OAUTH_SCRIPTED_CLIENT_ID: client.id,
      OAUTH_SCRIPTED_CLIENT_SECRET: client.secret,
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
export type ScriptedService = Awaited<ReturnType<typeof startScriptedService>>;

export const json = (body: object, status = 200): RequestListener => {
  return (_request, response) =>
    void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
};
