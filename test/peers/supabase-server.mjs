import { serve } from "@hono/node-server";
import { App } from "@supabase/lite";
import { jwtVerify } from "jose";
import { PostgrestConnection, withJsonStrings } from "./postgrest-manners.mjs";

/**
 * A Supabase project in one process, for test/support/supabase-peer.ts: the Data API of @supabase/lite over the
 * Postgres of DATABASE_URL, on a free port of loopback. Prints its URL as one JSON line when it answers, and ends with
 * its parent. Keys are told apart as Supabase's gateway does: `sb_publishable_…` and `sb_secret_…` stand for anon and
 * service_role, and so do the legacy keys, which are JWTs of the project; any other `apikey` is refused, and a user's
 * own token in `Authorization` comes before the key.
 */
const { DATABASE_URL, JWT_SECRET, PUBLISHABLE_KEY, SECRET_KEY, LEGACY_KEYS, PORT = "0" } = process.env;
const legacyKeys = new Set(LEGACY_KEYS.split(","));

const connection = new PostgrestConnection(DATABASE_URL);
const app = new App({
  connection,
  api: { enabled: true, schemas: ["public", "cloakroom_api"], max_rows: 1000 },
  auth: { enabled: false, jwt_secret: JWT_SECRET },
  options: { server: { disableStudio: true, apiKeys: { resolver: keyOf }, middlewares: [knowEveryUser] } },
});

/** lite asks its own Auth for the user of each token; the users here are Cloakroom's, in tables of its own. */
async function knowEveryUser(context, next) {
  const repo = { findUserById: async () => ({}), findSessionById: async () => ({}) };
  context.set("authService", { repo });
  await next();
}

const fetch = async (request) => app.fetch(await withJsonStrings(request, connection));

async function keyOf(key) {
  if (key === PUBLISHABLE_KEY) return { type: "publishable", claims: { role: "anon" } };
  if (key === SECRET_KEY) return { type: "secret", claims: { role: "service_role" } };
  if (!legacyKeys.has(key)) return null;
  const { payload } = await jwtVerify(key, new TextEncoder().encode(JWT_SECRET), { algorithms: ["HS256"] });
  return { type: payload.role === "anon" ? "publishable" : "secret", claims: payload };
}

const server = serve({ fetch, hostname: "127.0.0.1", port: Number(PORT) }, ({ port }) =>
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}` })}\n`),
);
const stop = () => {
  server.close();
  server.closeAllConnections?.();
  void connection.close().finally(() => process.exit(0));
};
for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, stop);
process.stdin.resume().on("end", stop).on("error", stop);
