import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyInstance } from "fastify";
import type { Config } from "../config.js";
import type { Metrics } from "../metrics.js";
import { DomainError } from "../services/errors.js";
import { httpFault } from "./answers.js";
import { refuseMethods } from "./front-door.js";

export interface MetricsRouteParts {
  readonly config: Pick<Config, "metricsToken" | "isProduction" | "trustProxy">;
  readonly metrics: Metrics;
}

/**
 * `/metrics`: for the bearer of METRICS_TOKEN where one is set. Without one for callers on this machine alone, and for
 * nobody in production or behind a proxy, where every caller can look as if it were one.
 */
export function addMetricsRoute(server: FastifyInstance, { config, metrics }: MetricsRouteParts): void {
  const { metricsToken, isProduction, trustProxy } = config;
  const mayRead = (authorization: string | undefined, peer: string | undefined) => {
    if (metricsToken !== null) return isSame(authorization ?? "", `Bearer ${metricsToken}`);
    return !isProduction && trustProxy === false && isLoopback(peer);
  };
  server.get("/metrics", async ({ headers, socket }, reply) => {
    if (!mayRead(headers.authorization, socket.remoteAddress)) throw metricsToken === null ? httpFault(404) : refused();
    return reply.type(metrics.contentType).send(await metrics.text());
  });
  refuseMethods(server, "/metrics", "GET", ["POST", "PUT", "PATCH", "DELETE"]);
}

const refused = () => new DomainError("UNAUTHENTICATED", "Send METRICS_TOKEN as the bearer.");

/** Hashes, so that neither length nor beginning shows in the time taken. */
function isSame(given: string, expected: string): boolean {
  const hash = (text: string) => createHash("sha256").update(text, "utf8").digest();
  return timingSafeEqual(hash(given), hash(expected));
}

const isLoopback = (peer = "") => /^(::ffff:)?127\./.test(peer) || peer === "::1";
