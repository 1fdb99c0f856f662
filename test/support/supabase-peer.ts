import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import jwt from "jsonwebtoken";

export interface SupabasePeer {
  readonly url: string;
  /** The legacy keys: JWTs of the project's secret. */
  readonly anonKey: string;
  readonly serviceKey: string;
  /** The keys that replace them: `sb_publishable_…`, `sb_secret_…`. */
  readonly publishableKey: string;
  readonly secretKey: string;
  readonly jwtSecret: string;
  /** An access token of the project; `role`, `aud` and an hour of life where the claims say nothing else. */
  mint(claims: Readonly<Record<string, unknown>>): string;
  /** What lite printed: its own log of failed queries. */
  output(): string;
  close(): Promise<void>;
}

export interface SupabasePeerOptions {
  readonly jwtSecret?: string;
  /** Where a peer that was closed stood, so that it comes back at the same URL. */
  readonly port?: number;
}

const program = fileURLToPath(new URL("../peers/supabase-server.mjs", import.meta.url));

/**
 * A Supabase project over a database: the PostgREST of @supabase/lite, with the schemas `public` and `cloakroom_api`
 * exposed and answers cut at 1,000 rows, as hosted projects have it. What lite does otherwise than PostgREST is listed
 * (and put right, but for what is named there) in test/peers/postgrest-manners.mjs. The URL's role has to be able to
 * become anon, authenticated and service_role: `authenticator`, as `authenticatorUrl` makes it. A process of its own,
 * which ends with this one.
 */
export async function startSupabasePeer(databaseUrl: string, options: SupabasePeerOptions = {}): Promise<SupabasePeer> {
  const jwtSecret = options.jwtSecret ?? randomBytes(32).toString("hex");
  const mint = (claims: Readonly<Record<string, unknown>>) =>
    jwt.sign(
      { role: "authenticated", aud: "authenticated", exp: Math.floor(Date.now() / 1000) + 3600, ...claims },
      jwtSecret,
    );
  const legacyKey = (role: string) => mint({ iss: "supabase", ref: "test", aud: undefined, role });
  const keys = {
    anonKey: legacyKey("anon"),
    serviceKey: legacyKey("service_role"),
    publishableKey: `sb_publishable_${randomBytes(16).toString("base64url")}`,
    secretKey: `sb_secret_${randomBytes(16).toString("base64url")}`,
  };
  const started = await startServer({
    DATABASE_URL: databaseUrl,
    JWT_SECRET: jwtSecret,
    PUBLISHABLE_KEY: keys.publishableKey,
    SECRET_KEY: keys.secretKey,
    LEGACY_KEYS: `${keys.anonKey},${keys.serviceKey}`,
    PORT: String(options.port ?? 0),
  });
  return { ...keys, ...started, jwtSecret, mint };
}

async function startServer(settings: Record<string, string>): Promise<Pick<SupabasePeer, "url" | "output" | "close">> {
  const child = spawn(process.execPath, [program], {
    env: { PATH: process.env.PATH, NODE_ENV: "test", ...settings },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const output: string[] = [];
  child.stderr.on("data", (chunk: Buffer) => void output.push(chunk.toString()));
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const close = async () => {
    child.kill("SIGTERM");
    // lite waits for connections that were lost and are not back: nothing of theirs is worth it.
    const impatience = setTimeout(() => child.kill("SIGKILL"), 2_000);
    await ended;
    clearTimeout(impatience);
  };
  const url = await Promise.race([
    firstLine(child.stdout).then((line) => (JSON.parse(line) as { url: string }).url),
    ended.then(() => {
      throw new Error(`The Supabase peer ended at its start: ${output.join("")}`);
    }),
  ]);
  child.stdout.on("data", (chunk: Buffer) => void output.push(chunk.toString()));
  return { url, output: () => output.join(""), close };
}

function firstLine(stream: NodeJS.ReadableStream): Promise<string> {
  const lines = createInterface({ input: stream });
  return new Promise((resolve) => lines.once("line", (line) => resolve(line)));
}
