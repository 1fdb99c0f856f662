import type { FastifyInstance } from "fastify";
import { DomainError } from "../services/errors.js";

/** The last minutes of a server: what is being answered finishes, probes learn that it is going, others are refused. */
export interface Drain {
  isDraining(): boolean;
  /** Resolves when nothing is being answered any more, or after the given time. */
  begin(patienceMilliseconds: number): Promise<void>;
}

export function createDrain(server: FastifyInstance): Drain {
  let draining = false;
  let underWay = 0;
  let finished = () => {};
  server.addHook("onRequest", async (request, reply) => {
    if (draining) reply.header("connection", "close");
    if (request.url === "/healthz" || request.url === "/readyz") return;
    if (draining) throw new DomainError("UNAVAILABLE", "The server is stopping; nothing was written. Try again.");
    underWay += 1;
    // Not onResponse: a caller who hangs up gets none.
    reply.raw.once("close", () => {
      underWay -= 1;
      if (draining && underWay === 0) finished();
    });
  });
  return {
    isDraining: () => draining,
    async begin(patienceMilliseconds) {
      draining = true;
      if (underWay === 0) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, patienceMilliseconds);
        finished = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    },
  };
}
