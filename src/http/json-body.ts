import { isUtf8 } from "node:buffer";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { HttpFault, httpFault } from "./answers.js";

declare module "fastify" {
  interface FastifyRequest {
    /** The body's bytes as they came: what a relay signed. Null where there was none. */
    rawBody: Buffer | null;
  }
}

/** Takes JSON in UTF-8 and no other body, and keeps its bytes beside the parsed value. */
export function acceptJsonBodies(server: FastifyInstance): void {
  server.decorateRequest("rawBody", null);
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    "application/json",
    { parseAs: "buffer" },
    async (request: FastifyRequest, body: Buffer) => {
      const charset = /;\s*charset="?([\w-]+)/i.exec(request.headers["content-type"] ?? "")?.[1];
      if (charset && charset.toLowerCase() !== "utf-8") throw httpFault(415);
      request.rawBody = body;
      return parsed(body);
    },
  );
}

/** The parser's own message quotes the body. */
function parsed(body: Buffer): unknown {
  try {
    if (isUtf8(body)) return JSON.parse(body.toString("utf8"));
  } catch {}
  throw new HttpFault(400, "The body is not JSON in UTF-8.");
}
