import type { FastifyReply, FastifyRequest } from "fastify";

/** What a preflight allows. */
export interface CorsWays {
  readonly methods: string;
  readonly headers: string;
}

const graphqlWays: CorsWays = {
  methods: "POST",
  headers:
    "authorization, content-type, x-thread-session, x-csrf-token, webhook-id, webhook-timestamp, webhook-signature",
};

/**
 * Lets pages of the named origins read answers, cookies included, and nobody else's: an origin is compared to the
 * letter, and with credentials `*` would be refused by browsers anyway.
 */
export function createCors(origins: readonly string[], { methods, headers }: CorsWays = graphqlWays) {
  const preflight = {
    "access-control-allow-methods": methods,
    "access-control-allow-headers": headers,
    "access-control-max-age": "600",
  };
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
