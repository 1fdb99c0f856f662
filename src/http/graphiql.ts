import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyReply } from "fastify";

/** Where `npm run build:graphiql` puts it, seen from src/http and dist/http alike. */
export const builtGraphiql = fileURLToPath(new URL("../../dist/graphiql/", import.meta.url));

/** CodeMirror writes style elements and GraphiQL's fonts are data: addresses; no script runs but this server's files. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** GraphiQL's assets below /graphiql/. Their names are hashes of what they hold, so they may be kept for ever. */
export async function serveGraphiqlAssets(server: FastifyInstance, directory: string): Promise<void> {
  await server.register(fastifyStatic, {
    root: directory,
    prefix: "/graphiql/",
    index: false,
    cacheControl: false,
    setHeaders(reply, file) {
      reply.header("content-security-policy", contentSecurityPolicy);
      if (/[\\/]assets[\\/][^\\/]+$/.test(file)) reply.header("cache-control", "public, max-age=31536000, immutable");
    },
  });
}

/** The page itself, once it is built, or one that says how to build it. */
export async function sendGraphiqlPage(reply: FastifyReply, directory: string): Promise<FastifyReply> {
  reply.type("text/html; charset=utf-8");
  const page = await builtPage(directory);
  if (page === null) return reply.code(503).send(unbuilt);
  return reply.header("content-security-policy", contentSecurityPolicy).send(page);
}

const patienceMilliseconds = 60_000;

/** `npm start` builds beside the server, in a draft folder that it moves into place: whoever comes meanwhile waits. */
async function builtPage(directory: string): Promise<string | null> {
  const draft = path.join(directory, "..", ".graphiql-draft");
  const deadline = Date.now() + patienceMilliseconds;
  for (;;) {
    const isBeingBuilt = existsSync(draft);
    const page = await readFile(path.join(directory, "index.html"), "utf8").catch(() => null);
    if (page !== null || !isBeingBuilt || Date.now() > deadline) return page;
    await setTimeout(200);
  }
}

const unbuilt = `<!doctype html><title>GraphiQL</title>
<p>GraphiQL is not built yet: run <code>npm run build:graphiql</code>, then reload this page.</p>
`;
