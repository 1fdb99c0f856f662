import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { CompactSign, exportJWK, generateKeyPair, type JWK } from "jose";
import { listenAt, listenLastingly } from "./lasting-port.js";

type Claims = Readonly<Record<string, unknown>>;

/** The claims that Supabase Auth puts into each token, of somebody new in a new session. */
export function supabaseClaims(claims: Claims = {}): Record<string, unknown> & { sub: string; session_id: string } {
  const now = Math.floor(Date.now() / 1000);
  return {
    iss: "https://abc.supabase.co/auth/v1",
    aud: "authenticated",
    role: "authenticated",
    sub: randomUUID(),
    session_id: randomUUID(),
    iat: now,
    exp: now + 3600,
    aal: "aal1",
    amr: [{ method: "otp", timestamp: now }],
    is_anonymous: false,
    email: "",
    phone: "",
    app_metadata: { provider: "phone", providers: ["phone"] },
    user_metadata: {},
    ...claims,
  };
}

export interface ProjectKey {
  readonly kid: string;
  readonly alg: string;
  readonly publicJwk: JWK;
  /** A token of this key; members of `header` are added or, where undefined, left out. */
  sign(claims: Claims, header?: Readonly<Record<string, unknown>>): Promise<string>;
}

export async function makeProjectKey(alg = "ES256", kid: string = randomUUID()): Promise<ProjectKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  return {
    kid,
    alg,
    publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: "sig", key_ops: ["verify"] },
    sign: (claims, header = {}) =>
      new CompactSign(Buffer.from(JSON.stringify(claims)))
        .setProtectedHeader({ alg, kid, typ: "JWT", ...header })
        .sign(privateKey),
  };
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export type Issuer = Awaited<ReturnType<typeof startIssuer>>;

/** Supabase Auth of a project, as far as others see it: an issuer and the keys that it publishes. */
export async function startIssuer() {
  const asked: string[] = [];
  const keySet = (keys: readonly ProjectKey[]) => JSON.stringify({ keys: keys.map(({ publicJwk }) => publicJwk) });
  let answer: Handler = (_, response) => void response.end(keySet([]));
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    answer(request, response);
  });
  const stop = async () => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  const port = await listenLastingly(server);
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    issuer: `${url}/auth/v1`,
    keySetUrl: new URL(`${url}/auth/v1/.well-known/jwks.json`),
    /** The paths that were asked for. */
    asked,
    publish(...keys: readonly ProjectKey[]) {
      answer = (_, response) => void response.setHeader("content-type", "application/json").end(keySet(keys));
    },
    answerWith(handler: Handler) {
      answer = handler;
    },
    claims: (claims: Claims = {}) => supabaseClaims({ iss: `${url}/auth/v1`, ...claims }),
    goAway: stop,
    comeBack: () => listenAt(server, port),
    close: async () => {
      if (server.listening) await stop();
    },
  };
}
