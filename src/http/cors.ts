import type { FastifyReply, FastifyRequest } from "fastify";

const preflight = {
  "access-control-allow-methods": "POST",
  "access-control-allow-headers":
    "authorization, content-type, x-thread-session, x-csrf-token, webhook-id, webhook-timestamp, webhook-signature",
  "access-control-max-age": "600",
};

/**
 * Lets pages of the named origins read answers, cookies included, and nobody else's: an origin is compared to the
 * letter, and with credentials `*` would be refused by browsers anyway.
 */
export function createCors(origins: readonly string[]) {
  return (request: FastifyRequest, reply: FastifyReply): void => {
    if (origins.length === 0) return;
    reply.header("vary", "Origin");
    const { origin } = request.headers;
    if (!origin || !origins.includes(origin)) return;
    reply.headers({
      "access-control-allow-origin": origin,
      "access-control-allow-credentials": "true",
      "access-control-expose-headers": "retry-after",
      ...(request.method === "OPTIONS" && preflight),
    });
  };
}
